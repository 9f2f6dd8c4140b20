-- COPY and UNLOAD in procedures. The stand-in, which speaks to S3, is asked for each step; rows pass through a file in
-- its mailbox, so that all of it belongs to the procedure's own transaction.

-- A table's columns as COPY wants to know them.
CREATE OR REPLACE FUNCTION local_aws.table_columns(relation regclass) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', a.attname, 'type', coalesce(nullif(t.typbasetype, 0), a.atttypid)::int8, 'modifier', a.atttypmod,
        'not_null', a.attnotnull, 'is_identity', a.attidentity <> '') ORDER BY a.attnum), '[]')
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- One step of a transfer: `request` goes to the stand-in under a fresh id; its answer, or its refusal as an error.
CREATE OR REPLACE FUNCTION local_aws.transfer(request jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    id text := gen_random_uuid();
    answer jsonb := local_aws.ask('LA002', (request || jsonb_build_object('id', id))::text, id);
BEGIN
    IF answer ? 'error' THEN
        RAISE EXCEPTION USING MESSAGE = answer ->> 'error', DETAIL = answer ->> 'detail';
    END IF;
    RETURN answer;
END
$$;

-- Where the rows of a transfer are.
CREATE OR REPLACE FUNCTION local_aws.transfer_file(id uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT current_setting('data_directory') || '/local_aws_mailbox/' || id || '.rows'
$$;

-- Load the file of a transfer; -1 when too many rows were left out. As the system's owner, who may read files.
CREATE OR REPLACE FUNCTION local_aws.load(relation regclass, columns text, reject_limit bigint, id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    loaded bigint;
BEGIN
    EXECUTE format('COPY %s (%s) FROM %L WITH (FORMAT text, ON_ERROR ignore, REJECT_LIMIT %s, LOG_VERBOSITY verbose)',
                   relation, columns, local_aws.transfer_file(id), reject_limit);
    GET DIAGNOSTICS loaded = ROW_COUNT;
    RETURN loaded;
EXCEPTION WHEN invalid_text_representation THEN
    IF SQLERRM LIKE '%REJECT_LIMIT%' THEN
        RETURN -1;
    END IF;
    RAISE;
END
$$;

-- Write the rows of the view that local_aws_unload has made. The view reads with the rights of its owner, the caller.
CREATE OR REPLACE FUNCTION local_aws.unload(id uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    unloaded bigint;
BEGIN
    EXECUTE format('COPY (SELECT * FROM pg_temp.local_aws_unloaded) TO %L', local_aws.transfer_file(id));
    GET DIAGNOSTICS unloaded = ROW_COUNT;
    RETURN unloaded;
END
$$;

-- Remember what the last transfer of the session was, and be as many rows as it moved, for ROW_COUNT.
CREATE OR REPLACE FUNCTION local_aws.moved(what text, moved bigint, query text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(format('local_aws.last_%s_count', what), moved::text, false),
            set_config(format('local_aws.last_%s_id', what), query, false);
    RETURN QUERY SELECT generate_series(1, moved);
END
$$;

-- What COPY becomes: `target` is the table as it is spelt for the engine.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_copy(target text, command text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    relation regclass := target;
    plan jsonb;
    loaded bigint;
BEGIN
    IF NOT has_table_privilege(relation, 'INSERT') THEN
        RAISE EXCEPTION 'permission denied for relation %', relation USING ERRCODE = 'insufficient_privilege';
    END IF;
    plan := local_aws.transfer(jsonb_build_object(
        'command', command, 'table', (SELECT relname FROM pg_class WHERE oid = relation), 'oid', relation::oid::int8,
        'columns', local_aws.table_columns(relation)));
    loaded := local_aws.load(relation, plan ->> 'columns', (plan ->> 'reject_limit')::bigint, (plan ->> 'id')::uuid);
    PERFORM local_aws.transfer(jsonb_build_object('finish', true, 'rows', loaded));
    RETURN QUERY SELECT local_aws.moved('copy', loaded, plan ->> 'query');
END
$$;

-- What UNLOAD becomes: `query` is rewritten for the engine. A view tells its columns' names and types.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_unload(query text, command text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    unloaded bigint;
BEGIN
    EXECUTE 'CREATE TEMPORARY VIEW local_aws_unloaded AS ' || query;
    plan := local_aws.transfer(jsonb_build_object(
        'command', command, 'columns', local_aws.table_columns(to_regclass('pg_temp.local_aws_unloaded'))));
    unloaded := local_aws.unload((plan ->> 'id')::uuid);
    DROP VIEW pg_temp.local_aws_unloaded;
    PERFORM local_aws.transfer(jsonb_build_object('finish', true, 'rows', unloaded));
    RETURN QUERY SELECT local_aws.moved('unload', unloaded, plan ->> 'query');
END
$$;
