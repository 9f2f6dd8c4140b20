-- The type SUPER. A string is kept as it is, so that a quoted literal, which PostgreSQL reads without asking anybody,
-- is a string as on Redshift. Any other value is kept as the byte 1 and its JSON, whose keys stay in their order.
-- Where a value goes in or out, use local_aws.super_of(json) and local_aws.json_of(super).

-- A type of its own with an oid of its own, so that results can be told by it in every database.
INSERT INTO pg_type
SELECT CASE t.typname WHEN 'text' THEN 2000000001 ELSE 2000000002 END,
       CASE t.typname WHEN 'text' THEN 'super' ELSE '_super' END::name,
       t.typnamespace, t.typowner, t.typlen, t.typbyval, t.typtype,
       CASE t.typname WHEN 'text' THEN 'U' ELSE t.typcategory END::"char", false, t.typisdefined, t.typdelim,
       t.typrelid, t.typsubscript, CASE t.typname WHEN 'text' THEN 0 ELSE 2000000001 END,
       CASE t.typname WHEN 'text' THEN 2000000002 ELSE 0 END, t.typinput, t.typoutput, t.typreceive, t.typsend,
       t.typmodin, t.typmodout, t.typanalyze, t.typalign, t.typstorage, t.typnotnull, t.typbasetype, t.typtypmod,
       t.typndims, 0, NULL, NULL, NULL
FROM pg_type AS t
WHERE t.oid IN ('text'::regtype, 'text[]'::regtype) AND NOT EXISTS (SELECT FROM pg_type WHERE oid = 2000000001);


-- What is kept, as text and back; the engine's own function hands its argument on.
CREATE OR REPLACE FUNCTION local_aws.kept(super) RETURNS text LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'xmltotext';
CREATE OR REPLACE FUNCTION local_aws.as_kept(text) RETURNS super LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'xmltotext';

CREATE OR REPLACE FUNCTION local_aws.super_of(document json) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT local_aws.as_kept(CASE json_typeof(document)
        WHEN 'string' THEN document #>> '{}'
        -- Blanks between tokens go; a string, which matches first, is put back.
        ELSE E'\x01' || pg_regexp_replace(document::text, '("(?:[^"\\]|\\.)*")|\s+', '\1', 'g')
    END)
$$;
CREATE OR REPLACE FUNCTION local_aws.json_of(value super) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN left(local_aws.kept(value), 1) = E'\x01' THEN substr(local_aws.kept(value), 2)::json
                ELSE to_json(local_aws.kept(value)) END
$$;
-- A scalar's text; NULL for an object, an array and null.
CREATE OR REPLACE FUNCTION local_aws.scalar_of(value super) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN left(local_aws.kept(value), 1) <> E'\x01' THEN local_aws.kept(value)
                WHEN substr(local_aws.kept(value), 2, 1) NOT IN ('{', '[', 'n') THEN substr(local_aws.kept(value), 2) END
$$;
-- What is neither an element nor there is NULL, as in the lax mode. Members and elements are counted as in PartiQL.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_member(value super, name text) RETURNS super
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN left(local_aws.kept(value), 2) = E'\x01{' THEN local_aws.super_of(local_aws.json_of(value) -> name) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_element(value super, index bigint) RETURNS super
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN left(local_aws.kept(value), 2) = E'\x01[' AND index >= 0
                THEN local_aws.super_of(local_aws.json_of(value) -> index::int) END
$$;
-- The elements of an array with their indexes, from 0, for FROM; any other value but null is its own only element.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_elements(value super, OUT element super, OUT index bigint)
RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT local_aws.super_of(e), n - 1
    FROM json_array_elements(CASE WHEN left(local_aws.kept(value), 2) = E'\x01[' THEN local_aws.json_of(value) END)
         WITH ORDINALITY AS a (e, n)
    UNION ALL
    SELECT value, NULL WHERE left(local_aws.kept(value), 2) NOT IN (E'\x01[', E'\x01n')
$$;
-- The attributes of an object, for UNPIVOT in FROM.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_members(value super, OUT element super, OUT name varchar)
RETURNS SETOF record LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT local_aws.super_of(m.value), m.key
    FROM json_each(CASE WHEN left(local_aws.kept(value), 2) = E'\x01{' THEN local_aws.json_of(value) END) AS m
$$;

-- Casts. What cannot be cast from SUPER is NULL; numbers, booleans and strings are cast to it. They are not in SQL, whose
-- expressions with constants the engine works out before it looks at their conditions.
CREATE OR REPLACE FUNCTION local_aws.number_of(value super) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    scalar text := local_aws.scalar_of(value);
BEGIN
    IF local_aws.kept(value) IN (E'\x01true', E'\x01false') THEN
        RETURN (scalar = 'true')::int;
    END IF;
    RETURN CASE WHEN pg_input_is_valid(scalar, 'numeric') THEN scalar END;
END
$$;
CREATE OR REPLACE FUNCTION local_aws.make_super_cast(type text, scalar text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION local_aws.super_to_%s(value super) RETURNS %1$s'
                   ' LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS %L', type,
                   format('DECLARE scalar text := %s; BEGIN RETURN CASE WHEN pg_input_is_valid(scalar, %L) THEN scalar END; END',
                          scalar, type));
    IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 'super'::regtype AND casttarget = type::regtype) THEN
        EXECUTE format('CREATE CAST (super AS %s) WITH FUNCTION local_aws.super_to_%1$s(super) AS ASSIGNMENT', type);
    END IF;
END
$$;
SELECT local_aws.make_super_cast(type, CASE
    WHEN type IN ('smallint', 'int', 'bigint') THEN 'round(local_aws.number_of(value))'
    WHEN type IN ('numeric', 'real', 'float8') THEN 'local_aws.number_of(value)'
    WHEN type = 'boolean' THEN $$ CASE WHEN local_aws.scalar_of(value) ~ '^[+-]?[0-9]+$'
        THEN (local_aws.number_of(value) <> 0)::text ELSE local_aws.scalar_of(value) END $$
    ELSE 'local_aws.scalar_of(value)' END)
FROM unnest(ARRAY['smallint', 'int', 'bigint', 'numeric', 'real', 'float8', 'boolean', 'text', 'varchar', 'bpchar',
                  'date', 'timestamp', 'timestamptz', 'time']) AS type;

DO $$
DECLARE
    type text;
BEGIN
    IF EXISTS (SELECT FROM pg_cast WHERE casttarget = 'super'::regtype) THEN
        RETURN;
    END IF;
    CREATE CAST (super AS json) WITH FUNCTION local_aws.json_of(super);
    CREATE CAST (text AS super) WITHOUT FUNCTION AS ASSIGNMENT;
    CREATE CAST (varchar AS super) WITHOUT FUNCTION AS ASSIGNMENT;
    CREATE CAST (bpchar AS super) WITHOUT FUNCTION AS ASSIGNMENT;
    FOREACH type IN ARRAY ARRAY['smallint', 'int', 'bigint', 'numeric', 'real', 'float8', 'boolean'] LOOP
        EXECUTE format('CREATE FUNCTION local_aws.super_from(value %s) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS %L',
                       type, 'SELECT local_aws.as_kept(E''\x01'' || value::text)');
        EXECUTE format('CREATE CAST (%s AS super) WITH FUNCTION local_aws.super_from(%1$s) AS ASSIGNMENT', type);
    END LOOP;
END
$$;
