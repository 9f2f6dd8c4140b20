-- What the stand-in keeps in a database is nobody's business: the views that tools list objects by leave the
-- schema local_aws out. Only the catalog's own tables, such as pg_namespace, still show it.
DO $$
DECLARE
    listing record;
BEGIN
    FOR listing IN
        SELECT format('%s.%I', v.relnamespace::regnamespace, v.relname) AS name, a.attname AS schema_column,
               rtrim(pg_get_viewdef(v.oid), ';') AS definition
        FROM pg_class AS v
        JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attname = CASE
            WHEN v.relnamespace = 'pg_catalog'::regnamespace THEN 'schemaname'
            WHEN v.relname = 'schemata' THEN 'schema_name'
            WHEN v.relname IN ('routines', 'parameters') THEN 'specific_schema'
            WHEN v.relname = 'sequences' THEN 'sequence_schema'
            ELSE 'table_schema'
        END
        WHERE v.oid < 16384 AND (
            v.relnamespace = 'pg_catalog'::regnamespace
                AND v.relname IN ('pg_tables', 'pg_views', 'pg_indexes', 'pg_stat_user_tables')
            OR v.relnamespace = 'information_schema'::regnamespace AND v.relname IN (
                'schemata', 'tables', 'columns', 'views', 'routines', 'parameters', 'sequences', 'table_privileges',
                'column_privileges')) -- the views of keys: 81_constraints.sql
    LOOP
        -- Done already when this file runs again.
        IF listing.definition NOT LIKE '%local_aws%' THEN
            EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT * FROM (%s) AS listed WHERE %I <> ''local_aws''',
                           listing.name, listing.definition, listing.schema_column);
        END IF;
    END LOOP;
END
$$;
