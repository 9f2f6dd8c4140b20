-- Date functions.
CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE
AS 'SELECT date_trunc(''second'', statement_timestamp())::timestamp';
CREATE OR REPLACE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE
AS 'SELECT transaction_timestamp()::timestamp';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $1::date';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(timestamptz) RETURNS date LANGUAGE sql STABLE AS 'SELECT $1::date';

-- The full name of a date part or of its abbreviation.
CREATE OR REPLACE FUNCTION local_aws.date_part_name(part text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p IN ('year', 'years', 'y', 'yr', 'yrs') THEN 'year'
        WHEN p IN ('month', 'months', 'mon', 'mons') THEN 'month'
        WHEN p IN ('day', 'days', 'd') THEN 'day'
        WHEN p IN ('hour', 'hours', 'h', 'hr', 'hrs') THEN 'hour'
        WHEN p IN ('minute', 'minutes', 'm', 'min', 'mins') THEN 'minute'
        WHEN p IN ('second', 'seconds', 's', 'sec', 'secs') THEN 'second'
        WHEN p IN ('week', 'weeks', 'w') THEN 'week'
        WHEN p IN ('quarter', 'quarters', 'qtr', 'qtrs') THEN 'quarter'
        WHEN p IN ('dayofweek', 'dow', 'dw', 'weekday') THEN 'dow'
        WHEN p IN ('dayofyear', 'doy', 'dy', 'yearday') THEN 'doy'
        WHEN p IN ('millisecond', 'milliseconds', 'ms', 'msec', 'msecs', 'msecond', 'mseconds', 'millisec', 'millisecs',
                   'millisecon') THEN 'millisecond'
        WHEN p IN ('microsecond', 'microseconds', 'us', 'usec', 'usecs', 'usecond', 'useconds', 'microsec', 'microsecs',
                   'microsecon') THEN 'microsecond'
        WHEN p IN ('decade', 'decades', 'dec', 'decs') THEN 'decade'
        WHEN p IN ('century', 'centuries', 'c', 'cent', 'cents') THEN 'century'
        WHEN p IN ('millennium', 'millennia', 'mil', 'mils') THEN 'millennium'
        ELSE p
    END
    FROM (SELECT lower(part)) AS given (p)
$$;

CREATE OR REPLACE FUNCTION local_aws.refuse(what text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION 'local stand-in does not support %', what USING ERRCODE = 'feature_not_supported';
END
$$;

-- DATEADD. A month added to the last day of a month gives the last day of the other month.
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start timestamp) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    months int;
BEGIN
    CASE local_aws.date_part_name(part)
        WHEN 'day' THEN RETURN start + make_interval(days => number::int);
        WHEN 'week' THEN RETURN start + make_interval(days => 7 * number::int);
        WHEN 'hour' THEN RETURN start + number * interval '1 hour';
        WHEN 'minute' THEN RETURN start + number * interval '1 minute';
        WHEN 'second' THEN RETURN start + number * interval '1 second';
        WHEN 'millisecond' THEN RETURN start + number * interval '1 millisecond';
        WHEN 'microsecond' THEN RETURN start + number * interval '1 microsecond';
        WHEN 'month' THEN months := number;
        WHEN 'quarter' THEN months := 3 * number;
        WHEN 'year' THEN RETURN start + make_interval(years => number::int);
        WHEN 'decade' THEN RETURN start + make_interval(years => 10 * number::int);
        WHEN 'century' THEN RETURN start + make_interval(years => 100 * number::int);
        WHEN 'millennium' THEN RETURN start + make_interval(years => 1000 * number::int);
        ELSE RAISE EXCEPTION 'invalid datepart: %', part;
    END CASE;
    RETURN pg_catalog.add_months(start, months);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE STRICT AS $$ SELECT dateadd(part, number, start::timestamp)::timestamptz $$;
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start time) RETURNS time
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT dateadd(part, number, timestamp '2000-01-01' + start)::time $$;
-- A quoted date is a timestamp.
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start text) RETURNS timestamp
LANGUAGE sql STABLE STRICT AS $$ SELECT dateadd(part, number, start::timestamp) $$;

CREATE OR REPLACE FUNCTION pg_catalog.add_months(start timestamp, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN extract(day FROM start + interval '1 day') = 1
        THEN date_trunc('month', start) + make_interval(months => months::int + 1) - interval '1 day' + start::time
        ELSE start + make_interval(months => months::int)
    END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (date_trunc('month', $1) + interval '1 month - 1 day')::date $$;

-- DATEDIFF counts the boundaries between two moments.
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timestamp, last timestamp) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    years bigint := date_part('year', last)::bigint - date_part('year', first)::bigint;
    name text := local_aws.date_part_name(part);
BEGIN
    CASE name
        WHEN 'day' THEN RETURN last::date - first::date;
        -- Weeks begin on Sunday; 2000-01-02 was one.
        WHEN 'week' THEN
            RETURN floor((last::date - date '2000-01-02') / 7.0) - floor((first::date - date '2000-01-02') / 7.0);
        WHEN 'year' THEN RETURN years;
        WHEN 'quarter' THEN
            RETURN 4 * years + date_part('quarter', last)::bigint - date_part('quarter', first)::bigint;
        WHEN 'month' THEN RETURN 12 * years + date_part('month', last)::bigint - date_part('month', first)::bigint;
        WHEN 'decade', 'century', 'millennium' THEN
            RETURN date_part(name, last)::bigint - date_part(name, first)::bigint;
        WHEN 'hour', 'minute', 'second', 'millisecond', 'microsecond' THEN
            RETURN round(date_part('epoch', date_trunc(name, last) - date_trunc(name, first))::numeric
                / date_part('epoch', ('1 ' || name)::interval)::numeric);
        ELSE RAISE EXCEPTION 'invalid datepart: %', part;
    END CASE;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first time, last time) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT datediff(part, timestamp '2000-01-01' + first, timestamp '2000-01-01' + last) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timestamptz, last timestamptz) RETURNS bigint
LANGUAGE sql STABLE STRICT AS $$ SELECT datediff(part, first::timestamp, last::timestamp) $$;

-- A date would otherwise become a timestamp with time zone, which PostgreSQL prefers.
CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start date) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT dateadd(part, number, start::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first date, last date) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT datediff(part, first::timestamp, last::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.add_months(start date, months bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT add_months(start::timestamp, months) $$;
CREATE OR REPLACE FUNCTION pg_catalog.last_day(date) RETURNS date LANGUAGE sql IMMUTABLE STRICT
AS $$ SELECT last_day($1::timestamp) $$;
