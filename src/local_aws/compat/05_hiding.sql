-- What the stand-in keeps in a database is nobody's business: the views that tools list objects by leave the
-- schema local_aws out. Only the catalog's own tables, such as pg_namespace, still show it. The views of keys: 81_constraints.sql.
DO $do$
DECLARE
    listing record;
BEGIN
    FOR listing IN
        SELECT format('%s.%I', v.relnamespace::regnamespace, v.relname) AS name, v.relname AS old, a.attname AS schema_column,
               -- Nor do they show what makes a sort key work, see 12_sort_keys.sql.
               CASE v.relname WHEN 'pg_indexes' THEN $$ AND indexname NOT LIKE 'local\_aws\_sortkey\_%'$$
                              WHEN 'pg_stat_user_indexes' THEN $$ AND indexrelname NOT LIKE 'local\_aws\_sortkey\_%'$$
                              ELSE '' END AS more
        FROM pg_class AS v
        JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attname = CASE
            WHEN v.relnamespace = 'pg_catalog'::regnamespace THEN 'schemaname'
            WHEN v.relname = 'schemata' THEN 'schema_name'
            WHEN v.relname IN ('routines', 'parameters') THEN 'specific_schema'
            WHEN v.relname = 'sequences' THEN 'sequence_schema'
            ELSE 'table_schema'
        END
        WHERE to_regclass(format('local_aws.%I', v.relname)) IS NULL AND (
            v.relnamespace = 'pg_catalog'::regnamespace
                AND v.relname IN ('pg_tables', 'pg_views', 'pg_indexes', 'pg_stat_user_tables',
                                  'pg_stat_user_indexes')
            OR v.relnamespace = 'information_schema'::regnamespace AND v.relname IN (
                'schemata', 'tables', 'columns', 'views', 'routines', 'parameters', 'sequences', 'table_privileges',
                'column_privileges'))
    LOOP
        -- The old view steps aside, which is quicker than writing its definition anew.
        EXECUTE format('ALTER VIEW %s SET SCHEMA local_aws', listing.name);
        EXECUTE format('CREATE VIEW %s AS SELECT * FROM local_aws.%I WHERE %I <> ''local_aws''%s',
                       listing.name, listing.old, listing.schema_column, listing.more);
        EXECUTE format('GRANT SELECT ON %s TO PUBLIC', listing.name); -- also in information_schema
    END LOOP;
END
$do$;
