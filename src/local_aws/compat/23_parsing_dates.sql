-- TO_DATE and TO_TIMESTAMP let days and hours overflow, unless TO_DATE is to be strict: June 31st is July 1st.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY['to_date(text, text)', 'to_timestamp(text, text)']) AS f;
-- Redshift has these names with other arguments only.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY['to_timestamp(float8)', 'date_trunc(text, timestamptz, text)',
    'random(int, int)', 'random(bigint, bigint)', 'random(numeric, numeric)']) AS f;

-- The two digits of an element of the format; NULL when it is not there, or something before it has no fixed width.
CREATE OR REPLACE FUNCTION local_aws.digits_at(value text, format text, element text, OUT at int, OUT digits int)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    before text := upper(left(format, strpos(upper(format), element) - 1));
BEGIN
    IF strpos(upper(format), element) > 0 AND before !~ 'MONTH|DAY|FM|"|TH|RM' THEN
        at := length(pg_regexp_replace(before, 'HH24|HH12', 'HH', 'g')) + 1;
        digits := CASE WHEN substr(value, at, 2) ~ '^[0-9]{2}$' THEN substr(value, at, 2) END;
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION local_aws.parse_moment(value text, format text) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT
AS $$
DECLARE
    day record := local_aws.digits_at(value, format, 'DD');
    hour record := local_aws.digits_at(value, format, 'HH24');
    fitting text := value;
BEGIN
    RETURN pg_to_timestamp(value, format);
EXCEPTION WHEN datetime_field_overflow THEN
    IF day.digits BETWEEN 29 AND 31 THEN
        fitting := overlay(fitting PLACING '01' FROM day.at FOR 2);
    END IF;
    IF hour.digits = 24 THEN
        fitting := overlay(fitting PLACING '00' FROM hour.at FOR 2);
    END IF;
    IF fitting = value THEN
        RAISE;
    END IF;
    RETURN pg_to_timestamp(fitting, format)
        + make_interval(days => CASE WHEN day.digits BETWEEN 29 AND 31 THEN day.digits - 1 ELSE 0 END,
                        hours => CASE hour.digits WHEN 24 THEN 24 ELSE 0 END);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.to_timestamp(value text, format text) RETURNS timestamptz LANGUAGE sql STABLE STRICT
AS 'SELECT local_aws.parse_moment(value, format)';
CREATE OR REPLACE FUNCTION pg_catalog.to_date(value text, format text, is_strict boolean DEFAULT false) RETURNS date
LANGUAGE sql STABLE STRICT
AS 'SELECT CASE WHEN is_strict THEN pg_to_date(value, format) ELSE local_aws.parse_moment(value, format)::date END';
CREATE OR REPLACE FUNCTION pg_catalog.to_date(value bigint, format text, is_strict boolean DEFAULT false) RETURNS date
LANGUAGE sql STABLE STRICT AS 'SELECT to_date(value::text, format, is_strict)';

-- A number of days is added to a timestamp, or taken from it.
CREATE OR REPLACE FUNCTION local_aws.make_day_operators(type text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regoperator(format('pg_catalog.+(%s, int)', type)) IS NULL THEN
        EXECUTE format('CREATE FUNCTION local_aws.later(%s, int) RETURNS %1$s LANGUAGE sql STABLE STRICT AS %L', type,
                       'SELECT $1 + make_interval(days => $2)');
        EXECUTE format('CREATE FUNCTION local_aws.later(int, %s) RETURNS %1$s LANGUAGE sql STABLE STRICT AS %L', type,
                       'SELECT $2 + make_interval(days => $1)');
        EXECUTE format('CREATE FUNCTION local_aws.earlier(%s, int) RETURNS %1$s LANGUAGE sql STABLE STRICT AS %L', type,
                       'SELECT $1 - make_interval(days => $2)');
        EXECUTE format('CREATE OPERATOR pg_catalog.+ (LEFTARG = %s, RIGHTARG = int, FUNCTION = local_aws.later)', type);
        EXECUTE format('CREATE OPERATOR pg_catalog.+ (LEFTARG = int, RIGHTARG = %s, FUNCTION = local_aws.later)', type);
        EXECUTE format('CREATE OPERATOR pg_catalog.- (LEFTARG = %s, RIGHTARG = int, FUNCTION = local_aws.earlier)', type);
    END IF;
END
$$;
SELECT local_aws.make_day_operators(type) FROM unnest(ARRAY['timestamp', 'timestamptz']) AS type;

CREATE OR REPLACE FUNCTION pg_catalog.dateadd(part text, number bigint, start timetz) RETURNS timetz LANGUAGE sql STABLE
AS $$ SELECT (dateadd(part, number, timestamp '2000-01-01' + (start AT TIME ZONE 'UTC')::time) AT TIME ZONE 'UTC')::timetz $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(part text, first timetz, last timetz) RETURNS bigint LANGUAGE sql STABLE
AS $$ SELECT datediff(part, (first AT TIME ZONE 'UTC')::time, (last AT TIME ZONE 'UTC')::time) $$;

-- Comparisons as functions: -1, 0 or 1.
DO $$
DECLARE
    name text;
    first text;
    last text;
BEGIN
    FOR name, first, last IN VALUES
        ('date_cmp', 'date', 'date'), ('date_cmp_timestamp', 'date', 'timestamp'), ('date_cmp_timestamptz', 'date', 'timestamptz'),
        ('timestamp_cmp', 'timestamp', 'timestamp'), ('timestamp_cmp_date', 'timestamp', 'date'),
        ('timestamp_cmp_timestamptz', 'timestamp', 'timestamptz'), ('timestamptz_cmp', 'timestamptz', 'timestamptz'),
        ('timestamptz_cmp_date', 'timestamptz', 'date'), ('timestamptz_cmp_timestamp', 'timestamptz', 'timestamp'),
        ('interval_cmp', 'interval', 'interval')
    LOOP
        -- PostgreSQL has most of them already.
        IF to_regprocedure(format('pg_catalog.%s(%s, %s)', name, first, last)) IS NULL THEN
            EXECUTE format('CREATE FUNCTION pg_catalog.%s(%s, %s) RETURNS int LANGUAGE sql STABLE STRICT AS %L', name, first, last,
                           'SELECT CASE WHEN $1 < $2 THEN -1 WHEN $1 > $2 THEN 1 ELSE 0 END');
        END IF;
    END LOOP;
END
$$;
