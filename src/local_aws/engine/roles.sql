-- Administrators are no superusers of PostgreSQL, to whom its files and libraries would be open: they are members of
-- every role, and so own whatever anybody owns. Roles with CREATEROLE are administrators. Redshift's superusers are above
-- one another, for which GRANT knows no way, so that the rows are written themselves; the engine minds no circles.
-- Runs whenever a user is met that may be new. All of it is one transaction.
SET allow_system_table_mods = on;
DO $$
DECLARE
    name text;
BEGIN
    IF to_regrole('local_aws_administrators') IS NULL THEN
        CREATE ROLE local_aws_administrators;
        GRANT pg_maintain, pg_signal_backend, pg_read_all_stats TO local_aws_administrators WITH ADMIN OPTION;
        -- Of a data directory that is older.
        UPDATE pg_authid SET rolsuper = false, rolcreaterole = true WHERE rolsuper AND oid >= 16384;
        REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
        -- Redshift's parameters, for ALTER USER and ALTER DATABASE and in procedures.
        FOREACH name IN ARRAY string_to_array('isolation query_group enable_result_cache_for_session'
            ' enable_case_sensitive_identifier enable_case_sensitive_super_attribute enable_vacuum_boost wlm_query_slot_count'
            ' analyze_threshold_percent auto_analyze auto_mv mv_enable_aqmv_for_session cast_super_null_on_error'
            ' navigate_super_null_on_error parse_super_null_on_error json_serialization_enable'
            ' json_serialization_parse_nested_strings describe_field_name_in_uppercase downcase_delimited_identifier'
            ' error_on_nondeterministic_update max_concurrency_scaling_clusters max_cursor_result_set_size'
            ' spectrum_enable_pseudo_columns stored_proc_log_min_messages use_fips_ssl', ' ') LOOP
            EXECUTE format('GRANT SET ON PARAMETER local_aws.%I TO PUBLIC', name);
        END LOOP;
    END IF;
END
$$;
UPDATE pg_authid SET rolcreatedb = true WHERE rolcreaterole AND NOT rolcreatedb;
WITH wanted AS (
    SELECT CASE WHEN gives THEN r.oid ELSE 'local_aws_administrators'::regrole END AS roleid,
           CASE WHEN gives THEN 'local_aws_administrators'::regrole ELSE r.oid END AS member
    FROM pg_roles AS r, (VALUES (true), (false)) AS directions (gives)
    WHERE r.oid >= 16384 AND r.oid <> 'local_aws_administrators'::regrole AND (gives OR r.rolcreaterole)
), dropped AS (
    DELETE FROM pg_auth_members
    WHERE grantor = 10 AND roleid = 'local_aws_administrators'::regrole AND (roleid, member) NOT IN (SELECT * FROM wanted)
)
INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
SELECT pg_nextoid('pg_auth_members', 'oid', 'pg_auth_members_oid_index'), roleid, member, 10, true, true, true FROM wanted
WHERE NOT EXISTS (SELECT FROM pg_auth_members AS m WHERE (m.roleid, m.member, m.grantor) = (wanted.roleid, wanted.member, 10));
RESET allow_system_table_mods;
