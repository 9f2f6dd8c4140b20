-- Character strings meet other types. Assigned to a column, a string is converted. Compared with a date, a timestamp
-- or a decimal, the string is converted; compared with any other number, the number becomes a string.
DO $$
DECLARE
    source text;
    target text;
BEGIN
    FOREACH source IN ARRAY ARRAY['text', 'varchar', 'bpchar'] LOOP
        FOREACH target IN ARRAY ARRAY['smallint', 'int', 'bigint', 'numeric', 'real', 'float8', 'boolean', 'date',
                                      'timestamp', 'timestamptz', 'time'] LOOP
            CONTINUE WHEN EXISTS (SELECT FROM pg_cast WHERE castsource = source::regtype AND casttarget = target::regtype);
            EXECUTE format('CREATE CAST (%s AS %s) WITH INOUT AS ASSIGNMENT', source, target);
        END LOOP;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION local_aws.make_comparison(operator text, name text, other text, is_string_converted boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    string text := CASE WHEN is_string_converted THEN format('%%s::%s', other) ELSE '%s' END;
    value text := CASE WHEN is_string_converted THEN '%s' ELSE '%s::text' END;
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION local_aws.%s(text, %s) RETURNS boolean LANGUAGE sql STABLE AS %L',
                   name, other, format('SELECT ' || string || ' ' || operator || ' ' || value, '$1', '$2'));
    EXECUTE format('CREATE OR REPLACE FUNCTION local_aws.%s(%s, text) RETURNS boolean LANGUAGE sql STABLE AS %L',
                   name, other, format('SELECT ' || value || ' ' || operator || ' ' || string, '$1', '$2'));
    IF to_regoperator(format('pg_catalog.%s(text, %s)', operator, other)) IS NULL THEN
        EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = text, RIGHTARG = %s, FUNCTION = local_aws.%s)',
                       operator, other, name);
        EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = %s, RIGHTARG = text, FUNCTION = local_aws.%s)',
                       operator, other, name);
    END IF;
END
$$;
SELECT local_aws.make_comparison(operator, name, other, other NOT IN ('smallint', 'int', 'bigint'))
FROM (VALUES ('=', 'equal'), ('<>', 'unequal'), ('<', 'less'), ('<=', 'less_or_equal'), ('>', 'greater'),
             ('>=', 'greater_or_equal')) AS o (operator, name),
     (VALUES ('smallint'), ('int'), ('bigint'), ('numeric'), ('date'), ('timestamp')) AS t (other);
