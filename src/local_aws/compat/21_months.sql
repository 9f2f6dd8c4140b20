-- Month arithmetic, DATE_TRUNC and time zones.

CREATE OR REPLACE FUNCTION pg_catalog.last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (date_trunc('month', $1) + interval '1 month - 1 day')::date $$;
CREATE OR REPLACE FUNCTION pg_catalog.last_day(date) RETURNS date LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT last_day($1::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.last_day(text) RETURNS date LANGUAGE sql STABLE STRICT
AS $$ SELECT last_day($1::timestamp) $$;

-- The last day of a month stays the last day.
CREATE OR REPLACE FUNCTION pg_catalog.add_months(start timestamp, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN start::date = last_day(start)
        THEN date_trunc('month', start) + make_interval(months => months::int + 1) - interval '1 day' + start::time
        ELSE start + make_interval(months => months::int)
    END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.add_months(start date, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$ SELECT add_months(start::timestamp, months) $$;
CREATE OR REPLACE FUNCTION pg_catalog.add_months(start text, months bigint) RETURNS timestamp
LANGUAGE sql STABLE AS $$ SELECT add_months(start::timestamp, months) $$;

CREATE OR REPLACE FUNCTION pg_catalog.months_between(last timestamp, first timestamp) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 12 * (pg_date_part('year', last) - pg_date_part('year', first)) + pg_date_part('month', last) - pg_date_part('month', first)
        + CASE
            WHEN pg_date_part('day', last) = pg_date_part('day', first) THEN 0
            WHEN last::date = last_day(last) AND first::date = last_day(first) THEN 0
            ELSE (pg_date_part('day', last) - pg_date_part('day', first)
                  + date_part('epoch', last::time - first::time) / 86400) / 31
        END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.months_between(date, date) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT months_between($1::timestamp, $2::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.months_between(text, text) RETURNS float8 LANGUAGE sql STABLE STRICT
AS $$ SELECT months_between($1::timestamp, $2::timestamp) $$;

-- The first such day after the given one.
CREATE OR REPLACE FUNCTION pg_catalog.next_day(start timestamp, day text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    wanted int := array_position(ARRAY['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left(day, 2))) - 1;
BEGIN
    IF wanted IS NULL THEN
        RAISE EXCEPTION 'invalid day: %', day;
    END IF;
    RETURN start::date + 1 + mod(wanted - pg_date_part('dow', start)::int + 13, 7);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.next_day(date, text) RETURNS date LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT next_day($1::timestamp, $2) $$;
CREATE OR REPLACE FUNCTION pg_catalog.next_day(text, text) RETURNS date LANGUAGE sql STABLE STRICT
AS $$ SELECT next_day($1::timestamp, $2) $$;

CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source text, target text, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT moment AT TIME ZONE source AT TIME ZONE target $$;
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target text, moment timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT moment AT TIME ZONE 'UTC' AT TIME ZONE target $$;

-- DATE_TRUNC of a date or of quoted text gives a timestamp; PostgreSQL would give one with time zone.
CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(part text, value date) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT date_trunc(part, value::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_trunc(part text, value text) RETURNS timestamp LANGUAGE sql STABLE STRICT
AS $$ SELECT date_trunc(part, value::timestamp) $$;
-- A moment with a time zone, or a date, is taken as it stands in UTC.
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(source text, target text, moment timestamptz) RETURNS timestamp
LANGUAGE sql STABLE STRICT AS $$ SELECT convert_timezone(source, target, moment::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.convert_timezone(target text, moment timestamptz) RETURNS timestamp
LANGUAGE sql STABLE STRICT AS $$ SELECT convert_timezone(target, moment::timestamp) $$;
