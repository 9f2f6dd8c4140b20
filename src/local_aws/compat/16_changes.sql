-- What statements turn into whose effect depends on the catalog: ALTER COLUMN TYPE and MERGE ... REMOVE DUPLICATES.

-- Redshift changes the length of a VARCHAR, and nothing else, outside of transaction blocks.
CREATE OR REPLACE PROCEDURE pg_catalog.local_aws_resize(table_name text, column_name text, new_type text)
LANGUAGE plpgsql AS $$
DECLARE
    relation regclass := table_name::regclass;
    known record;
BEGIN
    IF current_setting('transaction_deferrable') = 'on' THEN
        RAISE EXCEPTION 'ALTER TABLE ALTER COLUMN cannot run inside a transaction block'
            USING ERRCODE = 'active_sql_transaction';
    END IF;
    SELECT a.atttypid, a.atthasdef, a.attnum, a.atttypmod, t.attributes INTO known
    FROM pg_attribute AS a LEFT JOIN local_aws.table_attributes AS t ON t.relation = a.attrelid
    WHERE a.attrelid = relation AND a.attname = column_name AND NOT a.attisdropped;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'column "%" of relation "%" does not exist', column_name, table_name
            USING ERRCODE = 'undefined_column';
    END IF;
    IF known.atttypid <> 'varchar'::regtype OR new_type !~* '^\s*(varchar|character\s+varying)\s*\(\s*\d+\s*\)\s*$' THEN
        PERFORM local_aws_refuse('ALTER COLUMN TYPE other than VARCHAR to another size, and neither does Redshift');
    END IF;
    IF known.atttypmod - 4 = (regexp_match(new_type, '\d+'))[1]::int THEN
        RAISE EXCEPTION 'cannot alter column "%" of relation "%", target column size should be different',
            column_name, table_name USING ERRCODE = 'feature_not_supported';
    END IF;
    IF known.atthasdef AND known.atttypmod - 4 > (regexp_match(new_type, '\d+'))[1]::int THEN
        RAISE EXCEPTION 'cannot decrease a VARCHAR column size with default value'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    IF upper(known.attributes -> 'encode' ->> column_name) IN ('BYTEDICT', 'RUNLENGTH', 'TEXT255', 'TEXT32K') THEN
        PERFORM local_aws_refuse('ALTER COLUMN TYPE of this encoding, and neither does Redshift');
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(known.attributes -> 'constraints') AS k
               WHERE k -> 'columns' ? column_name) THEN
        PERFORM local_aws_refuse('ALTER COLUMN TYPE of a key''s column, and neither does Redshift');
    END IF;
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', relation, column_name, new_type);
END
$$;

-- CANCEL.
CREATE OR REPLACE PROCEDURE pg_catalog.local_aws_cancel(pid int) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_stat_activity AS s WHERE s.pid = local_aws_cancel.pid) THEN
        RAISE EXCEPTION 'process "%" does not exist', pid USING ERRCODE = 'undefined_object';
    END IF;
    PERFORM pg_cancel_backend(pid);
END
$$;

-- Whether no row of the target matches more than one of the source.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_matches_once(matches bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF matches > 1 THEN
        RAISE EXCEPTION 'Found multiple matches to update the same tuple.' USING ERRCODE = 'cardinality_violation';
    END IF;
    RETURN true;
END
$$;

-- DROP ROLE without FORCE.
CREATE OR REPLACE PROCEDURE pg_catalog.local_aws_drop_role(name text, if_exists boolean) LANGUAGE plpgsql AS $$
BEGIN
    -- Who makes a role has it from the beginning.
    IF EXISTS (SELECT FROM pg_auth_members WHERE roleid = to_regrole(quote_ident(name)) AND member <> grantor
               AND (grantor <> 10 OR NOT admin_option)
               AND member IS DISTINCT FROM to_regrole('local_aws_administrators')) THEN
        RAISE EXCEPTION 'cannot drop this role since it has been granted on a user'
            USING ERRCODE = 'dependent_objects_still_exist';
    END IF;
    EXECUTE format('DROP ROLE %s %I', CASE WHEN if_exists THEN 'IF EXISTS' END, name);
END
$$;
