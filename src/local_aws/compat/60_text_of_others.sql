-- Numbers, booleans, dates and timestamps become text where a function or LIKE wants text.
-- PostgreSQL takes float8 for smaller integers, whose text is the same.
SELECT local_aws.add_functions($$
SELECT 'pg_catalog', function, type || others, result, format('SELECT pg_catalog.%I($1::text%s)', function,
       (SELECT coalesce(string_agg(', $' || n + 1, ''), '') FROM generate_series(1, cardinality(others)) AS n))
FROM unnest(ARRAY['bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp', 'timestamptz']::regtype[]) AS type, (VALUES
    ('len', 'int'::regtype, '{}'::regtype[]), ('length', 'int', '{}'), ('char_length', 'int', '{}'), ('octet_length', 'int', '{}'),
    ('upper', 'text', '{}'), ('lower', 'text', '{}'), ('initcap', 'text', '{}'), ('btrim', 'text', '{}'), ('ltrim', 'text', '{}'),
    ('rtrim', 'text', '{}'), ('btrim', 'text', '{text}'), ('ltrim', 'text', '{text}'), ('rtrim', 'text', '{text}'), ('reverse', 'text', '{}'),
    ('substring', 'text', '{int}'), ('substring', 'text', '{int, int}'), ('substr', 'text', '{int}'), ('substr', 'text', '{int, int}'),
    ('left', 'text', '{int}'), ('right', 'text', '{int}'), ('lpad', 'text', '{int, text}'),
    ('rpad', 'text', '{int, text}'), ('replace', 'text', '{text, text}'),
    ('translate', 'text', '{text, text}'), ('split_part', 'text', '{text, int}'), ('strpos', 'int', '{text}'), ('position', 'int', '{text}'),
    ('md5', 'text', '{}'), ('sha2', 'varchar', '{int}'), ('regexp_substr', 'text', '{text}'),
    ('regexp_replace', 'text', '{text}'), ('regexp_replace', 'text', '{text, text}'), ('regexp_count', 'int', '{text}'),
    ('regexp_instr', 'int', '{text}')
) AS f (function, result, others) $$);
SELECT local_aws.add_functions($$
    SELECT 'pg_catalog', 'charindex', ARRAY['text'::regtype, type], 'int'::regtype, 'SELECT strpos($2::text, $1)'
    FROM unnest(ARRAY['int', 'bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp', 'timestamptz']::regtype[]) AS type $$);
SELECT local_aws.add_operators($$
    SELECT symbol, name, type, 'text'::regtype, 'boolean'::regtype, format('SELECT $1::text OPERATOR(pg_catalog.%s) $2', symbol)
    FROM unnest(ARRAY['int', 'bigint', 'numeric', 'float8', 'boolean', 'date', 'timestamp', 'timestamptz']::regtype[]) AS type,
         (VALUES ('~~', 'like_text'), ('!~~', 'unlike_text'), ('~~*', 'ilike_text'), ('!~~*', 'unilike_text'),
                 ('~', 'matches_text'), ('!~', 'unmatches_text')) AS o (symbol, name) $$);

-- A boolean is compared with 0 and 1, and numbers and booleans are assigned to each other.
UPDATE pg_cast SET castcontext = 'a'
WHERE castsource IN ('int'::regtype, 'boolean'::regtype) AND casttarget IN ('int'::regtype, 'boolean'::regtype) AND castcontext = 'e';
SELECT local_aws.add_operators($$ VALUES
    ('=', 'equal', 'boolean', 'int', 'boolean', 'SELECT $1::int = $2'),
    ('=', 'equal', 'int', 'boolean', 'boolean', 'SELECT $1 = $2::int'),
    ('<>', 'unequal', 'boolean', 'int', 'boolean', 'SELECT $1::int <> $2'),
    ('<>', 'unequal', 'int', 'boolean', 'boolean', 'SELECT $1 <> $2::int') $$);

-- TRY_CAST, as the dialect spells it: NULL where the cast is an error. `type` is the target with its width.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_try_cast(value anycompatible, type text, INOUT result anyelement)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    EXECUTE format('SELECT ($1)::%s', type) INTO result USING value;
EXCEPTION WHEN data_exception OR undefined_function OR cannot_coerce THEN
    result := NULL;
END
$$;
