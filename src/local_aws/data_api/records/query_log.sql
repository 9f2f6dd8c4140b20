-- $1: a JSON array of what ran; each item may hold messages and load_errors.
WITH given AS MATERIALIZED (
    SELECT item FROM jsonb_array_elements($1::jsonb) AS item
), queries AS (
    INSERT INTO local_aws.queries
        (query, userid, pid, kind, text, starttime, endtime, status, error, returned_rows, returned_bytes)
    SELECT r.query, coalesce((SELECT oid::bigint FROM pg_roles WHERE rolname = r.login), 100), r.pid, r.kind, r.text,
           pg_to_timestamp(r.started) AT TIME ZONE 'UTC', pg_to_timestamp(r.started + r.seconds) AT TIME ZONE 'UTC',
           CASE r.status WHEN 'FINISHED' THEN 'success' WHEN 'ABORTED' THEN 'canceled' ELSE 'failed' END,
           r.error, r.rows, r.bytes
    FROM given, jsonb_to_record(item) AS r (
        query bigint, login varchar, pid int, kind varchar, text varchar, started float8, seconds float8,
        status varchar, error varchar, rows bigint, bytes bigint
    )
    WHERE r.query IS NOT NULL
    ON CONFLICT DO NOTHING
), messages AS (
    INSERT INTO local_aws.messages (query, loglevel, message)
    SELECT (item ->> 'query')::bigint, 10 * level, m.message
    FROM given, jsonb_to_recordset(coalesce(item -> 'messages', '[]')) AS m (severity text, message varchar),
         array_position('{DEBUG,LOG,INFO,NOTICE,WARNING}'::text[], m.severity) AS level
    WHERE level IS NOT NULL
)
INSERT INTO local_aws.load_errors
    (query, tbl, filename, line_number, colname, type, col_length, raw_line, raw_field_value, err_code, err_reason)
SELECT e.query, e.tbl, e.filename, e.line_number, coalesce(e.colname, ''), coalesce(e.type, ''),
       coalesce(e.col_length, ''), left(e.raw_line, 1024), left(e.raw_field_value, 1024), e.err_code, left(e.err_reason, 100)
FROM given, jsonb_to_recordset(coalesce(item -> 'load_errors', '[]')) AS e (
    query bigint, tbl int, filename varchar, line_number bigint, colname varchar, type varchar, col_length varchar,
    raw_line varchar, raw_field_value varchar, err_code int, err_reason varchar
)
