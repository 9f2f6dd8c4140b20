-- What ListSchemas, ListTables and DescribeTable list; what the stand-in itself keeps in a database is not the user's.
CREATE OR REPLACE VIEW local_aws.listed_schemas AS
SELECT oid, nspname FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_toast%' AND nspname NOT LIKE 'pg\_temp%' AND nspname <> 'local_aws';

CREATE OR REPLACE VIEW local_aws.listed_tables AS
SELECT c.oid, c.relname, n.nspname,
       CASE WHEN n.nspname IN ('pg_catalog', 'information_schema')
            THEN CASE c.relkind WHEN 'v' THEN 'SYSTEM VIEW' ELSE 'SYSTEM TABLE' END
            WHEN c.relkind IN ('v', 'm') THEN 'VIEW' ELSE 'TABLE' END AS kind
FROM pg_class AS c JOIN local_aws.listed_schemas AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f');

CREATE OR REPLACE VIEW local_aws.listed_columns AS
SELECT a.attname, coalesce(nullif(t.typbasetype, 0), a.atttypid) AS type, a.atttypmod, a.attnotnull, c.nspname, c.relname,
       a.attnum,
       -- Redshift's form of an identity's default
       coalesce(pg_get_expr(d.adbin, d.adrelid), (
           SELECT format('"identity"(%s, %s, ''%s,%s''::text)', c.oid, a.attnum - 1, s.seqstart, s.seqincrement)
           FROM pg_sequence AS s JOIN pg_depend AS o ON o.objid = s.seqrelid
           WHERE o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'i'
       )) AS default_value
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
JOIN local_aws.listed_tables AS c ON c.oid = a.attrelid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped;
