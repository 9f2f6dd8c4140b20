-- Regular expression functions: REGEXP_REPLACE replaces every match, and parameters may hold `e` and `p`.
-- PostgreSQL's own functions stay, under other names.
SELECT local_aws.set_aside(p.oid::regprocedure::text)
FROM pg_proc AS p
WHERE pronamespace = 'pg_catalog'::regnamespace
  AND proname IN ('regexp_replace', 'regexp_substr', 'regexp_count', 'regexp_instr') AND p.oid < 16384;

-- PostgreSQL's flags for Redshift's parameters; its expressions know what PCRE's common ones are made of.
CREATE OR REPLACE FUNCTION local_aws.regexp_flags(params text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN params LIKE '%i%' THEN 'i' ELSE 'c' END $$;

CREATE OR REPLACE FUNCTION pg_catalog.regexp_replace(
    source text, pattern text, replacement text DEFAULT '', start int DEFAULT 1, params text DEFAULT 'c'
) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT pg_regexp_replace(source, pattern,
        CASE WHEN params LIKE '%p%' THEN pg_regexp_replace(replacement, '\$(\d)', '\\\1', 'g') ELSE replacement END,
        greatest(start, 1), 0, local_aws.regexp_flags(params))
$$;
CREATE OR REPLACE FUNCTION pg_catalog.regexp_substr(
    source text, pattern text, start int DEFAULT 1, occurrence int DEFAULT 1, params text DEFAULT 'c'
) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(pg_regexp_substr(source, pattern, greatest(start, 1), greatest(occurrence, 1),
        local_aws.regexp_flags(params), CASE WHEN params LIKE '%e%' AND pattern LIKE '%(%' THEN 1 ELSE 0 END), '')
$$;
CREATE OR REPLACE FUNCTION pg_catalog.regexp_count(
    source text, pattern text, start int DEFAULT 1, params text DEFAULT 'c'
) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT pg_regexp_count(source, pattern, greatest(start, 1), local_aws.regexp_flags(params)) $$;
CREATE OR REPLACE FUNCTION pg_catalog.regexp_instr(
    source text, pattern text, start int DEFAULT 1, occurrence int DEFAULT 1, behind int DEFAULT 0,
    params text DEFAULT 'c'
) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT pg_regexp_instr(source, pattern, greatest(start, 1), greatest(occurrence, 1), least(abs(behind), 1),
        local_aws.regexp_flags(params), CASE WHEN params LIKE '%e%' AND pattern LIKE '%(%' THEN 1 ELSE 0 END)
$$;
