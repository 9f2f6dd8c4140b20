-- What SHOW lists and defines. `place` holds the names behind FROM, outermost first.
CREATE OR REPLACE FUNCTION local_aws.in_this_database(place text[], depth int) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(place) > depth AND place[1] <> current_database() THEN
        PERFORM local_aws_refuse('names of other databases: ' || array_to_string(place, '.'));
    END IF;
    RETURN place[greatest(cardinality(place) - depth + 1, 1):];
END
$$;
CREATE OR REPLACE FUNCTION local_aws.local_aws_relation(place text[]) RETURNS regclass LANGUAGE sql STABLE AS $$
    SELECT string_agg(quote_ident(name), '.' ORDER BY n)::regclass
    FROM unnest(local_aws.in_this_database(place, 2)) WITH ORDINALITY AS p (name, n)
$$;

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_databases(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), database_owner int, database_type varchar(32), database_acl varchar,
               parameters varchar, database_isolation_level varchar) LANGUAGE sql STABLE AS $$
    SELECT database_name, database_owner, database_type, database_acl, database_options, database_isolation_level
    FROM pg_catalog.svv_redshift_databases WHERE database_name LIKE coalesce(pattern, '%') ORDER BY 1 LIMIT max_rows
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_schemas(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), schema_name varchar(128), schema_owner int, schema_type varchar(128),
               schema_acl varchar, source_database varchar(128), schema_option varchar(128)) LANGUAGE sql STABLE AS $$
    SELECT s.database_name, s.schema_name, s.schema_owner, s.schema_type, s.schema_acl, s.source_database, s.schema_option
    FROM pg_catalog.svv_all_schemas AS s
    WHERE s.schema_name LIKE coalesce(pattern, '%') AND local_aws.in_this_database(place, 0) IS NOT NULL
    ORDER BY s.schema_name LIMIT max_rows
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_tables(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), schema_name varchar(128), table_name varchar(128), table_type varchar(128),
               table_acl varchar(128), remarks varchar(128), owner varchar(128), last_altered_time timestamp,
               last_modified_time timestamp, dist_style varchar(128), table_subtype varchar(128))
LANGUAGE sql STABLE AS $$
    SELECT current_database(), n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'VIEW' ELSE 'TABLE' END,
           array_to_string(c.relacl, '/'), obj_description(c.oid, 'pg_class'), pg_get_userbyid(c.relowner), NULL, NULL,
           CASE WHEN c.relkind = 'r' THEN local_aws.diststyle(a.attributes) END,
           CASE c.relkind WHEN 'v' THEN CASE WHEN l.view IS NULL THEN 'REGULAR VIEW' ELSE 'LATE BINDING VIEW' END
                WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'REGULAR TABLE' END
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN local_aws.table_attributes AS a ON a.relation = c.oid
    LEFT JOIN local_aws.late_views AS l ON l.view = c.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = (local_aws.in_this_database(place, 1))[1]
      AND c.relname LIKE coalesce(pattern, '%') AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.relname LIMIT max_rows
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_columns(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), schema_name varchar(128), table_name varchar(128), column_name varchar(128),
               ordinal_position int, column_default varchar(4000), is_nullable varchar(3), data_type varchar(128),
               character_maximum_length int, numeric_precision int, numeric_scale int, remarks varchar(256),
               sort_key_type varchar(128), sort_key_order int, dist_key int, encoding varchar(128), collation varchar(128))
LANGUAGE sql STABLE AS $$
    SELECT c.database_name, c.schema_name, c.table_name, c.column_name, c.ordinal_position, c.column_default,
           c.is_nullable, c.data_type, c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.remarks,
           CASE WHEN k.number <> 0 THEN CASE WHEN a.attributes ->> 'sortstyle' = 'interleaved' THEN 'INTERLEAVED' ELSE 'COMPOUND' END END,
           k.number, (coalesce(a.attributes -> 'distkey' ->> 0 = c.column_name::text, false))::int,
           coalesce(a.attributes -> 'encode' ->> c.column_name::text, 'none'),
           CASE WHEN c.data_type LIKE 'character%' THEN 'case_sensitive' END
    FROM pg_catalog.svv_all_columns AS c
    JOIN pg_class AS t ON t.oid = local_aws.local_aws_relation(place)
    LEFT JOIN local_aws.table_attributes AS a ON a.relation = t.oid
    CROSS JOIN LATERAL (SELECT local_aws.sortkey_number(a.attributes, c.column_name::text)) AS k (number)
    WHERE c.schema_name = t.relnamespace::regnamespace::text AND c.table_name = t.relname
      AND c.column_name LIKE coalesce(pattern, '%')
    ORDER BY c.ordinal_position LIMIT max_rows
$$;

