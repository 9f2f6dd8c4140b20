-- Redshift's catalog views over PostgreSQL's catalog. What they show of keys and storage comes from
-- local_aws.table_attributes, see 10_attributes.sql.

-- How many rows a table holds: counted, if that is quick; else by the statistics that each transaction leaves, some time
-- after it; where they were lost, as last analysed.
CREATE OR REPLACE FUNCTION local_aws.row_estimate(relation oid, analyzed real) RETURNS numeric LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    counted bigint;
BEGIN
    IF pg_relation_size(relation) < 33554432 THEN
        EXECUTE format('SELECT count(*) FROM %s', relation::regclass) INTO counted;
        RETURN counted;
    END IF;
    RETURN CASE WHEN pg_stat_get_tuples_inserted(relation) > 0 THEN pg_stat_get_live_tuples(relation) ELSE greatest(analyzed, 0) END;
-- Of somebody else: a temporary table, one that may not be read, one that is being altered.
EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR lock_not_available THEN
    RETURN greatest(analyzed, 0);
END
$$;

CREATE OR REPLACE VIEW local_aws.user_tables AS
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.reltuples, c.relacl, a.attributes
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN local_aws.table_attributes AS a ON a.relation = c.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'local_aws');

-- A compound sort key counts 1, 2, 3, an interleaved one -1, 2, -3.
CREATE OR REPLACE FUNCTION local_aws.sortkey_number(attributes jsonb, column_name text) RETURNS int
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT n * CASE WHEN attributes ->> 'sortstyle' = 'interleaved' AND n % 2 = 1 THEN -1 ELSE 1 END
        FROM jsonb_array_elements_text(
            CASE jsonb_typeof(attributes -> 'sortkey') WHEN 'array' THEN attributes -> 'sortkey' END
        ) WITH ORDINALITY AS k (name, n)
        WHERE name = column_name
    ), 0)::int
$$;
-- The numbers by which pg_attribute tells encodings; 0 is none, 128 chosen by Redshift.
CREATE OR REPLACE FUNCTION local_aws.encoding_number(name text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_position(ARRAY['raw', 'bytedict', 'delta', 'lzo', 'runlength', 'mostly8', 'mostly16', 'mostly32',
                                         'text255', 'text32k', 'delta32k', 'zstd', 'az64'], lower(name)) - 1, 128)::smallint
$$;
CREATE OR REPLACE FUNCTION local_aws.diststyle(attributes jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN attributes ? 'distkey' THEN format('KEY(%s)', attributes -> 'distkey' ->> 0)
        WHEN upper(attributes ->> 'diststyle') IN ('ALL', 'EVEN') THEN upper(attributes ->> 'diststyle')
        ELSE 'AUTO(ALL)'
    END
$$;

CREATE OR REPLACE VIEW pg_catalog.svv_tables AS
SELECT table_catalog::varchar(128) AS table_catalog, table_schema::varchar(128) AS table_schema,
       table_name::varchar(128) AS table_name,
       (CASE table_type WHEN 'LOCAL TEMPORARY' THEN 'BASE TABLE' ELSE table_type END)::varchar(128) AS table_type,
       obj_description(to_regclass(format('%I.%I', table_schema, table_name)), 'pg_class')::varchar AS remarks
FROM information_schema.tables;

-- A VARCHAR without a length is PostgreSQL's text.
DO $$
BEGIN
    IF pg_get_viewdef('information_schema.columns'::regclass) NOT LIKE '%''text''%' THEN
        EXECUTE (SELECT format('CREATE OR REPLACE VIEW information_schema.columns AS SELECT %s FROM (%s) AS listed',
                               string_agg(CASE attname
                                   WHEN 'data_type' THEN '(CASE data_type WHEN ''text'' THEN ''character varying''
                                       ELSE data_type END)::information_schema.character_data AS data_type'
                                   ELSE quote_ident(attname) END, ', ' ORDER BY attnum),
                               rtrim(pg_get_viewdef('information_schema.columns'::regclass), ';'))
                 FROM pg_attribute WHERE attrelid = 'information_schema.columns'::regclass AND attnum > 0);
    END IF;
END
$$;

