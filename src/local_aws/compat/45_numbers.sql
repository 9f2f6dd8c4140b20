-- Roots, powers, logarithms and deviations are floats, of decimals and integers too.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY[
    'sqrt(numeric)', 'exp(numeric)', 'ln(numeric)', 'log(numeric)', 'power(numeric, numeric)', 'pow(numeric, numeric)'
]) AS f;
SELECT local_aws.set_aside(format('%s(%s)', f, type))
FROM unnest(ARRAY['stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop']) AS f,
     unnest(ARRAY['smallint', 'int', 'bigint', 'numeric']) AS type;

-- Redshift's other names for logarithms, powers and square roots.
CREATE OR REPLACE FUNCTION pg_catalog.dlog10(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT log($1)';
CREATE OR REPLACE FUNCTION pg_catalog.dlog1(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT ln($1)';
CREATE OR REPLACE FUNCTION pg_catalog.dexp(float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT exp($1)';
CREATE OR REPLACE FUNCTION pg_catalog.pow(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT power($1, $2)';
CREATE OR REPLACE FUNCTION pg_catalog.round(float8, int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT round($1::numeric, $2)::float8';
CREATE OR REPLACE FUNCTION pg_catalog.trunc(float8, int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT trunc($1::numeric, $2)::float8';
