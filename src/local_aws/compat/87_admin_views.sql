-- What administrators' scripts read: with what is known here, and otherwise without rows, as no blocks, segments and
-- queues exist. A view that another file makes stays as it is.
CREATE OR REPLACE FUNCTION local_aws.show_nothing(name text, columns text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_catalog.' || name) IS NULL THEN
        EXECUTE format('CREATE VIEW pg_catalog.%s AS SELECT %s WHERE false', name,
            (SELECT string_agg(format('NULL::%s AS %s', m[2], m[1]), ', ')
             FROM regexp_matches(columns, '([a-z_0-9"]+) ([^,(]+(?:\([^)]*\))?)(?:,|$)', 'g') AS m));
        EXECUTE format('GRANT SELECT ON pg_catalog.%s TO PUBLIC', name);
    END IF;
END
$$;

-- A view over what is known, unless there is one already.
CREATE OR REPLACE FUNCTION local_aws.show_known(name text, query text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_catalog.' || name) IS NULL THEN
        EXECUTE format('CREATE VIEW pg_catalog.%s AS %s', name, query);
        EXECUTE format('GRANT SELECT ON pg_catalog.%s TO PUBLIC', name);
    END IF;
END
$$;

SELECT local_aws.show_nothing(name, columns) FROM (VALUES
    ('stl_scan', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, bytes bigint, fetches bigint, type int, tbl int, is_rrscan char(1), is_delayed_scan char(1), rows_pre_filter bigint, rows_pre_user_filter bigint, perm_table_name char(136), is_rlf_scan char(1), is_rlf_scan_reason int, num_em_blocks int, checksum bigint, runtime_filtering char(1), scan_region int, num_sortkey_as_predicate int, row_fetcher_state int, consumed_scan_ranges int, work_stealing_reason bigint, is_vectorized_scan char(1)'),
    ('stl_insert', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, tbl int, inserted_mega_value char(1), use_transactional_blocks char(1)'),
    ('stl_delete', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, tbl int'),
    ('stl_dist', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, bytes bigint, packets int'),
    ('stl_bcast', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, bytes bigint, packets int'),
    ('stl_return', 'userid int, query int, slice int, segment int, step int, starttime timestamp, endtime timestamp, tasknum int, rows bigint, bytes bigint, packets int, checksum bigint'),
    ('stl_explain', 'userid int, query int, nodeid int, parentid int, plannode char(400), info char(400)'),
    ('stl_plan_info', 'userid int, query int, nodeid int, segment int, step int, locus int, plannode int, startupcost double precision, totalcost double precision, rows bigint, bytes bigint'),
    ('stl_alert_event_log', 'userid int, query int, slice int, segment int, step int, pid int, xid bigint, event char(1024), solution char(1024), event_time timestamp'),
    ('stl_s3client', 'userid int, query int, slice int, recordtime timestamp, pid int, http_method char(64), bucket char(64), key char(256), transfer_size bigint, data_size bigint, start_time bigint, end_time bigint, transfer_time bigint, compression_time bigint, connect_time bigint, app_connect_time bigint, retries bigint, request_id char(32), extended_request_id char(128), ip_address char(64), is_partial int, start_offset bigint'),
    ('stl_commit_stats', 'xid bigint, node int, startqueue timestamp, startwork timestamp, endflush timestamp, endstage timestamp, endlocal timestamp, startglobal timestamp, endtime timestamp, queuelen bigint, permblocks bigint, newblocks bigint, dirtyblocks bigint, headers bigint, numxids bigint, oldestxid bigint, extwritelatency bigint, metadatawritten int, tombstonedblocks bigint, tossedblocks bigint, batched_by bigint'),
    ('stl_tr_conflict', 'xact_id bigint, process_id bigint, xact_start_ts timestamp, abort_time timestamp, table_id bigint'),
    ('stl_undone', 'userid int, xact_id bigint, xact_id_undone bigint, undo_start_ts timestamp, undo_end_ts timestamp, table_id bigint'),
    ('stl_vacuum', 'userid int, xid bigint, table_id int, status char(30), rows bigint, sortedrows int, blocks int, max_merge_partitions int, eventtime timestamp, reclaimable_rows bigint, reclaimable_space_mb bigint, cutoff_xid bigint, is_recluster int'),
    ('stl_analyze', 'userid int, xid bigint, database char(30), table_id int, status char(15), rows double precision, modified_rows double precision, threshold_percent int, is_auto char(1), starttime timestamp, endtime timestamp, prevtime timestamp, num_predicate_cols int, num_new_predicate_cols int, is_background char(1), auto_analyze_phase char(100), schema_name char(128), table_name char(136)'),
    ('stl_connection_log', 'event char(50), recordtime timestamp, remotehost char(45), remoteport char(32), pid int, dbname char(50), username char(50), authmethod char(32), duration int, sslversion char(50), sslcipher char(128), mtu int, sslcompression char(64), sslexpansion char(64), iamauthguid char(36), application_name char(250), os_version char(64), driver_version char(64), plugin_name char(32), protocol_version int, sessionid char(36), compression char(8)'),
    ('stl_userlog', 'userid int, username char(50), oldusername char(50), action char(10), usecreatedb int, usesuper int, usecatupd int, valuntil timestamp, pid int, xid bigint, recordtime timestamp'),
    ('stl_error', 'process varchar(12), recordtime timestamp, pid int, errcode int, file varchar(90), linenum int, context varchar(100), error varchar(512)'),
    ('stl_load_commits', 'userid int, query int, slice int, name char(256), filename char(256), byte_offset int, lines_scanned int, errors int, status int, curtime timestamp, file_format char(16), is_partial int, start_offset bigint, copy_job_id bigint'),
    ('stl_unload_log', 'userid int, query int, slice int, pid int, path char(1280), start_time timestamp, end_time timestamp, line_count bigint, transfer_size bigint, file_format char(10)'),
    ('stl_loaderror_detail', 'userid int, slice int, session int, query int, filename char(256), line_number bigint, field int, colname char(1024), value char(1024), is_null int, type char(10), col_length char(10)'),
    ('stl_wlm_rule_action', 'userid int, query int, service_class int, rule char(256), action char(256), recordtime timestamp, action_value char(256), service_class_name char(64)'),
    ('stl_wlm_service_class_config', 'service_class int, num_query_tasks int, query_working_mem int, name char(64), max_execution_time bigint, query_cpu_priority int, concurrency_scaling char(20), query_priority char(20)'),
    ('stl_query_metrics', 'userid int, service_class int, query int, segment int, step_type int, starttime timestamp, slices int, max_rows bigint, rows bigint, max_cpu_time bigint, cpu_time bigint, max_blocks_read int, blocks_read bigint, max_run_time bigint, run_time bigint, max_blocks_to_disk bigint, blocks_to_disk bigint, step int, max_query_scan_size bigint, query_scan_size bigint, query_priority int, query_queue_time bigint, service_class_name char(64)'),
    ('stl_compile_info', 'userid int, xid bigint, pid int, query int, segment int, locus int, starttime timestamp, endtime timestamp, compile int, path char(256), cachehit int'),
    ('svl_compile', 'userid int, xid bigint, pid int, query int, segment int, locus int, starttime timestamp, endtime timestamp, compile int'),
    ('svl_query_summary', 'userid int, query int, stm int, seg int, step int, maxtime bigint, avgtime bigint, rows bigint, bytes bigint, rate_row double precision, rate_byte double precision, label text, is_diskbased char(1), workmem bigint, is_rrscan char(1), is_delayed_scan char(1), rows_pre_filter bigint'),
    ('svl_query_report', 'userid int, query int, slice int, segment int, step int, start_time timestamp, end_time timestamp, elapsed_time bigint, rows bigint, bytes bigint, label char(256), is_diskbased char(1), workmem bigint, is_rrscan char(1), is_delayed_scan char(1), rows_pre_filter bigint'),
    ('svl_query_metrics_summary', 'userid int, query int, service_class int, query_cpu_time bigint, query_blocks_read bigint, query_execution_time bigint, query_cpu_usage_percent numeric(38,2), query_temp_blocks_to_disk bigint, segment_execution_time bigint, cpu_skew numeric(38,2), io_skew numeric(38,2), scan_row_count bigint, join_row_count bigint, nested_loop_join_row_count bigint, return_row_count bigint, spectrum_scan_row_count bigint, spectrum_scan_size_mb bigint, query_queue_time bigint, service_class_name char(64)'),
    ('svl_s3query', 'userid int, query int, segment int, step int, node int, slice int, starttime timestamp, endtime timestamp, elapsed bigint, external_table_name char(136), is_partitioned char(1), is_rrscan char(1), s3_scanned_rows bigint, s3_scanned_bytes bigint, s3query_returned_rows bigint, s3query_returned_bytes bigint, files int'),
    ('svl_s3query_summary', 'userid int, query int, xid bigint, pid int, segment int, step int, starttime timestamp, endtime timestamp, elapsed bigint, aborted int, external_table_name char(136), file_format char(16), is_partitioned char(1), is_rrscan char(1), is_nested char(1), s3_scanned_rows bigint, s3_scanned_bytes bigint, s3query_returned_rows bigint, s3query_returned_bytes bigint, files int, files_max int, files_avg int, splits int, splits_max int, splits_avg int, total_split_size bigint, max_split_size bigint, avg_split_size bigint, total_retries int, max_retries int, max_request_duration bigint, avg_request_duration bigint, max_request_parallelism int, avg_request_parallelism double precision'),
    ('stv_blocklist', 'slice int, col int, tbl int, blocknum int, num_values int, extended_limits int, minvalue bigint, maxvalue bigint, sb_pos int, pinned int, on_disk int, modified int, hdr_modified int, unsorted int, tombstone int, preferred_diskno int, temporary int, newblock int, num_readers int, flags int'),
    ('stv_partitions', 'owner int, host int, diskno int, part_begin bigint, part_end bigint, used int, tossed int, capacity int, reads bigint, writes bigint, seek_forward int, seek_back int, is_san int, failed int, mbps int, mount char(256)'),
    ('stv_active_cursors', 'userid int, name varchar(256), xid bigint, pid int, starttime timestamp, row_count bigint, byte_count bigint, fetched_rows bigint'),
    ('stv_wlm_query_state', 'xid int, task int, query int, service_class int, slot_count int, wlm_start_time timestamp, state char(16), queue_time bigint, exec_time bigint, query_priority char(20), service_class_name char(64)'),
    ('stv_wlm_query_queue_state', 'service_class int, position int, task int, query int, slot_count int, start_time timestamp, queue_time bigint, query_priority char(20)'),
    ('stv_wlm_service_class_config', 'service_class int, queueing_strategy char(32), num_query_tasks int, target_num_query_tasks int, evictable char(8), eviction_threshold bigint, query_working_mem int, target_query_working_mem int, min_step_mem int, name char(64), max_execution_time bigint, user_group_wild_card boolean, query_group_wild_card boolean, concurrency_scaling char(20), query_priority char(20)'),
    ('stv_wlm_service_class_state', 'service_class int, num_queued_queries int, num_executing_queries int, num_serviced_queries int, num_executed_queries int, target_num_query_tasks int, num_concurrency_scaling_queries int, num_query_tasks int'),
    ('stv_wlm_classification_config', 'id int, condition char(128), action_seq int, action char(64), action_service_class int'),
    ('stv_wlm_qmr_config', 'service_class int, rule_name char(256), action char(256), metric_name char(256), metric_operator char(256), metric_value double precision, action_value char(256)'),
    ('stv_query_metrics', 'userid int, service_class int, query int, segment int, step_type int, starttime timestamp, slices int, max_rows bigint, rows bigint, max_cpu_time bigint, cpu_time bigint, max_blocks_read bigint, blocks_read bigint, max_run_time bigint, run_time bigint, max_blocks_to_disk bigint, blocks_to_disk bigint, step int, max_query_scan_size bigint, query_scan_size bigint, query_priority int, query_queue_time bigint, service_class_name char(64)'),
    ('stv_exec_state', 'userid int, query int, slice int, segment int, step int, starttime timestamp, currenttime timestamp, tasknum int, rows bigint, bytes bigint, label char(256), is_diskbased char(1), workmem bigint, num_parts int, is_rrscan char(1), is_delayed_scan char(1)'),
    ('stv_node_storage_capacity', 'node int, used int, capacity int'),
    ('svv_diskusage', 'db_id int, name char(72), slice int, col int, tbl int, blocknum int, num_values int, minvalue bigint, maxvalue bigint, sb_pos int, pinned int, on_disk int, modified int, hdr_modified int, unsorted int, tombstone int, preferred_diskno int, temporary int, newblock int'),
    ('svv_external_columns', 'redshift_database_name text, schemaname text, tablename text, columnname text, external_type text, columnnum int, part_key int, is_nullable text'),
    ('svv_external_partitions', 'schemaname text, tablename text, "values" text, location text, input_format text, output_format text, serialization_lib text, serde_parameters text, compressed int, parameters text'),
    ('svv_external_databases', 'eskind int, esoptions text, databasename text, location text, parameters text'),
    ('svv_vacuum_progress', 'table_name text, status text, time_remaining_estimate text'),
    ('svv_vacuum_summary', 'table_name text, xid bigint, sort_partitions bigint, merge_increments bigint, elapsed_time bigint, row_delta bigint, sortedrow_delta bigint, block_delta int, max_merge_partitions int'),
    ('sys_load_history', 'user_id int, query_id bigint, transaction_id bigint, session_id int, database_name text, status text, table_name text, start_time timestamp, end_time timestamp, duration bigint, data_source text, file_format text, loaded_rows bigint, loaded_bytes bigint, source_file_count int, source_file_bytes bigint, file_count_scanned int, file_bytes_scanned bigint, error_count bigint, copy_job_id bigint'),
    ('sys_external_query_detail', 'user_id int, query_id bigint, child_query_sequence int, transaction_id bigint, segment_id int, source_type char(16), start_time timestamp, end_time timestamp, duration bigint, total_partitions int, qualified_partitions int, scanned_files int, returned_rows bigint, returned_bytes bigint, file_format char(16), file_location text, external_query_text text, warning_message char(4000), table_name char(136), is_recursive char(1), is_nested char(1), s3list_time bigint, get_partition_time bigint'),
    ('pg_library', 'name name, language_oid oid, file_store_id int, owner int'),
    ('pg_conf', 'key text, value text')
) AS nothing (name, columns);
SELECT local_aws.show_known(name, query) FROM (VALUES
    ('stv_slices', $$SELECT 0 AS node, 0 AS slice, 0 AS localslice, 'D'::char(1) AS type$$),
    ('stv_tbl_perm', $$
        SELECT 0 AS slice, t.oid::int AS id, t.relname::char(72) AS name, greatest(t.reltuples, 0)::bigint AS rows,
               greatest(t.reltuples, 0)::bigint AS sorted_rows, 0 AS temp,
               (SELECT oid::int FROM pg_database WHERE datname = current_database()) AS db_id, 0 AS insert_pristine,
               0 AS delete_pristine, 1 AS backup, 0 AS dist_style, 0 AS block_count
        FROM local_aws.user_tables AS t$$),
    ('stl_wlm_query', $$
        SELECT userid, xid::int AS xid, 0 AS task, query::int AS query, 100 AS service_class, 1 AS slot_count,
               starttime AS service_class_start_time, starttime AS queue_start_time, starttime AS queue_end_time,
               0::bigint AS total_queue_time, starttime AS exec_start_time, endtime AS exec_end_time,
               (extract(epoch FROM endtime - starttime) * 1000000)::bigint AS total_exec_time,
               endtime AS service_class_end_time,
               (CASE status WHEN 'running' THEN NULL WHEN 'success' THEN 'Completed' ELSE 'Evicted' END)::char(16) AS final_state,
               0::bigint AS est_peak_mem, 'Normal'::char(20) AS query_priority,
               'Default queue'::char(64) AS service_class_name
        FROM local_aws.queries WHERE kind IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'COPY', 'UNLOAD')$$),
    ('pg_database_info', $$
        SELECT oid AS datid, datname, datdba::int AS datdba, encoding, datistemplate, datallowconn, dattablespace,
               (CASE datconnlimit WHEN -1 THEN 'UNLIMITED' ELSE datconnlimit::text END) AS datconnlimit,
               'Snapshot Isolation'::text AS dat_isolation_level
        FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'$$)
) AS known (name, query);

-- Redshift's tables of classes and columns tell of distribution and sorting too; the dialect puts these in their place.
CREATE OR REPLACE VIEW local_aws.pg_class AS
SELECT c.*, (SELECT CASE upper(coalesce(a.attributes ->> 'diststyle', CASE WHEN a.attributes ? 'distkey' THEN 'KEY' ELSE 'AUTO' END))
                    WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 ELSE 9 END::smallint) AS reldiststyle,
       (SELECT CASE upper(coalesce(a.attributes ->> 'diststyle', CASE WHEN a.attributes ? 'distkey' THEN 'KEY' ELSE 'AUTO' END))
                    WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 ELSE 10 END) AS releffectivediststyle,
       NULL::timestamp AS relcreationtime
FROM pg_catalog.pg_class AS c LEFT JOIN local_aws.table_attributes AS a ON a.relation = c.oid
WHERE c.relnamespace <> 'local_aws'::regnamespace;
CREATE OR REPLACE VIEW local_aws.pg_attribute AS
SELECT c.*, coalesce(a.attributes -> 'distkey' ->> 0 = c.attname::text, false) AS attisdistkey,
       local_aws.sortkey_number(a.attributes, c.attname::text) AS attsortkeyord,
       (CASE lower(a.attributes -> 'encode' ->> c.attname::text) WHEN 'bytedict' THEN 3 WHEN 'delta' THEN 11 WHEN 'delta32k' THEN 12
             WHEN 'lzo' THEN 14 WHEN 'mostly8' THEN 1 WHEN 'mostly16' THEN 2 WHEN 'mostly32' THEN 4 WHEN 'runlength' THEN 7
             WHEN 'text255' THEN 8 WHEN 'text32k' THEN 9 WHEN 'zstd' THEN 15 WHEN 'az64' THEN 18 ELSE 0 END)::smallint AS attencodingtype
FROM pg_catalog.pg_attribute AS c LEFT JOIN local_aws.table_attributes AS a ON a.relation = c.attrelid;
SELECT local_aws.show_known('pg_class_info', 'SELECT oid AS reloid, * FROM local_aws.pg_class');
SELECT local_aws.show_known('pg_attribute_info', 'SELECT * FROM local_aws.pg_attribute');
CREATE OR REPLACE VIEW local_aws.pg_default_acl AS
SELECT oid, defaclrole AS defacluser, defaclnamespace, defaclobjtype, defaclacl FROM pg_catalog.pg_default_acl;
CREATE OR REPLACE FUNCTION pg_catalog.format_encoding(encoding int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((ARRAY['mostly8', 'mostly16', 'bytedict', 'mostly32', NULL, NULL, 'runlength', 'text255', 'text32k',
        NULL, 'delta', 'delta32k', NULL, 'lzo', 'zstd', NULL, NULL, 'az64'])[encoding], 'none')
$$;
CREATE OR REPLACE VIEW local_aws.pg_attrdef AS
SELECT d.*, pg_get_expr(d.adbin, d.adrelid) AS adsrc FROM pg_catalog.pg_attrdef AS d;
GRANT SELECT ON local_aws.pg_default_acl, local_aws.pg_attrdef, local_aws.pg_class, local_aws.pg_attribute TO PUBLIC;

-- Columns by their names of PostgreSQL 8.0.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_stat_activity'::regclass AND attname = 'procpid') THEN
        EXECUTE format('CREATE OR REPLACE VIEW pg_catalog.pg_stat_activity AS SELECT a.*, a.pid AS procpid, a.query AS current_query FROM (%s) AS a',
                       rtrim(pg_get_viewdef('pg_catalog.pg_stat_activity'::regclass), ';'));
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_locks'::regclass AND attname = 'transaction') THEN
        EXECUTE format('CREATE OR REPLACE VIEW pg_catalog.pg_locks AS SELECT l.*, l.transactionid AS transaction FROM (%s) AS l',
                       rtrim(pg_get_viewdef('pg_catalog.pg_locks'::regclass), ';'));
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.btrim(oid) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
-- The fifth argument was a group's id, which is a role's like any other by now.
CREATE OR REPLACE FUNCTION pg_catalog.makeaclitem(member oid, member_group oid, grantor oid, privilege text, grantable boolean)
RETURNS aclitem LANGUAGE sql IMMUTABLE AS $$
    SELECT makeaclitem(CASE member WHEN 0 THEN member_group ELSE member END, grantor, privilege, grantable)
$$;
