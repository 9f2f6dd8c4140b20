-- DATE_PART and EXTRACT on the functions that 18_date_parts.sql has set aside.
CREATE OR REPLACE FUNCTION local_aws.after_second(name text, number numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE name
        WHEN 'millisecond' THEN trunc(mod(number, 1000))
        WHEN 'microsecond' THEN mod(number, 1000000)
        WHEN 'decade' THEN number + sign(number + 0.5) -- the first one begins with year 1
        ELSE number
    END
$$;

CREATE OR REPLACE FUNCTION local_aws.part(name text, value timestamp) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.after_second(name, pg_extract(name, value)) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value timestamp) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.part(local_aws.date_part_name(part), value)::float8 $$;
CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trunc(local_aws.part(local_aws.date_part_name(part), value))::bigint $$;

CREATE OR REPLACE FUNCTION local_aws.part(name text, value timestamptz) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT local_aws.after_second(name, pg_extract(name, value)) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value timestamptz) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT local_aws.part(local_aws.date_part_name(part), value)::float8 $$;
CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value timestamptz) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT local_aws.part(local_aws.date_part_name(part), value)::float8 $$;

CREATE OR REPLACE FUNCTION local_aws.part(name text, value time) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.after_second(name, pg_extract(name, value)) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value time) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.part(local_aws.date_part_name(part), value)::float8 $$;
CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value time) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trunc(local_aws.part(local_aws.date_part_name(part), value))::bigint $$;

CREATE OR REPLACE FUNCTION local_aws.part(name text, value timetz) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.after_second(name, pg_extract(name, value)) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value timetz) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.part(local_aws.date_part_name(part), value)::float8 $$;
CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value timetz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trunc(local_aws.part(local_aws.date_part_name(part), value))::bigint $$;

CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value date) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date_part(part, value::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part(part text, value text) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT date_part(part, value::timestamp) $$;

CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT pg_catalog.extract(part, value::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.extract(part text, value text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT pg_catalog.extract(part, value::timestamp) $$;
CREATE OR REPLACE FUNCTION pg_catalog.date_part_year(date) RETURNS int LANGUAGE sql IMMUTABLE
AS 'SELECT pg_date_part(''year'', $1)::int';
