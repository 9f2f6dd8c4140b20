-- AVG of integers is an integer: the sum divided by the number, without what is behind the point.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY['avg(smallint)', 'avg(integer)', 'avg(bigint)']) AS f;

CREATE OR REPLACE FUNCTION local_aws.average_step(state numeric[], value bigint) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT ARRAY[state[1] + 1, state[2] + value]';
CREATE OR REPLACE FUNCTION local_aws.average_end(numeric[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT div($1[2], nullif($1[1], 0))::bigint';
CREATE OR REPLACE FUNCTION local_aws.average_end(bigint[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1[2] / nullif($1[1], 0)';
CREATE OR REPLACE AGGREGATE pg_catalog.avg(smallint) (
    SFUNC = int2_avg_accum, STYPE = bigint[], FINALFUNC = local_aws.average_end, INITCOND = '{0,0}'
);
CREATE OR REPLACE AGGREGATE pg_catalog.avg(integer) (
    SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = local_aws.average_end, INITCOND = '{0,0}'
);
CREATE OR REPLACE AGGREGATE pg_catalog.avg(bigint) (
    SFUNC = local_aws.average_step, STYPE = numeric[], FINALFUNC = local_aws.average_end, INITCOND = '{0,0}'
);

-- AVG of decimals keeps the scale of its argument and cuts, too: the number of values, their sum and their scale.
SELECT local_aws.set_aside('avg(numeric)');
CREATE OR REPLACE FUNCTION local_aws.average_cut(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT trunc($1[2] / nullif($1[1], 0), scale($1[2]))';
CREATE OR REPLACE FUNCTION local_aws.average_step(state numeric[], value numeric) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT ARRAY[state[1] + 1, state[2] + value]';
CREATE OR REPLACE AGGREGATE pg_catalog.avg(numeric) (
    SFUNC = local_aws.average_step, STYPE = numeric[], FINALFUNC = local_aws.average_cut, INITCOND = '{0,0}'
);

-- MEDIAN, also as a window function, which PostgreSQL's ordered-set aggregates cannot be.
CREATE OR REPLACE FUNCTION local_aws.median_end(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    -- One digit at least behind the point.
    SELECT round(pg_avg(value), greatest(max(scale(value)), 1)) FROM (SELECT value, row_number() OVER (ORDER BY value) AS n FROM unnest($1) AS value) AS sorted
    WHERE n IN ((cardinality($1) + 1) / 2, cardinality($1) / 2 + 1)
$$;
CREATE OR REPLACE FUNCTION local_aws.median_end(float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT avg(value) FROM (SELECT value, row_number() OVER (ORDER BY value) AS n FROM unnest($1) AS value) AS sorted
    WHERE n IN ((cardinality($1) + 1) / 2, cardinality($1) / 2 + 1)
$$;
CREATE OR REPLACE FUNCTION local_aws.collect(numeric[], numeric) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE array_append($1, $2) END';
CREATE OR REPLACE FUNCTION local_aws.collect(float8[], float8) RETURNS float8[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE array_append($1, $2) END';
CREATE OR REPLACE AGGREGATE pg_catalog.median(numeric) (
    SFUNC = local_aws.collect, STYPE = numeric[], FINALFUNC = local_aws.median_end
);
CREATE OR REPLACE FUNCTION local_aws.collect(numeric[], bigint) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE array_append($1, $2::numeric) END';
CREATE OR REPLACE AGGREGATE pg_catalog.median(bigint) (
    SFUNC = local_aws.collect, STYPE = numeric[], FINALFUNC = local_aws.median_end
);
CREATE OR REPLACE FUNCTION local_aws.collect(numeric[], int) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.collect($1, $2::bigint)';
CREATE OR REPLACE AGGREGATE pg_catalog.median(int) (
    SFUNC = local_aws.collect, STYPE = numeric[], FINALFUNC = local_aws.median_end
);
CREATE OR REPLACE AGGREGATE pg_catalog.median(float8) (
    SFUNC = local_aws.collect, STYPE = float8[], FINALFUNC = local_aws.median_end
);

-- FIRST_VALUE and LAST_VALUE with IGNORE NULLS: strict steps skip NULL by themselves.
CREATE OR REPLACE FUNCTION local_aws.keep_first(anyelement, anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1';
CREATE OR REPLACE FUNCTION local_aws.keep_last(anyelement, anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $2';
CREATE OR REPLACE AGGREGATE pg_catalog.local_aws_first_value_not_null(anyelement) (
    SFUNC = local_aws.keep_first, STYPE = anyelement
);
CREATE OR REPLACE AGGREGATE pg_catalog.local_aws_last_value_not_null(anyelement) (
    SFUNC = local_aws.keep_last, STYPE = anyelement
);
