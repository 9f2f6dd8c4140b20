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

SELECT local_aws.add_operators($$
    SELECT symbol, name, s.a, s.b, 'boolean'::regtype, format('SELECT %s %s %s', first, symbol, second)
    FROM (VALUES ('=', 'equal'), ('<>', 'unequal'), ('<', 'less'), ('<=', 'less_or_equal'), ('>', 'greater'),
                 ('>=', 'greater_or_equal')) AS o (symbol, name),
         (VALUES ('smallint'::regtype, 'text'::regtype), ('int', 'text'), ('bigint', 'text'), ('oid', 'text'), ('numeric', 'numeric'),
                 ('date', 'date'), ('timestamp', 'timestamp')) AS t (other, compared),
         LATERAL (VALUES ('text'::regtype, other), (other, 'text')) AS s (a, b),
         LATERAL (SELECT CASE a WHEN compared THEN '$1' ELSE '$1::' || compared END,
                         CASE b WHEN compared THEN '$2' ELSE '$2::' || compared END) AS v (first, second) $$);
