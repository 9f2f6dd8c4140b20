-- More of PostgreSQL's tables with the columns that they had in version 8.0.
CREATE OR REPLACE VIEW local_aws.pg_attrdef AS
SELECT d.*, pg_get_expr(d.adbin, d.adrelid) AS adsrc FROM pg_catalog.pg_attrdef AS d;
CREATE OR REPLACE VIEW pg_catalog.pg_proc_info AS
SELECT oid AS prooid, proname, pronamespace, proowner, prolang, proretset, pronargs, prorettype, proargtypes,
       proargmodes, proargnames, proallargtypes, prosrc, probin, proacl, prosecdef, prokind
FROM pg_proc;
DO $$
BEGIN
    IF pg_get_viewdef('pg_catalog.pg_locks'::regclass) NOT LIKE '%AS transaction%' THEN
        EXECUTE format('CREATE OR REPLACE VIEW pg_catalog.pg_locks AS SELECT l.*, l.transactionid AS transaction FROM (%s) AS l',
                       rtrim(pg_get_viewdef('pg_catalog.pg_locks'::regclass), ';'));
    END IF;
END
$$;
