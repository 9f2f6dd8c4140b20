-- Who does what now, and what the texts of statements that are no queries were.
CREATE OR REPLACE VIEW local_aws.sessions AS
SELECT a.pid, a.usename, a.datname, a.state, a.query, a.backend_start, a.query_start, a.xact_start, a.backend_xid
FROM pg_stat_activity AS a
WHERE a.backend_type = 'client backend' AND a.usename <> 'rdsdb';

CREATE OR REPLACE VIEW pg_catalog.stv_sessions AS
SELECT backend_start AT TIME ZONE 'UTC' AS starttime, pid AS process, usename::char(50) AS user_name,
       datname::char(50) AS db_name, 0 AS timeout_sec
FROM local_aws.sessions;
CREATE OR REPLACE VIEW pg_catalog.stv_recents AS
SELECT 100 AS userid, (CASE state WHEN 'active' THEN 'Running' ELSE 'Done' END)::char(20) AS status,
       query_start AT TIME ZONE 'UTC' AS starttime,
       (extract(epoch FROM clock_timestamp() - query_start) * 1000000)::bigint AS duration,
       usename::char(50) AS user_name, datname::char(50) AS db_name, left(query, 600)::varchar(600) AS query,
       CASE state WHEN 'active' THEN pid ELSE -1 END AS pid
FROM local_aws.sessions;
CREATE OR REPLACE VIEW pg_catalog.stv_inflight AS
SELECT 100 AS userid, 0 AS slice, 0::bigint AS query, 'default'::varchar(320) AS label,
       coalesce(backend_xid::text::bigint, 0) AS xid, pid, query_start AT TIME ZONE 'UTC' AS starttime,
       left(query, 100)::varchar(100) AS text, 0 AS suspended, 0 AS insert_pristine, 0 AS concurrency_scaling_status
FROM local_aws.sessions WHERE state = 'active';
CREATE OR REPLACE VIEW pg_catalog.svv_transactions AS
SELECT s.usename::text AS txn_owner, s.datname::text AS txn_db, s.backend_xid::text::bigint AS xid, l.pid,
       s.xact_start AT TIME ZONE 'UTC' AS txn_start, l.mode AS lock_mode, l.locktype AS lockable_object_type,
       l.relation::int AS relation, l.granted
FROM pg_locks AS l JOIN local_aws.sessions AS s ON s.pid = l.pid
WHERE l.locktype IN ('relation', 'transactionid');

CREATE OR REPLACE VIEW pg_catalog.stl_ddltext AS
SELECT userid, xid, pid, label, starttime, endtime, part::int AS sequence,
       substr(text, part * 200 + 1, 200)::varchar(200) AS text
FROM local_aws.queries, LATERAL generate_series(0, (length(text) - 1) / 200) AS part WHERE kind = 'DDL';
CREATE OR REPLACE VIEW pg_catalog.stl_utilitytext AS
SELECT userid, xid, pid, label, starttime, endtime, part::int AS sequence,
       substr(text, part * 200 + 1, 200)::varchar(200) AS text
FROM local_aws.queries, LATERAL generate_series(0, (length(text) - 1) / 200) AS part
WHERE kind IN ('UTILITY', 'CALL', 'OTHER');
CREATE OR REPLACE VIEW pg_catalog.stl_querytext AS
SELECT userid, xid, pid, query, part::int AS sequence, substr(text, part * 200 + 1, 200)::varchar(200) AS text
FROM local_aws.queries, LATERAL generate_series(0, (length(text) - 1) / 200) AS part
WHERE kind IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'COPY', 'UNLOAD');

-- One slice, and who is a member of what.
CREATE OR REPLACE FUNCTION pg_catalog.slice_num() RETURNS int LANGUAGE sql STABLE AS 'SELECT 0';
CREATE OR REPLACE FUNCTION pg_catalog.current_user_id() RETURNS int LANGUAGE sql STABLE
AS 'SELECT oid::int FROM pg_roles WHERE rolname = current_user';
CREATE OR REPLACE FUNCTION pg_catalog.last_user_query_id() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT pg_last_query_id()';
CREATE OR REPLACE FUNCTION pg_catalog.user_is_member_of("user" text, role text) RETURNS boolean LANGUAGE sql STABLE STRICT
AS $$ SELECT pg_has_role("user"::name, role::name, 'MEMBER') $$;
CREATE OR REPLACE FUNCTION pg_catalog.role_is_member_of(role text, granted text) RETURNS boolean LANGUAGE sql STABLE STRICT
AS $$ SELECT pg_has_role(role::name, granted::name, 'MEMBER') $$;
