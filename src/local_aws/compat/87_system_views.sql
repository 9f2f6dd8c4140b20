-- System tables and views of what the stand-in has not got: blocks, slices, plans, workload management, scans, vacuums,
-- connections, external data. Those without anything to show have no rows. Types: i int, b bigint, s smallint, t text,
-- c char(128) or of the length behind it, n numeric, f float8, d timestamp, l boolean, o oid; each holds until the next one.
CREATE OR REPLACE FUNCTION local_aws.make_empty_view(name text, spec text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    word text;
    type text := 'int';
    items text[] := '{}';
BEGIN
    FOREACH word IN ARRAY string_to_array(btrim(pg_regexp_replace(spec, '\s+', ' ', 'g')), ' ') LOOP
        IF word LIKE '%:' THEN
            type := coalesce((jsonb '{"i": "int", "b": "bigint", "s": "smallint", "t": "varchar", "c": "char(128)", "f": "float8",
                                      "n": "numeric(38,0)", "d": "timestamp", "l": "boolean", "o": "oid"}') ->> rtrim(word, ':'),
                             format('char(%s)', btrim(word, 'c:')));
        ELSE
            items := items || format('NULL::%s AS %I', type, word);
        END IF;
    END LOOP;
    EXECUTE format('CREATE OR REPLACE VIEW pg_catalog.%I AS SELECT %s WHERE false', name, array_to_string(items, ', '));
EXCEPTION WHEN invalid_table_definition THEN -- an earlier release's has other columns
    EXECUTE format('DROP VIEW pg_catalog.%I CASCADE', name);
    PERFORM local_aws.make_empty_view(name, spec);
END
$$;
SELECT local_aws.make_empty_view(name, spec) FROM (VALUES
    ('stl_alert_event_log', 'i: userid query slice segment step pid b: xid c: event solution d: event_time'),
    ('stl_bcast', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows bytes i: packets'),
    ('stl_commit_stats', 'b: xid i: node d: startqueue startwork endflush endstage endlocal startglobal endtime b: queuelen permblocks newblocks dirtyblocks headers numxids oldestxid extwritelatency metadatawritten tombstonedblocks tossedblocks batched_by'),
    ('stl_connection_log', 'c: event d: recordtime t: remotehost remoteport i: pid c: dbname username authmethod i: duration t: sslversion sslcipher i: mtu t: sslcompression sslexpansion iamauthguid application_name os_version driver_version plugin_name i: protocol_version t: sessionid compression'),
    ('stl_delete', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows i: tbl'),
    ('stl_dist', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows bytes i: packets'),
    ('stl_error', 'i: userid c: process d: recordtime i: pid errcode c: file i: linenum c: context error'),
    ('stl_explain', 'i: userid query nodeid parentid c: plannode info'),
    ('stl_insert', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows i: tbl t: inserted_mega_value use_staging_table'),
    ('stl_load_commits', 'i: userid query slice t: name filename i: byte_offset filename_len b: lines_scanned i: errors status d: curtime i: file_format c: is_partial b: start_offset copy_job_id bytes_scanned num_parts'),
    ('stl_plan_info', 'i: userid query nodeid segment step locus plannode b: startupcost totalcost rows bytes'),
    ('stl_s3client', 'i: userid query slice d: recordtime i: pid c: http_method bucket key b: transfer_size data_size start_time end_time transfer_time compression_time connect_time app_connect_time retries c: request_id extended_request_id ip_address i: is_partial b: start_offset'),
    ('stl_scan', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows bytes fetches i: type c: is_rrscan is_delayed_scan b: rows_pre_filter rows_pre_user_filter i: tbl c: perm_table_name is_rlf_scan is_rlf_scan_reason num_em_blocks b: checksum runtime_filtering scan_region num_sortkey_as_predicate row_fetcher_state consumed_scan_ranges work_stealing_reason is_vectorized_scan is_vectorized_scan_reason row_fetcher_reason topology_signature use_tpm_partition is_rrscan_expr'),
    ('stl_sessions', 'i: userid d: starttime endtime i: process c: user_name db_name i: timeout_sec timed_out'),
    ('stl_sort', 'i: userid query slice segment step d: starttime endtime i: tasknum b: rows bytes i: tbl c: is_diskbased b: workmem'),
    ('stl_tr_conflict', 'b: xact_id i: process_id d: xact_start_ts abort_time i: table_id'),
    ('stl_unload_log', 'i: userid query slice pid c: path d: start_time end_time b: line_count transfer_size c: file_format'),
    ('stl_vacuum', 'i: userid b: xid i: table_id c: status b: rows sortedrows i: blocks max_merge_partitions d: eventtime b: reclaimable_rows reclaimable_space_mb cutoff_xid is_recluster'),
    ('stl_wlm_error', 'i: userid d: recordtime i: pid c: error_string'),
    ('stl_wlm_query', 'i: userid b: xid i: task query service_class slot_count d: service_class_start_time queue_start_time queue_end_time b: total_queue_time d: exec_start_time exec_end_time b: total_exec_time d: service_class_end_time c: final_state i: est_peak_mem c: query_priority service_class_name'),
    ('stl_wlm_rule_action', 'i: userid query service_class c: rule action d: recordtime c: action_value service_class_name'),
    ('stv_active_cursors', 'i: userid t: name b: xid i: pid d: starttime b: row_count byte_count fetched_rows'),
    ('stv_blocklist', 'i: slice col tbl blocknum num_values extended_limits b: minvalue maxvalue i: sb_pos pinned on_disk modified hdr_modified unsorted tombstone preferred_diskno temporary newblock num_readers flags'),
    ('stv_locks', 'i: table_id d: last_commit last_update b: lock_owner i: lock_owner_pid d: lock_owner_start_ts lock_owner_end_ts c: lock_status'),
    ('stv_query_metrics', 'i: userid service_class query segment step step_type d: starttime i: slices b: max_rows rows max_cpu_time cpu_time i: max_blocks_read b: blocks_read max_run_time run_time max_blocks_to_disk blocks_to_disk i: max_query_scan_size query_scan_size c: query_priority b: query_queue_time c: service_class_name'),
    ('stv_wlm_qmr_config', 'i: service_class c: rule_name action metric_name metric_operator f: metric_value c: action_value'),
    ('stv_wlm_classification_config', 'i: id c: condition i: action_seq c: action i: action_service_class'),
    ('stv_wlm_query_state', 'b: xid i: task query service_class slot_count d: wlm_start_time c: state b: queue_time exec_time c: query_priority'),
    ('stv_wlm_service_class_config', 'i: service_class queueing_strategy num_query_tasks target_num_query_tasks evictable eviction_threshold query_working_mem target_query_working_mem min_step_mem c: name i: max_execution_time c: user_group_wild_card query_group_wild_card concurrency_scaling query_priority user_role_wild_card'),
    ('stv_wlm_service_class_state', 'i: service_class service_class_name num_queued_queries num_executing_queries num_serviced_queries num_executed_queries num_evicted_queries num_concurrency_scaling_queries'),
    ('svl_compile', 'i: userid b: xid i: pid query segment locus d: starttime endtime i: compile'),
    ('svl_query_metrics', 'i: userid query service_class dimension segment step c: step_label b: query_cpu_time query_blocks_read query_execution_time n: query_cpu_usage_percent b: query_temp_blocks_to_disk segment_execution_time n: cpu_skew io_skew b: scan_row_count join_row_count nested_loop_join_row_count return_row_count spectrum_scan_row_count spectrum_scan_size_mb query_queue_time c: service_class_name'),
    ('svl_query_metrics_summary', 'i: userid query service_class b: query_cpu_time query_blocks_read query_execution_time n: query_cpu_usage_percent b: query_temp_blocks_to_disk segment_execution_time n: cpu_skew io_skew b: scan_row_count join_row_count nested_loop_join_row_count return_row_count spectrum_scan_row_count spectrum_scan_size_mb query_queue_time c: service_class_name'),
    ('svl_query_queue_info', 'c: database i: query b: xid i: userid c: querytxt d: queue_start_time exec_start_time i: service_class slots b: queue_elapsed exec_elapsed wlm_total_elapsed i: commit_queue_elapsed commit_exec_time'),
    ('svl_query_report', 'i: userid query slice segment step d: start_time end_time b: elapsed_time rows bytes c: label is_diskbased b: workmem c: is_rrscan is_delayed_scan b: rows_pre_filter'),
    ('svl_query_summary', 'i: userid query stm seg step b: maxtime avgtime rows bytes n: rate_row rate_byte c: label is_diskbased b: workmem c: is_rrscan is_delayed_scan b: rows_pre_filter'),
    ('svl_s3query_summary', 'i: userid query b: xid i: pid segment step d: starttime endtime b: elapsed i: aborted t: external_table_name c: file_format is_partitioned is_rrscan is_nested b: s3_scanned_rows s3_scanned_bytes s3query_returned_rows s3query_returned_bytes files files_max files_avg'),
    ('svl_user_info', 'i: usesysid t: usename l: usecreatedb usesuper usecatupd t: useconnlimit syslogaccess d: last_ddl_ts i: sessiontimeout'),
    ('svv_alter_table_recommendations', 't: type database i: table_id group_id t: ddl auto_eligible'),
    ('svv_diskusage', 'i: db_id c: name i: slice col tbl blocknum num_values b: minvalue maxvalue i: sb_pos pinned on_disk modified hdr_modified unsorted tombstone preferred_diskno temporary newblock'),
    ('svv_external_columns', 't: redshift_database_name schemaname tablename columnname external_type i: columnnum part_key t: is_nullable'),
    ('svv_external_partitions', 't: schemaname tablename values location input_format output_format serialization_lib serde_parameters i: compressed t: parameters'),
    ('svv_mv_info', 'c: database_name i: owner_user_name c: schema_name user_name name is_stale i: state c: autorewrite autorefresh'),
    ('svv_vacuum_progress', 'c: table_name status time_remaining_estimate'),
    ('svv_vacuum_summary', 'c: table_name b: xid i: sort_partitions merge_increments b: elapsed_time row_delta sortedrow_delta i: block_delta max_merge_partitions'),
    ('sys_query_detail', 'i: user_id b: query_id i: child_query_sequence stream_id segment_id step_id t: step_name i: table_id c136: table_name c1: is_rrscan d: start_time end_time b: duration t: alert b: input_bytes input_rows output_bytes output_rows blocks_read blocks_write local_read_io remote_read_io t: source i: data_skewness time_skewness c1: is_active b: spilled_block_local_disk spilled_block_remote_disk c64: step_attribute metrics_level i: plan_parent_id plan_node_id'),
    ('sys_query_explain', 'i: userid b: query_id i: child_query_sequence plan_node_id plan_parent_id c400: plan_node plan_info c36: query_uuid'),
    ('sys_load_history', 'i: user_id b: query_id transaction_id i: session_id t: database_name status table_name d: start_time end_time b: duration t: data_source file_format b: loaded_rows loaded_bytes i: source_file_count b: source_file_bytes i: file_count_scanned b: file_bytes_scanned error_count copy_job_id'),
    ('sys_unload_history', 'i: user_id b: query_id transaction_id i: session_id t: database_name status d: start_time end_time b: duration t: file_format compression_type unloaded_location b: unloaded_rows unloaded_files_count unloaded_files_size t: error_message'),
    ('sys_vacuum_history', 'i: user_id b: transaction_id query_id t: database_name schema_name table_name i: table_id c: vacuum_type l: is_automatic c: status d: start_time end_time record_time i: duration b: rows_before_vacuum i: size_before_vacuum b: reclaimable_rows reclaimed_rows reclaimed_blocks i: sortedrows_before_vacuum sortedrows_after_vacuum'),
    ('sys_auto_table_optimization', 'b: transaction_id i: session_id table_id c32: alter_table_type c: status d: event_time c200: alter_from'),
    ('sys_external_query_detail', 'i: user_id b: query_id transaction_id i: child_query_sequence segment_id c32: source_type d: start_time end_time b: duration i: total_partitions qualified_partitions b: scanned_files returned_rows returned_bytes t: file_format file_location external_query_text c4000: warning_message c136: table_name c1: is_recursive is_nested b: s3list_time get_partition_time'),
    ('sys_external_query_error', 'i: user_id b: query_id c256: file_location c2100: rowid c127: column_name c1024: original_value modified_value c: trigger action action_value i: error_code c36: query_uuid'),
    ('sys_load_detail', 'i: user_id query_id c256: file_name i: bytes_scanned lines_scanned d: record_time i: splits_scanned d: start_time end_time c256: file_etag d: file_last_modified'),
    ('sys_mv_refresh_history', 'i: user_id session_id b: transaction_id c: database_name schema_name b: mv_id c: mv_name c32: refresh_type t: status d: start_time end_time b: duration c12: consumer_account c32: consumer_region c36: consumer_namespace'),
    ('sys_mv_state', 'b: user_id transaction_id c: database_name c500: event_desc d: start_time c: base_table_database_name base_table_schema base_table_name mv_schema mv_name c32: state'),
    ('sys_serverless_usage', 'd: start_time end_time f: compute_seconds compute_capacity b: data_storage cross_region_transferred_data charged_seconds charged_extra_compute_for_automatic_optimization_seconds'),
    ('sys_connection_log', 'c50: event d: record_time c45: remote_host c32: remote_port i: session_id c50: database_name user_name c32: auth_method i: duration c50: ssl_version c: ssl_cipher i: mtu c64: ssl_compression ssl_expansion c36: iam_auth_guid c250: application_name c64: driver_version os_version c32: plugin_name i: protocol_version c36: global_session_id'),
    ('pg_library', 't: name o: language_oid i: file_store_id owner'),
    ('pg_external_schema', 'o: esoid i: eskind t: esdbname esoptions'),
    ('pg_conf', 't: key value'),
    ('pg_statistic_indicator', 'o: stairelid f: stairows staiins staidels')
) AS v (name, spec);

-- One node with one slice.
CREATE OR REPLACE VIEW pg_catalog.stv_slices AS SELECT 0 AS node, 0 AS slice, 0 AS localslice, 'D'::char(1) AS type;
CREATE OR REPLACE VIEW pg_catalog.stv_node_storage_capacity AS
SELECT 0 AS node, (pg_database_size(current_database()) / 1048576)::int AS used, 1048576 AS capacity;
CREATE OR REPLACE VIEW pg_catalog.stv_partitions AS
SELECT 0 AS owner, 0 AS host, 0 AS diskno, 0::bigint AS part_begin, 1048576::bigint AS part_end,
       (pg_database_size(current_database()) / 1048576)::int AS used, 0 AS tossed, 1048576 AS capacity, 0::bigint AS reads,
       0::bigint AS writes, 0 AS seek_forward, 0 AS seek_back, 0 AS is_san, 0 AS failed, 0 AS mbps, ''::char(256) AS mount;
CREATE OR REPLACE VIEW pg_catalog.stv_tbl_perm AS
SELECT 0 AS slice, t.oid::int AS id, t.relname::char(72) AS name, local_aws.row_estimate(t.oid, t.reltuples)::bigint AS rows,
       local_aws.row_estimate(t.oid, t.reltuples)::bigint AS sorted_rows, CASE WHEN c.relpersistence = 't' THEN 1 ELSE 0 END AS temp,
       d.oid::int AS db_id, 0 AS insert_pristine, 0 AS delete_pristine, 0 AS backup, 0 AS dist_style,
       (pg_total_relation_size(t.oid) / 1048576)::int AS block_count
FROM local_aws.user_tables AS t JOIN pg_class AS c ON c.oid = t.oid JOIN pg_database AS d ON d.datname = current_database();
CREATE OR REPLACE VIEW pg_catalog.pg_database_info AS
SELECT oid AS datid, datname, datdba, encoding, datistemplate, datallowconn, 0 AS datlastsysoid, datfrozenxid, dattablespace,
       NULL::varchar[] AS datconfig, datacl, 'UNLIMITED'::text AS datconnlimit
FROM pg_database;

-- PostgreSQL's tables with the columns that Redshift adds; the dialect looks these names up here.
CREATE OR REPLACE VIEW local_aws.pg_attribute AS
SELECT a.*, local_aws.encoding_number(t.attributes -> 'encode' ->> a.attname::text) AS attencodingtype,
       coalesce(t.attributes -> 'distkey' ->> 0 = a.attname::text, false) AS attisdistkey,
       local_aws.sortkey_number(t.attributes, a.attname::text) AS attsortkeyord
FROM pg_catalog.pg_attribute AS a LEFT JOIN local_aws.table_attributes AS t ON t.relation = a.attrelid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = a.attrelid
                  AND (relnamespace = 'local_aws'::regnamespace OR relname LIKE 'local\_aws\_sortkey\_%'));
CREATE OR REPLACE VIEW local_aws.pg_class AS
SELECT c.*, (CASE WHEN t.attributes ? 'distkey' THEN 1 WHEN lower(t.attributes ->> 'diststyle') = 'all' THEN 8
                  WHEN lower(t.attributes ->> 'diststyle') = 'even' THEN 0 ELSE 9 END)::smallint AS reldiststyle
FROM pg_catalog.pg_class AS c LEFT JOIN local_aws.table_attributes AS t ON t.relation = c.oid
WHERE c.relnamespace <> 'local_aws'::regnamespace AND c.relname NOT LIKE 'local\_aws\_sortkey\_%';
CREATE OR REPLACE VIEW local_aws.pg_index AS
SELECT i.* FROM pg_catalog.pg_index AS i
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = i.indexrelid AND relname LIKE 'local\_aws\_sortkey\_%');
CREATE OR REPLACE VIEW local_aws.pg_default_acl AS SELECT a.*, a.defaclrole AS defacluser FROM pg_catalog.pg_default_acl AS a;
-- What goes with them: names of encodings, and an ACL item for a user or a group.
CREATE OR REPLACE FUNCTION pg_catalog.format_encoding(number int) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE number WHEN 128 THEN 'none' ELSE (string_to_array(
        'none,bytedict,delta,lzo,runlength,mostly8,mostly16,mostly32,text255,text32k,delta32k,zstd,az64', ','))[number + 1] END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.makeaclitem(grantee oid, "group" oid, grantor oid, privileges text, grantable boolean)
RETURNS aclitem LANGUAGE sql IMMUTABLE
AS 'SELECT makeaclitem(CASE grantee WHEN 0 THEN "group" ELSE grantee END, grantor, privileges, grantable)';
CREATE OR REPLACE FUNCTION pg_catalog.btrim(oid) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT btrim($1::text)';
CREATE OR REPLACE FUNCTION pg_catalog.btrim(int) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT btrim($1::text)';
CREATE OR REPLACE VIEW pg_catalog.pg_attribute_info AS SELECT * FROM local_aws.pg_attribute;
CREATE OR REPLACE VIEW pg_catalog.pg_class_info AS
SELECT c.oid AS reloid, c.*, c.reldiststyle::int AS releffectivediststyle, NULL::timestamp AS relcreationtime FROM local_aws.pg_class AS c;

DO $$
BEGIN
    -- The session's number and text under their names in Redshift.
    IF pg_get_viewdef('pg_stat_activity'::regclass) NOT LIKE '%procpid%' THEN
        EXECUTE format('CREATE OR REPLACE VIEW pg_catalog.pg_stat_activity AS SELECT a.*, pid AS procpid, query AS current_query FROM (%s) AS a',
                       rtrim(pg_get_viewdef('pg_stat_activity'::regclass), ';'));
    END IF;
END
$$;
