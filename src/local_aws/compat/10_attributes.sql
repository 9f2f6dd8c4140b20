-- Keys and storage attributes are information only: an event trigger moves them from a CHECK constraint,
-- written there by the dialect, into a table that the catalog views read.
CREATE TABLE IF NOT EXISTS local_aws.table_attributes (
    relation oid PRIMARY KEY,
    attributes jsonb NOT NULL
);

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_attributes(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';

-- Add what one statement says about a table to what is known.
CREATE OR REPLACE FUNCTION local_aws.record(relation_oid oid, given jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known jsonb;
    keys jsonb;
    name text;
BEGIN
    SELECT attributes INTO known FROM local_aws.table_attributes WHERE relation = relation_oid;
    IF given ? 'like' THEN
        SELECT attributes - 'constraints' INTO known FROM local_aws.table_attributes
        WHERE relation = to_regclass(given ->> 'like');
    END IF;
    known := coalesce(known, '{}');
    keys := coalesce(known -> 'constraints', '[]');
    IF given ? 'drop_constraint' THEN
        SELECT coalesce(jsonb_agg(k), '[]') INTO keys FROM jsonb_array_elements(keys) AS k
        WHERE k ->> 'name' <> given ->> 'drop_constraint';
    END IF;
    SELECT keys || coalesce(jsonb_agg(local_aws.named_constraint(relation_oid, k)), '[]') INTO keys
    FROM jsonb_array_elements(given -> 'constraints') AS k;
    INSERT INTO local_aws.table_attributes
    VALUES (relation_oid, known || (given - 'like' - 'drop_constraint') || jsonb_build_object('constraints', keys)
            || jsonb_build_object('encode', coalesce(known -> 'encode', '{}') || coalesce(given -> 'encode', '{}')))
    ON CONFLICT (relation) DO UPDATE SET attributes = excluded.attributes;
    -- The columns of a primary key are NOT NULL, which is enforced.
    FOR name IN
        SELECT jsonb_array_elements_text(k -> 'columns') FROM jsonb_array_elements(given -> 'constraints') AS k
        WHERE k ->> 'type' = 'p'
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', relation_oid::regclass, name);
    END LOOP;
END
$$;

-- A constraint with PostgreSQL's default name if it has none.
CREATE OR REPLACE FUNCTION local_aws.named_constraint(relation_oid oid, key jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('name', relname || CASE key ->> 'type'
        WHEN 'p' THEN '_pkey'
        WHEN 'u' THEN '_' || (SELECT string_agg(c, '_') FROM jsonb_array_elements_text(key -> 'columns') AS c) || '_key'
        ELSE '_' || (key -> 'columns' ->> 0) || '_fkey' END) || key
    FROM pg_class WHERE oid = relation_oid
$$;

CREATE OR REPLACE FUNCTION local_aws.record_attributes() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
AS $$
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
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.conrelid::regclass, found.conname);
        PERFORM local_aws.record(found.conrelid, given);
    END LOOP;
END
$$;
DROP EVENT TRIGGER IF EXISTS local_aws_attributes;
CREATE EVENT TRIGGER local_aws_attributes ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION local_aws.record_attributes();
