-- Numbers, booleans, dates and timestamps become text where a function or LIKE wants text.
CREATE OR REPLACE FUNCTION local_aws.take_as_text(function text, result text, others text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    type text;
    name text;
BEGIN
    -- PostgreSQL takes float8 for smaller integers, whose text is the same.
    FOREACH type IN ARRAY ARRAY['bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp', 'timestamptz'] LOOP
        name := format('pg_catalog.%I(%s)', function, array_to_string(type || others, ', '));
        CONTINUE WHEN to_regprocedure(name) IS NOT NULL;
        EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE sql STABLE STRICT AS %L', name, result, format(
            'SELECT pg_catalog.%I($1::text%s)', function,
            (SELECT coalesce(string_agg(', $' || n + 1, ''), '') FROM generate_series(1, cardinality(others)) AS n)));
    END LOOP;
END
$$;
SELECT local_aws.take_as_text(function, result, string_to_array(others, ' '))
FROM (VALUES
    ('len', 'int', ''), ('length', 'int', ''), ('char_length', 'int', ''), ('octet_length', 'int', ''),
    ('upper', 'text', ''), ('lower', 'text', ''), ('initcap', 'text', ''), ('btrim', 'text', ''), ('ltrim', 'text', ''),
    ('rtrim', 'text', ''), ('btrim', 'text', 'text'), ('ltrim', 'text', 'text'), ('rtrim', 'text', 'text'), ('reverse', 'text', ''),
    ('substring', 'text', 'int'), ('substring', 'text', 'int int'), ('substr', 'text', 'int'), ('substr', 'text', 'int int'),
    ('left', 'text', 'int'), ('right', 'text', 'int'), ('lpad', 'text', 'int text'), 
    ('rpad', 'text', 'int text'), ('replace', 'text', 'text text'),
    ('translate', 'text', 'text text'), ('split_part', 'text', 'text int'), ('strpos', 'int', 'text'), ('position', 'int', 'text'),
    ('md5', 'text', ''), ('sha2', 'varchar', 'int'), ('regexp_substr', 'text', 'text'),
    ('regexp_replace', 'text', 'text'), ('regexp_replace', 'text', 'text text'), ('regexp_count', 'int', 'text'),
    ('regexp_instr', 'int', 'text')
) AS f (function, result, others);
DO $$
DECLARE
    type text;
    symbol text;
    name text;
BEGIN
    FOREACH type IN ARRAY ARRAY['int', 'bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp', 'timestamptz'] LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.charindex(text, %s) RETURNS int LANGUAGE sql STABLE STRICT AS %L', type,
                       'SELECT strpos($2::text, $1)');
        FOR symbol, name IN VALUES ('~~', 'like_text'), ('!~~', 'unlike_text'), ('~~*', 'ilike_text'), ('!~~*', 'unilike_text'),
                                   ('~', 'matches_text'), ('!~', 'unmatches_text') LOOP
            EXECUTE format('CREATE OR REPLACE FUNCTION local_aws.%s(%s, text) RETURNS boolean LANGUAGE sql STABLE STRICT AS %L', name,
                           type, format('SELECT $1::text OPERATOR(pg_catalog.%s) $2', symbol));
            IF to_regoperator(format('pg_catalog.%s(%s, text)', symbol, type)) IS NULL THEN
                EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = text, FUNCTION = local_aws.%s)', symbol, type, name);
            END IF;
        END LOOP;
    END LOOP;
END
$$;

-- A boolean is compared with 0 and 1, and numbers and booleans are assigned to each other.
UPDATE pg_cast SET castcontext = 'a'
WHERE castsource IN ('int'::regtype, 'boolean'::regtype) AND casttarget IN ('int'::regtype, 'boolean'::regtype) AND castcontext = 'e';
CREATE OR REPLACE FUNCTION local_aws.equal(boolean, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::int = $2';
CREATE OR REPLACE FUNCTION local_aws.equal(int, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 = $2::int';
CREATE OR REPLACE FUNCTION local_aws.unequal(boolean, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::int <> $2';
CREATE OR REPLACE FUNCTION local_aws.unequal(int, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 <> $2::int';
DO $$ BEGIN
    CREATE OPERATOR pg_catalog.= (LEFTARG = boolean, RIGHTARG = int, FUNCTION = local_aws.equal);
    CREATE OPERATOR pg_catalog.= (LEFTARG = int, RIGHTARG = boolean, FUNCTION = local_aws.equal);
    CREATE OPERATOR pg_catalog.<> (LEFTARG = boolean, RIGHTARG = int, FUNCTION = local_aws.unequal);
    CREATE OPERATOR pg_catalog.<> (LEFTARG = int, RIGHTARG = boolean, FUNCTION = local_aws.unequal);
EXCEPTION WHEN duplicate_function THEN NULL; END $$;

-- TRY_CAST, as the dialect spells it: NULL where the cast is an error. `type` is the target with its width.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_try_cast(value anycompatible, type text, INOUT result anyelement)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    EXECUTE format('SELECT ($1)::%s', type) INTO result USING value;
EXCEPTION WHEN data_exception OR undefined_function OR cannot_coerce THEN
    result := NULL;
END
$$;
