-- The type VARBYTE is PostgreSQL's bytea under another name, with a length.
UPDATE pg_type SET typname = 'varbyte', typmodin = 'varchartypmodin', typmodout = 'varchartypmodout' WHERE oid = 17;
UPDATE pg_type SET typname = '_varbyte', typmodin = 'varchartypmodin', typmodout = 'varchartypmodout' WHERE oid = 1001;

-- The length is four less than the type modifier.
CREATE OR REPLACE FUNCTION local_aws.varbyte_length(value varbyte, modifier int, is_explicit boolean) RETURNS varbyte
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF modifier < 4 OR length(value) <= modifier - 4 THEN
        RETURN value;
    ELSIF is_explicit THEN
        RETURN substr(value, 1, modifier - 4);
    END IF;
    RAISE EXCEPTION 'value too long for type binary varying(%)', modifier - 4 USING ERRCODE = 'string_data_right_truncation';
END
$$;
-- A string is its bytes in UTF-8, a CHAR with its blanks.
CREATE OR REPLACE FUNCTION local_aws.bytes_of(text) RETURNS varbyte LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textsend';
CREATE OR REPLACE FUNCTION local_aws.bytes_of(varchar) RETURNS varbyte LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'varcharsend';
CREATE OR REPLACE FUNCTION local_aws.bytes_of(bpchar) RETURNS varbyte LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'bpcharsend';
CREATE OR REPLACE FUNCTION local_aws.text_of(varbyte) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT convert_from($1, 'UTF8') $$;
CREATE OR REPLACE FUNCTION local_aws.varchar_of(varbyte) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT convert_from($1, 'UTF8')::varchar $$;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_cast WHERE castsource = 17 AND casttarget = 17) THEN
        CREATE CAST (varbyte AS varbyte) WITH FUNCTION local_aws.varbyte_length(varbyte, int, boolean) AS IMPLICIT;
        CREATE CAST (text AS varbyte) WITH FUNCTION local_aws.bytes_of(text) AS ASSIGNMENT;
        CREATE CAST (varchar AS varbyte) WITH FUNCTION local_aws.bytes_of(varchar) AS ASSIGNMENT;
        CREATE CAST (bpchar AS varbyte) WITH FUNCTION local_aws.bytes_of(bpchar) AS ASSIGNMENT;
        CREATE CAST (varbyte AS text) WITH FUNCTION local_aws.text_of(varbyte);
        CREATE CAST (varbyte AS varchar) WITH FUNCTION local_aws.varchar_of(varbyte);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION pg_catalog.len(varbyte) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT length($1)';
CREATE OR REPLACE FUNCTION pg_catalog.from_hex(text) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT decode($1, 'hex') $$;
CREATE OR REPLACE FUNCTION pg_catalog.to_hex(varbyte) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT encode($1, 'hex')::varchar $$;
-- A bit by its number from the right.
CREATE OR REPLACE FUNCTION pg_catalog.getbit(value varbyte, index int) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT (get_byte(value, length(value) - 1 - index / 8) >> (index % 8)) & 1';
CREATE OR REPLACE FUNCTION local_aws.invalid_format(format text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION 'invalid binary format: %', format;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.from_varbyte(value varbyte, format text) RETURNS varchar
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE lower(format)
        WHEN 'hex' THEN encode(value, 'hex')
        WHEN 'base64' THEN translate(encode(value, 'base64'), E'\n', '')
        WHEN 'binary' THEN (SELECT string_agg(get_byte(value, i)::bit(8)::text, '' ORDER BY i) FROM generate_series(0, length(value) - 1) AS i)
        WHEN 'utf8' THEN convert_from(value, 'UTF8')
        WHEN 'utf-8' THEN convert_from(value, 'UTF8')
        ELSE local_aws.invalid_format(format) END::varchar
$$;
CREATE OR REPLACE FUNCTION pg_catalog.to_varbyte(value text, format text) RETURNS varbyte
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE lower(format)
        WHEN 'hex' THEN decode(value, 'hex')
        WHEN 'base64' THEN decode(value, 'base64')
        WHEN 'binary' THEN (SELECT decode(string_agg(lpad(to_hex(substr(value, i, 8)::bit(8)::int), 2, '0'), '' ORDER BY i), 'hex')
                            FROM generate_series(1, length(value), 8) AS i)
        WHEN 'utf8' THEN convert_to(value, 'UTF8')
        WHEN 'utf-8' THEN convert_to(value, 'UTF8')
        ELSE convert_to(local_aws.invalid_format(format), 'UTF8') END
$$;

-- CONCAT, as the dialect spells it: bytes stay bytes, anything else becomes text.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_concat(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT $1 || $2';
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_concat(varbyte, varbyte) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT $1 || $2';
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_concat(text, anycompatible) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS 'SELECT $1 || $2::text';
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_concat(anycompatible, text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS 'SELECT $1::text || $2';
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_concat(anyelement, anycompatible) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS 'SELECT $1::text || $2::text';
