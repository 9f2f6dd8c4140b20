-- Everything lives in pg_catalog, where no search_path hides it, or in the schema local_aws. Each file can be run
-- again on a database that has it already.
SET allow_system_table_mods = on;
SET client_min_messages = warning;
-- Tests check them; at every first start it would take a third of the time.
SET check_function_bodies = off;
CREATE SCHEMA IF NOT EXISTS local_aws;
-- Everybody reads the catalog, as in Redshift: what follows is made so, which is quicker than to grant it afterwards.
GRANT USAGE ON SCHEMA local_aws TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA pg_catalog, local_aws GRANT SELECT ON TABLES TO PUBLIC;

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

-- There are hundreds of functions and operators that differ in a type only. Each command for one takes a tenth of a millisecond
-- of the first start, so they become rows of the catalogue, all at once; what is there already stays.
-- The query gives schema, name, types of arguments, type of the result, and the body: SQL, strict, arguments as $1 and $2.
CREATE OR REPLACE FUNCTION local_aws.add_functions(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO pg_proc (oid, proname, pronamespace, proowner, prolang, procost, prorows, provariadic, prosupport, prokind,
                             prosecdef, proleakproof, proisstrict, proretset, provolatile, proparallel, pronargs, pronargdefaults,
                             prorettype, proargtypes, prosrc)
        SELECT pg_nextoid('pg_proc', 'oid', 'pg_proc_oid_index'), f.name, f.schema::regnamespace, 10, l.oid, 100, 0, 0, 0, 'f',
               false, false, true, false, 's', 'u', cardinality(types), 0, f.result::regtype, types, f.body
        FROM (%s) AS f (schema, name, arguments, result, body) JOIN pg_language AS l ON l.lanname = 'sql',
             LATERAL CAST(array_to_string(f.arguments::regtype[]::oid[], ' ') AS oidvector) AS types
        WHERE NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.proname = f.name::name AND p.proargtypes = types
                          AND p.pronamespace = f.schema::regnamespace)$sql$, query);
END
$$;
-- The query gives an operator's symbol, the name and types of its function, of its result, and the body.
CREATE OR REPLACE FUNCTION local_aws.add_operators(query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM local_aws.add_functions(format(
        $sql$SELECT 'local_aws', name, ARRAY[a, b], result, body FROM (%s) AS o (symbol, name, a, b, result, body)$sql$, query));
    EXECUTE format($sql$
        INSERT INTO pg_operator (oid, oprname, oprnamespace, oprowner, oprkind, oprcanmerge, oprcanhash, oprleft, oprright,
                                 oprresult, oprcom, oprnegate, oprcode, oprrest, oprjoin)
        SELECT pg_nextoid('pg_operator', 'oid', 'pg_operator_oid_index'), o.symbol, 'pg_catalog'::regnamespace, 10, 'b', false, false,
               a::regtype, b::regtype, p.prorettype, 0, 0, p.oid, 0, 0
        FROM (%s) AS o (symbol, name, a, b, result, body)
        JOIN pg_proc AS p ON p.proname = o.name::name AND p.pronamespace = 'local_aws'::regnamespace
                          AND p.proargtypes = CAST(format('%%s %%s', a::regtype::oid, b::regtype::oid) AS oidvector)
        WHERE NOT EXISTS (SELECT FROM pg_operator AS e WHERE e.oprname = o.symbol::name AND e.oprleft = a::regtype
                          AND e.oprright = b::regtype AND e.oprnamespace = 'pg_catalog'::regnamespace)$sql$, query);
END
$$;