CREATE OR REPLACE FUNCTION local_aws.routines(kind "char", place text[], pattern text)
RETURNS TABLE (name name, arguments int, argument_list text, return_type text, remarks text) LANGUAGE sql STABLE AS $$
    SELECT p.proname, p.pronargs::int,
           (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)),
           CASE WHEN p.prokind <> 'p' THEN format_type(p.prorettype, NULL)
                ELSE (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY n)
                      FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY AS a (t, m, n) WHERE m IN ('o', 'b')) END,
           obj_description(p.oid, 'pg_proc')
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.prokind = kind AND n.nspname = (local_aws.in_this_database(place, 1))[1]
      AND p.proname LIKE coalesce(pattern, '%') AND has_function_privilege(p.oid, 'EXECUTE')
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_procedures(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), schema_name varchar(128), procedure_name varchar(128),
               number_of_arguments int, argument_list varchar, return_type varchar, remarks varchar)
LANGUAGE sql STABLE AS $$
    SELECT current_database(), place[cardinality(place)], r.* FROM local_aws.routines('p', place, pattern) AS r
    ORDER BY r.name, r.argument_list LIMIT max_rows
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_functions(place text[], pattern text, max_rows int)
RETURNS TABLE (database_name varchar(128), schema_name varchar(128), function_name varchar(128),
               number_of_arguments int, argument_list varchar, return_type varchar, remarks varchar)
LANGUAGE sql STABLE AS $$
    SELECT current_database(), place[cardinality(place)], r.* FROM local_aws.routines('f', place, pattern) AS r
    ORDER BY r.name, r.argument_list LIMIT max_rows
$$;

-- ENCODE of a column, as Redshift chooses it when nobody does; sort keys, booleans and floats stay raw.
CREATE OR REPLACE FUNCTION local_aws.encoding(attributes jsonb, column_name text, type oid) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(lower(attributes -> 'encode' ->> column_name), CASE
        WHEN local_aws.sortkey_number(attributes, column_name) <> 0 THEN NULL
        WHEN type IN ('varchar'::regtype, 'bpchar'::regtype) THEN 'lzo'
        WHEN type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'date'::regtype,
                      'time'::regtype, 'timetz'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN 'az64' END)
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_table(place text[], arguments text)
RETURNS TABLE ("Show Table DDL statement" varchar) LANGUAGE sql STABLE AS $$
    WITH of_table AS (
        SELECT c.oid, format('%s.%I', c.relnamespace::regnamespace, c.relname) AS name, coalesce(a.attributes, '{}') AS attributes
        FROM pg_class AS c LEFT JOIN local_aws.table_attributes AS a ON a.relation = c.oid
        WHERE c.oid = local_aws.local_aws_relation(place)
    ), lines AS (
        SELECT a.attnum AS number, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'NOT NULL' END,
            CASE WHEN a.attidentity <> '' THEN (
                SELECT format('IDENTITY(%s,%s)', s.seqstart, s.seqincrement) FROM pg_depend AS d
                JOIN pg_sequence AS s ON s.seqrelid = d.objid
                WHERE d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i') END,
            'DEFAULT ' || (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = a.attrelid AND adnum = a.attnum),
            'ENCODE ' || local_aws.encoding(t.attributes, a.attname::text, a.atttypid),
            CASE WHEN t.attributes -> 'distkey' ->> 0 = a.attname::text THEN 'distkey' END) AS line
        FROM of_table AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 10000 + n, concat_ws(' ', CASE k ->> 'type' WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END,
            format('(%s)', (SELECT string_agg(quote_ident(c), ', ') FROM jsonb_array_elements_text(k -> 'columns') AS c)),
            'REFERENCES ' || (k ->> 'references'))
        FROM of_table AS t, jsonb_array_elements(t.attributes -> 'constraints') WITH ORDINALITY AS x (k, n)
    )
    SELECT format(E'CREATE TABLE %s (\n%s\n)\nDISTSTYLE %s%s;', t.name,
        (SELECT string_agg('    ' || line, E',\n' ORDER BY number) FROM lines),
        CASE WHEN t.attributes ? 'distkey' THEN 'KEY' ELSE coalesce(upper(t.attributes ->> 'diststyle'), 'AUTO') END,
        E'\n' || CASE WHEN t.attributes ->> 'sortstyle' = 'interleaved' THEN 'INTERLEAVED ' ELSE '' END
              || (SELECT format('SORTKEY ( %s )', string_agg(quote_ident(c), ', ')) FROM jsonb_array_elements_text(
                    CASE jsonb_typeof(t.attributes -> 'sortkey') WHEN 'array' THEN t.attributes -> 'sortkey' ELSE '[]' END) AS c HAVING count(*) > 0))
    FROM of_table AS t
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_show_view(place text[], arguments text)
RETURNS TABLE ("Show View DDL statement" varchar) LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT format('CREATE VIEW %s %s AS %s WITH NO SCHEMA BINDING;', v.oid::regclass, l.columns, btrim(l.query))
                     FROM local_aws.late_views AS l WHERE l.view = v.oid), btrim(pg_get_viewdef(v.oid)))
    FROM pg_class AS v WHERE v.oid = local_aws.local_aws_relation(place)
$$;
