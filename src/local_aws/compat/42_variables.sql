-- Stands for a procedure's variable while PostgreSQL is asked about the names of a statement; it is never run.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_variable(name text, value anyelement) RETURNS anyelement
LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT value';
