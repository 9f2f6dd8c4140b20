ALTER DEFAULT PRIVILEGES IN SCHEMA pg_catalog, local_aws REVOKE SELECT ON TABLES FROM PUBLIC;
RESET allow_system_table_mods;
RESET client_min_messages;
RESET check_function_bodies;
