-- Everything lives in pg_catalog, where no search_path hides it, or in the schema local_aws. Each file can be run
-- again on a database that has it already.
SET allow_system_table_mods = on;
SET client_min_messages = warning;
-- Tests check them; at every first start it would take a third of the time.
SET check_function_bodies = off;
CREATE SCHEMA IF NOT EXISTS local_aws;

-- Move a built-in function out of the way, so that Redshift's can have its name.
CREATE OR REPLACE FUNCTION local_aws.set_aside(function text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found oid := to_regprocedure('pg_catalog.' || function);
BEGIN
    -- Built-in objects have oids below 16384; ours, from an earlier run, have not.
    IF found < 16384 THEN
        EXECUTE format('ALTER ROUTINE %s RENAME TO %I', found::regprocedure, 'pg_' || split_part(function, '(', 1));
    END IF;
END
$$;
