-- Keys are in local_aws.table_attributes; information_schema shows them beside PostgreSQL's own constraints.
CREATE OR REPLACE VIEW local_aws.user_keys AS
SELECT t.oid AS relation, t.nspname, t.relname, k ->> 'name' AS name, k ->> 'type' AS type,
       k -> 'columns' AS columns, k ->> 'references' AS target
FROM local_aws.user_tables AS t, jsonb_array_elements(t.attributes -> 'constraints') AS k;

-- The query's rows are cast to the types of the view's columns, in their order.
CREATE OR REPLACE FUNCTION local_aws.add_rows(shown regclass, query text, kept text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF pg_get_viewdef(shown) NOT LIKE '%user_keys%' THEN
        EXECUTE (SELECT format('CREATE OR REPLACE VIEW %s AS SELECT * FROM (%s) AS listed WHERE table_schema <> ''local_aws'' AND %s'
                               ' UNION ALL SELECT %s FROM (%s) AS keys (%s)', shown,
                               rtrim(pg_get_viewdef(shown), ';'), kept,
                               string_agg(format('%I::%s', attname, atttypid::regtype), ', ' ORDER BY attnum), query,
                               string_agg(quote_ident(attname), ', ' ORDER BY attnum))
                 FROM pg_attribute WHERE attrelid = shown AND attnum > 0);
    END IF;
END
$$;
SELECT local_aws.add_rows('information_schema.table_constraints', $$
    SELECT current_database(), nspname, name, current_database(), nspname, relname,
           CASE type WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END, 'NO', 'NO', 'NO', 'YES'
    FROM local_aws.user_keys $$, 'constraint_type <> ''CHECK'''); -- NOT NULL, which is no constraint on Redshift
SELECT local_aws.add_rows('information_schema.key_column_usage', $$
    SELECT current_database(), nspname, name, current_database(), nspname, relname, c.column_name, c.n::int, NULL::int
    FROM local_aws.user_keys, jsonb_array_elements_text(columns) WITH ORDINALITY AS c (column_name, n) $$, 'true');
