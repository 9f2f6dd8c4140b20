-- Nothing waits for a disk: what has been written outlives the process, though not a power cut.
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -4096;
-- The columns are what ListStatements filters by; an index over all of them spares it the documents.
CREATE TABLE IF NOT EXISTS statement (
    id, created_at, name, status, token, database, cluster, workgroup, principal, document TEXT, PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS statement_list
    ON statement (created_at, id, status, name, database, cluster, workgroup, principal);
CREATE INDEX IF NOT EXISTS statement_token ON statement (token, created_at) WHERE token IS NOT NULL;
CREATE TABLE IF NOT EXISTS page (
    statement_id TEXT, part INTEGER, number INTEGER, body BLOB, PRIMARY KEY (statement_id, part, number)
) WITHOUT ROWID;
