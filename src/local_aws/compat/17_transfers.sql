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

-- Of an earlier release.
DROP FUNCTION IF EXISTS local_aws.load(regclass, text, bigint, uuid), local_aws.unload(uuid);

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
CREATE OR REPLACE FUNCTION local_aws.transfer_file(id uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT current_setting('data_directory') || '/local_aws_mailbox/' || id || '.rows'
$$;

-- The two functions that read and write files run as the system's owner. So that they run nothing of anybody else, they
-- take only a temporary table of built-in types, without defaults, constraints, indexes and triggers.
CREATE OR REPLACE FUNCTION local_aws.check_plain(relation regclass) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = relation AND relkind = 'r' AND relpersistence = 't'
                   AND NOT relhasindex AND NOT relhastriggers AND NOT relhasrules AND NOT relrowsecurity)
       OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation)
       OR EXISTS (SELECT FROM pg_inherits WHERE relation IN (inhrelid, inhparent))
       OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attnum > 0
                  AND (atthasdef OR atttypid >= 16384 AND atttypid <> 'super'::regtype)) THEN
        RAISE EXCEPTION 'permission denied for relation %', relation USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;
-- Load the file of a transfer; -1 when too many rows were left out.
CREATE OR REPLACE FUNCTION local_aws.load(relation regclass, reject_limit bigint, id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    loaded bigint;
BEGIN
    PERFORM local_aws.check_plain(relation);
    EXECUTE format('COPY %s FROM %L WITH (FORMAT text, ON_ERROR ignore, REJECT_LIMIT %s, LOG_VERBOSITY verbose)',
                   relation, local_aws.transfer_file(id), reject_limit);
    GET DIAGNOSTICS loaded = ROW_COUNT;
    RETURN loaded;
EXCEPTION WHEN invalid_text_representation THEN
    IF SQLERRM LIKE '%REJECT_LIMIT%' THEN
        RETURN -1;
    END IF;
    RAISE;
END
$$;
CREATE OR REPLACE FUNCTION local_aws.unload(relation regclass, id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    unloaded bigint;
BEGIN
    PERFORM local_aws.check_plain(relation);
    EXECUTE format('COPY %s TO %L', relation, local_aws.transfer_file(id));
    GET DIAGNOSTICS unloaded = ROW_COUNT;
    RETURN unloaded;
END
$$;

-- Remember what the last transfer of the session was.
CREATE OR REPLACE FUNCTION local_aws.remember(what text, moved text, query text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config(format('local_aws.last_%s_count', what), moved, false),
           set_config(format('local_aws.last_%s_id', what), query, false)
$$;
-- Do so, and be as many rows as it moved, for ROW_COUNT.
CREATE OR REPLACE FUNCTION local_aws.moved(what text, moved bigint, query text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM local_aws.remember(what, moved::text, query);
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
    EXECUTE (
        SELECT format('CREATE TEMPORARY TABLE %I (%s)', plan ->> 'id',
                      string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY c.n))
        FROM jsonb_array_elements_text(plan -> 'columns') WITH ORDINALITY AS c (name, n)
        JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = c.name);
    loaded := local_aws.load(format('pg_temp.%I', plan ->> 'id')::regclass, (plan ->> 'reject_limit')::bigint,
                             (plan ->> 'id')::uuid);
    EXECUTE (
        SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT * FROM pg_temp.%I', relation,
                      string_agg(quote_ident(name), ', ' ORDER BY n), plan ->> 'id')
        FROM jsonb_array_elements_text(plan -> 'columns') WITH ORDINALITY AS c (name, n));
    EXECUTE format('DROP TABLE pg_temp.%I', plan ->> 'id');
    PERFORM local_aws.transfer(jsonb_build_object('finish', true, 'rows', loaded));
    RETURN QUERY SELECT local_aws.moved('copy', loaded, plan ->> 'query');
END
$$;

-- What UNLOAD becomes: `query` is rewritten for the engine. Its rows are the caller's work, in a table of its own.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_unload(query text, command text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    unloaded bigint;
    made text := gen_random_uuid();
BEGIN
    EXECUTE format('CREATE TEMPORARY TABLE %I AS %s', made, query);
    plan := local_aws.transfer(jsonb_build_object(
        'command', command, 'columns', local_aws.table_columns(format('pg_temp.%I', made)::regclass)));
    unloaded := local_aws.unload(format('pg_temp.%I', made)::regclass, (plan ->> 'id')::uuid);
    EXECUTE format('DROP TABLE pg_temp.%I', made);
    PERFORM local_aws.transfer(jsonb_build_object('finish', true, 'rows', unloaded));
    RETURN QUERY SELECT local_aws.moved('unload', unloaded, plan ->> 'query');
END
$$;