CREATE OR REPLACE VIEW pg_catalog.svv_columns AS
SELECT table_catalog::varchar(128) AS table_catalog, table_schema::varchar(128) AS table_schema,
       table_name::varchar(128) AS table_name, column_name::varchar(128) AS column_name,
       ordinal_position::int AS ordinal_position, column_default::varchar AS column_default,
       is_nullable::varchar(3) AS is_nullable,
       data_type::varchar(128) AS data_type,
       character_maximum_length::int AS character_maximum_length, numeric_precision::int AS numeric_precision,
       numeric_precision_radix::int AS numeric_precision_radix, numeric_scale::int AS numeric_scale,
       datetime_precision::int AS datetime_precision, interval_type::varchar AS interval_type,
       interval_precision::varchar AS interval_precision, character_set_catalog::varchar AS character_set_catalog,
       character_set_schema::varchar AS character_set_schema, character_set_name::varchar AS character_set_name,
       collation_catalog::varchar AS collation_catalog, collation_schema::varchar AS collation_schema,
       collation_name::varchar AS collation_name, domain_name::varchar AS domain_name, NULL::varchar AS remarks
FROM information_schema.columns;

CREATE OR REPLACE VIEW pg_catalog.pg_table_def AS
SELECT t.nspname AS schemaname, t.relname AS tablename, a.attname AS "column",
       CASE a.atttypid WHEN 'text'::regtype THEN 'character varying' ELSE format_type(a.atttypid, a.atttypmod) END AS type,
       coalesce(t.attributes -> 'encode' ->> a.attname::text, 'none')::varchar(32) AS encoding,
       coalesce(t.attributes -> 'distkey' ->> 0 = a.attname::text, false) AS distkey,
       local_aws.sortkey_number(t.attributes, a.attname::text) AS sortkey, a.attnotnull AS "notnull"
FROM local_aws.user_tables AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE pg_table_is_visible(t.oid);

CREATE OR REPLACE VIEW pg_catalog.svv_table_info AS
SELECT current_database()::text AS database, t.nspname::text AS schema, t.oid AS table_id, t.relname::text AS "table",
       CASE WHEN t.attributes -> 'encode' <> '{}' THEN 'Y' ELSE 'N' END AS encoded,
       local_aws.diststyle(t.attributes) AS diststyle,
       CASE WHEN jsonb_typeof(t.attributes -> 'sortkey') = 'array' THEN t.attributes -> 'sortkey' ->> 0
            ELSE 'AUTO(SORTKEY)' END AS sortkey1,
       (SELECT max(a.atttypmod - 4) FROM pg_attribute AS a
        WHERE a.attrelid = t.oid AND a.atttypid = 'varchar'::regtype)::int AS max_varchar,
       t.attributes -> 'encode' ->> (t.attributes -> 'sortkey' ->> 0) AS sortkey1_enc,
       CASE WHEN jsonb_typeof(t.attributes -> 'sortkey') = 'array'
            THEN jsonb_array_length(t.attributes -> 'sortkey') ELSE 0 END AS sortkey_num,
       (pg_total_relation_size(t.oid) / 1048576)::bigint AS size, 0::numeric(10, 4) AS pct_used, 0::bigint AS empty,
       0::numeric(5, 2) AS unsorted, 0::numeric(5, 2) AS stats_off, local_aws.row_estimate(t.oid, t.reltuples)::numeric(38, 0) AS tbl_rows,
       NULL::numeric(19, 2) AS skew_sortkey1, NULL::numeric(19, 2) AS skew_rows,
       local_aws.row_estimate(t.oid, t.reltuples)::numeric(38, 0) AS estimated_visible_rows, NULL::text AS risk_event,
       NULL::numeric(12, 2) AS vacuum_sort_benefit, NULL::timestamp AS create_time
FROM local_aws.user_tables AS t;

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_databases AS
SELECT datname::varchar(128) AS database_name, datdba::int AS database_owner, 'local'::varchar(32) AS database_type,
       NULL::varchar AS database_acl, NULL::varchar(128) AS database_options,
       'Snapshot Isolation'::varchar AS database_isolation_level
FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres';

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_schemas AS
SELECT current_database()::varchar(128) AS database_name, nspname::varchar(128) AS schema_name,
       nspowner::int AS schema_owner, 'local'::varchar(128) AS schema_type, nspacl::varchar AS schema_acl,
       NULL::varchar(128) AS schema_option
FROM pg_namespace WHERE nspname <> 'local_aws' AND nspname NOT LIKE 'pg\_t%';

CREATE OR REPLACE VIEW pg_catalog.svv_all_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, NULL::varchar(128) AS source_database,
       schema_option
FROM pg_catalog.svv_redshift_schemas;

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_tables AS
SELECT table_catalog AS database_name, table_schema AS schema_name, table_name,
       (CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END)::varchar(128) AS table_type,
       NULL::varchar AS table_acl, remarks
FROM pg_catalog.svv_tables;

CREATE OR REPLACE VIEW pg_catalog.svv_all_tables AS
SELECT database_name, schema_name, table_name, table_acl, table_type, remarks FROM pg_catalog.svv_redshift_tables;

