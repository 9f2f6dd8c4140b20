-- Everybody reads the catalog, as in Redshift.
GRANT USAGE ON SCHEMA local_aws TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA local_aws TO PUBLIC;
GRANT SELECT ON pg_catalog.svv_tables, pg_catalog.svv_columns, pg_catalog.svv_table_info, pg_catalog.pg_table_def,
    pg_catalog.svv_redshift_databases, pg_catalog.svv_redshift_schemas, pg_catalog.svv_redshift_tables,
    pg_catalog.svv_redshift_columns, pg_catalog.svv_all_schemas, pg_catalog.svv_all_tables,
    pg_catalog.svv_all_columns, pg_catalog.svv_external_schemas, pg_catalog.svv_external_tables,
    pg_catalog.svv_user_info, pg_catalog.pg_user_info,
    pg_catalog.stl_query, pg_catalog.svl_qlog, pg_catalog.svl_statementtext, pg_catalog.sys_query_history,
    pg_catalog.svl_stored_proc_call, pg_catalog.svl_stored_proc_messages, pg_catalog.stl_load_errors TO PUBLIC;
RESET allow_system_table_mods;
RESET client_min_messages;
RESET check_function_bodies;
