SELECT a.attname, coalesce(nullif(t.typbasetype, 0), a.atttypid), a.atttypmod, a.attnotnull, a.attidentity, c.oid, c.relname
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE c.oid = $1::regclass
ORDER BY a.attnum
