-- Redshift's catalog views over PostgreSQL's catalog.
CREATE OR REPLACE VIEW pg_catalog.svv_tables AS
SELECT table_catalog::varchar(128), table_schema::varchar(128), table_name::varchar(128), table_type::varchar(128),
       NULL::varchar(65535) AS remarks
FROM information_schema.tables
WHERE table_schema <> 'local_aws';
GRANT SELECT ON pg_catalog.svv_tables TO PUBLIC;
