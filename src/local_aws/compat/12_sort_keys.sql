-- A sort key keeps the smallest and largest value of each block, by which Redshift leaves out most of a table. In
-- PostgreSQL that is what a BRIN index is, so each table with a sort key has one, which the catalog views do not show. It
-- helps only for blocks that were summarised, and the planner only knows of what was analysed: see local_aws.tend().
CREATE TABLE IF NOT EXISTS local_aws.sort_keys (
    relation oid PRIMARY KEY,
    index oid NOT NULL,
    pages bigint NOT NULL DEFAULT 0,
    analyzed_pages bigint NOT NULL DEFAULT 0
);

-- Whether there is such an index for a type: not for boolean, SUPER and GEOMETRY.
CREATE OR REPLACE FUNCTION local_aws.has_blocks(type oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM pg_opclass AS o JOIN pg_am AS m ON m.oid = o.opcmethod AND m.amname = 'brin'
                   WHERE o.opcdefault AND (o.opcintype = type OR EXISTS (
                       SELECT FROM pg_cast WHERE castsource = type AND casttarget = o.opcintype
                       AND castmethod = 'b' AND castcontext = 'i')))
$$;

-- Make the index of a table's sort key anew, of its columns up to the first whose type has none.
CREATE OR REPLACE FUNCTION local_aws.index_sort_key(relation_oid oid) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := 'local_aws_sortkey_' || relation_oid;
    old text;
    columns text;
BEGIN
    DELETE FROM local_aws.sort_keys WHERE relation = relation_oid;
    SELECT oid::regclass::text INTO old FROM pg_class WHERE relname = name;
    IF old IS NOT NULL THEN
        EXECUTE format('DROP INDEX %s', old);
    END IF;
    SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.n) FILTER (WHERE k.good) INTO columns
    FROM (SELECT k.name, k.n, bool_and(local_aws.has_blocks(a.atttypid)) OVER (ORDER BY k.n) AS good
          FROM local_aws.table_attributes AS t,
               jsonb_array_elements_text(CASE jsonb_typeof(t.attributes -> 'sortkey') WHEN 'array'
                                         THEN t.attributes -> 'sortkey' END) WITH ORDINALITY AS k (name, n)
          JOIN pg_attribute AS a ON a.attrelid = relation_oid AND a.attname = k.name AND NOT a.attisdropped
          WHERE t.relation = relation_oid) AS k;
    IF columns IS NOT NULL AND (SELECT relpersistence <> 't' FROM pg_class WHERE oid = relation_oid) THEN
        EXECUTE format('CREATE INDEX %I ON %s USING brin (%s) WITH (pages_per_range = 32)', name,
                       relation_oid::regclass, columns);
        INSERT INTO local_aws.sort_keys
        SELECT relation_oid, oid FROM pg_class WHERE relname = name;
    END IF;
END
$$;

-- After a load: summarise and analyse the tables with a sort key that have grown. A table that somebody else works on is
-- left for the end of that.
CREATE OR REPLACE FUNCTION local_aws.tend() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
BEGIN
    PERFORM pg_stat_force_next_flush(); -- what svv_table_info counts
    FOR found IN
        SELECT * FROM (SELECT s.*, pg_relation_size(s.relation) / 8192 AS now FROM local_aws.sort_keys AS s
                       JOIN pg_class AS c ON c.oid = s.relation) AS sizes
        WHERE now NOT BETWEEN pages AND pages + 31
    LOOP
        BEGIN
            EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE NOWAIT', found.relation::regclass);
            PERFORM brin_summarize_new_values(found.index::regclass);
            UPDATE local_aws.sort_keys SET pages = found.now WHERE relation = found.relation;
            IF found.now NOT BETWEEN 0.8 * found.analyzed_pages AND 1.2 * found.analyzed_pages THEN
                EXECUTE format('ANALYZE %s', found.relation::regclass);
                UPDATE local_aws.sort_keys SET analyzed_pages = found.now WHERE relation = found.relation;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            NULL;
        END;
    END LOOP;
END
$$;

-- Tables of a database that was made before.
SELECT local_aws.index_sort_key(t.relation)
FROM local_aws.table_attributes AS t JOIN pg_class AS c ON c.oid = t.relation
WHERE NOT EXISTS (SELECT FROM local_aws.sort_keys AS s WHERE s.relation = t.relation);
