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
        WHERE relation = (given ->> 'like')::oid;
    END IF;
    known := coalesce(known, '{}');
    FOREACH name IN ARRAY ARRAY['distkey', 'sortkey'] LOOP
        IF jsonb_typeof(known -> name) = 'array' AND known -> name ? (given ->> 'drop_column') THEN
            RAISE EXCEPTION 'cannot drop % column "%"', name, given ->> 'drop_column' USING ERRCODE = 'feature_not_supported';
        END IF;
    END LOOP;
    IF given ->> 'diststyle' IN ('all', 'even') THEN
        known := known - 'distkey';
    END IF;
    keys := coalesce(known -> 'constraints', '[]');
    IF given ? 'drop_constraint' THEN
        SELECT coalesce(jsonb_agg(k), '[]') INTO keys FROM jsonb_array_elements(keys) AS k
        WHERE k ->> 'name' <> given ->> 'drop_constraint';
    END IF;
    SELECT keys || coalesce(jsonb_agg(local_aws.named_constraint(relation_oid, k)), '[]') INTO keys
    FROM jsonb_array_elements(given -> 'constraints') AS k;
    INSERT INTO local_aws.table_attributes
    VALUES (relation_oid, known || (given - 'like' - 'drop_constraint' - 'drop_column') || jsonb_build_object('constraints', keys)
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

-- What a literal means, as pg_get_expr writes it.
CREATE OR REPLACE FUNCTION local_aws.literal_value(literal text) RETURNS jsonb LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT replace(CASE WHEN literal LIKE 'E%' THEN replace(substr(literal, 3, length(literal) - 3), E'\\\\', E'\\')
                        ELSE substr(literal, 2, length(literal) - 2) END, '''''', '''')::jsonb
$$;
-- Runs as the system's owner, and nothing that anybody else wrote: the attributes are read from a literal. `path` is
-- where the caller's names are looked up.
CREATE OR REPLACE FUNCTION local_aws.record_all(path text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found record;
    given jsonb;
    name text;
BEGIN
    FOR found IN
        SELECT DISTINCT c.conrelid, c.conname, substring(pg_get_expr(c.conbin, c.conrelid)
            FROM $re$^local_aws_attributes\((E?'(?:[^']|'')*')::text\)$$re$) AS literal
        FROM pg_event_trigger_ddl_commands() AS d
        JOIN pg_constraint AS c ON c.conrelid = d.objid AND d.classid = 'pg_class'::regclass
        WHERE c.contype = 'c' AND pg_get_expr(c.conbin, c.conrelid) LIKE 'local_aws_attributes(%'
    LOOP
        CONTINUE WHEN found.literal IS NULL;
        given := local_aws.literal_value(found.literal);
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.conrelid::regclass, found.conname);
        name := given ->> 'like';
        IF name IS NOT NULL THEN
            PERFORM set_config('search_path', path, true);
            name := pg_catalog.to_regclass(name)::pg_catalog.oid;
            PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
            given := given || jsonb_build_object('like', name);
        END IF;
        PERFORM local_aws.record(found.conrelid, given);
        IF given ? 'sortkey' OR given ? 'like' THEN
            PERFORM local_aws.index_sort_key(found.conrelid); -- 12_sort_keys.sql
        END IF;
    END LOOP;
END
$body$;
CREATE OR REPLACE FUNCTION local_aws.record_attributes() RETURNS event_trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
BEGIN
    PERFORM local_aws.record_all((SELECT string_agg(quote_ident(s), ', ') FROM unnest(current_schemas(true)) AS s));
END
$$;
DROP EVENT TRIGGER IF EXISTS local_aws_attributes;
CREATE EVENT TRIGGER local_aws_attributes ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION local_aws.record_attributes();
