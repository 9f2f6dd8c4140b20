-- LISTAGG under its own name, which its column in the result has as well; the order of values is in the call.
DO $$
BEGIN
    IF to_regprocedure('pg_catalog.listagg(text, text)') IS NULL THEN
        CREATE AGGREGATE pg_catalog.listagg(text, text) (
            SFUNC = string_agg_transfn, STYPE = internal, FINALFUNC = string_agg_finalfn
        );
    END IF;
END
$$;

-- PERCENTILE_CONT and PERCENTILE_DISC as window functions, which PostgreSQL's ordered-set aggregates cannot be. The
-- state begins with the fraction, which is negative when values go down.
CREATE OR REPLACE FUNCTION local_aws.collect(numeric[], numeric, numeric) RETURNS numeric[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $2 IS NULL THEN coalesce($1, ARRAY[$3]) ELSE array_append(coalesce($1, ARRAY[$3]), $2) END';
CREATE OR REPLACE FUNCTION local_aws.percentile(state numeric[], continuous boolean) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    n int := cardinality(state) - 1;
    fraction numeric := abs(state[1]);
    sorted numeric[] := ARRAY(SELECT value FROM unnest(state[2:]) AS value ORDER BY sign(state[1] + 1e-30) * value);
    place numeric := fraction * (n - 1);
BEGIN
    IF n = 0 THEN
        RETURN NULL;
    END IF;
    IF fraction > 1 THEN
        RAISE EXCEPTION 'The percentile should be between 0.0 and 1.0';
    END IF;
    IF NOT continuous THEN
        RETURN sorted[greatest(ceil(fraction * n)::int, 1)];
    END IF;
    RETURN trim_scale(sorted[floor(place)::int + 1]
        + (place - floor(place)) * (sorted[ceil(place)::int + 1] - sorted[floor(place)::int + 1]));
END
$$;
CREATE OR REPLACE FUNCTION local_aws.percentile_cont_end(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.percentile($1, true)';
CREATE OR REPLACE FUNCTION local_aws.percentile_disc_end(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.percentile($1, false)';
CREATE OR REPLACE AGGREGATE pg_catalog.local_aws_percentile_cont(numeric, numeric) (
    SFUNC = local_aws.collect, STYPE = numeric[], FINALFUNC = local_aws.percentile_cont_end
);
CREATE OR REPLACE AGGREGATE pg_catalog.local_aws_percentile_disc(numeric, numeric) (
    SFUNC = local_aws.collect, STYPE = numeric[], FINALFUNC = local_aws.percentile_disc_end
);
