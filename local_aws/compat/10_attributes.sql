-- Keys and storage attributes are information only: an event trigger moves them from a CHECK constraint,
-- written there by the dialect, into a table that the catalog views read.
CREATE TABLE IF NOT EXISTS local_aws.table_attributes (
    relation oid PRIMARY KEY,
    attributes jsonb NOT NULL
);

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_attributes(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

CREATE OR REPLACE FUNCTION local_aws.record_attributes() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE
    found record;
    given jsonb;
BEGIN
    FOR found IN
        SELECT DISTINCT c.conrelid, c.conname, pg_get_expr(c.conbin, c.conrelid) AS call
        FROM pg_event_trigger_ddl_commands() AS d
        JOIN pg_constraint AS c ON c.conrelid = d.objid AND d.classid = 'pg_class'::regclass
        WHERE c.contype = 'c' AND pg_get_expr(c.conbin, c.conrelid) LIKE 'local_aws_attributes(%'
    LOOP
        EXECUTE 'SELECT ' || substr(found.call, length('local_aws_attributes(')) INTO given;
        INSERT INTO local_aws.table_attributes AS known VALUES (found.conrelid, given)
        ON CONFLICT (relation) DO UPDATE SET attributes = known.attributes || excluded.attributes;
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.conrelid::regclass, found.conname);
    END LOOP;
END
$$;
DROP EVENT TRIGGER IF EXISTS local_aws_attributes;
CREATE EVENT TRIGGER local_aws_attributes ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION local_aws.record_attributes();