CREATE OR REPLACE VIEW pg_catalog.svv_all_columns AS
SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position,
       column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, remarks
FROM pg_catalog.svv_columns;

CREATE OR REPLACE VIEW pg_catalog.svv_redshift_columns AS
SELECT c.database_name, c.schema_name, c.table_name, c.column_name, c.ordinal_position, c.data_type,
       c.column_default, c.is_nullable,
       coalesce(t.attributes -> 'encode' ->> c.column_name::text, 'none')::varchar(128) AS encoding,
       coalesce(t.attributes -> 'distkey' ->> 0 = c.column_name::text, false) AS distkey,
       local_aws.sortkey_number(t.attributes, c.column_name::text) AS sortkey, NULL::varchar AS column_acl, c.remarks
FROM pg_catalog.svv_all_columns AS c
LEFT JOIN local_aws.user_tables AS t ON t.nspname = c.schema_name AND t.relname = c.table_name;

CREATE OR REPLACE VIEW pg_catalog.svv_external_schemas AS
SELECT NULL::oid AS esoid, NULL::smallint AS eskind, NULL::name AS schemaname, NULL::int AS esowner,
       NULL::text AS databasename, NULL::text AS esoptions WHERE false;
CREATE OR REPLACE VIEW pg_catalog.svv_external_tables AS
SELECT NULL::text AS schemaname, NULL::text AS tablename, NULL::text AS location,
       NULL::text AS input_format, NULL::text AS output_format, NULL::text AS serialization_lib, NULL::text AS serde_parameters,
       NULL::int AS compressed, NULL::text AS parameters, NULL::text AS redshift_database_name, NULL::text AS tabletype WHERE false;

-- Administrators are superusers to Redshift's clients, though not to PostgreSQL.
CREATE OR REPLACE VIEW pg_catalog.pg_user AS
SELECT s.usename, s.usesysid, s.usecreatedb, s.usesuper OR r.rolcreaterole AS usesuper, s.userepl, s.usebypassrls,
       '********'::text AS passwd, s.valuntil, s.useconfig
FROM pg_shadow AS s JOIN pg_roles AS r ON r.oid = s.usesysid;
CREATE OR REPLACE VIEW pg_catalog.svv_user_info AS
SELECT rolname::text AS user_name, oid::int AS user_id, rolcreatedb AS createdb, rolsuper OR rolcreaterole AS superuser,
       rolsuper AS catalog_update,
       (CASE rolconnlimit WHEN -1 THEN 'UNLIMITED' ELSE rolconnlimit::text END) AS connection_limit,
       (CASE WHEN rolsuper OR rolcreaterole THEN 'UNRESTRICTED' ELSE 'RESTRICTED' END) AS syslog_access,
       NULL::timestamp AS last_ddl_timestamp, 0 AS session_timeout, NULL::text AS external_id
FROM pg_roles WHERE rolcanlogin;
CREATE OR REPLACE VIEW pg_catalog.pg_user_info AS
SELECT u.usename, u.usesysid::int AS usesysid, u.usecreatedb, u.usesuper, u.usesuper AS usecatupd, u.passwd,
       u.valuntil, u.useconfig, i.connection_limit AS useconnlimit, i.syslog_access AS syslogaccess,
       i.last_ddl_timestamp AS last_ddl_ts, i.session_timeout AS sessiontimeout, i.external_id AS external_user_id
FROM pg_user AS u JOIN pg_catalog.svv_user_info AS i ON i.user_id = u.usesysid::int;
-- Groups are the roles that CREATE GROUP has made.
CREATE OR REPLACE VIEW pg_catalog.pg_group AS
SELECT rolname AS groname, oid AS grosysid,
       ARRAY(SELECT member FROM pg_auth_members AS m WHERE m.roleid = r.oid AND m.grantor NOT IN (10, member)) AS grolist
FROM pg_roles AS r WHERE NOT rolcanlogin AND rolconnlimit = 0;
CREATE OR REPLACE FUNCTION local_aws.require_principal(kind text, wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted
                   AND kind = CASE WHEN rolcanlogin THEN 'user' WHEN rolconnlimit = 0 THEN 'group' ELSE 'role' END) THEN
        RAISE EXCEPTION '% "%" does not exist', kind, wanted USING ERRCODE = 'undefined_object';
    END IF;
END
$$;

-- Tools look for Redshift's name here.
SELECT local_aws.set_aside('version()');
CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE
AS $$ SELECT 'PostgreSQL 8.0.2 (' || current_setting('server_version') || '), Redshift 1.0.0 (local stand-in)' $$;
