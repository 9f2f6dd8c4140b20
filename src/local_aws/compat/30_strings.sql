-- String functions.
CREATE OR REPLACE FUNCTION pg_catalog.len(text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT length($1)';
CREATE OR REPLACE FUNCTION pg_catalog.len(bpchar) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT length($1)';
CREATE OR REPLACE FUNCTION pg_catalog.textlen(text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT length($1)';
CREATE OR REPLACE FUNCTION pg_catalog.charindex(part text, whole text) RETURNS int
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT strpos(whole, part)';
-- Text plus text is text.
DO $$ BEGIN CREATE OPERATOR pg_catalog.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat);
EXCEPTION WHEN duplicate_function THEN NULL; END $$;
CREATE OR REPLACE FUNCTION pg_catalog.replicate(text, int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT repeat($1, $2)';

CREATE OR REPLACE FUNCTION pg_catalog.strtol(number text, base int) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    digits text := lower(ltrim(number, E' \t\n\r\f\v'));
    negative boolean := digits LIKE '-%';
    total numeric := 0;
    digit int;
BEGIN
    digits := ltrim(regexp_replace(digits, '^[+-]', ''));
    IF base = 16 THEN
        digits := regexp_replace(digits, '^0x', '');
    END IF;
    FOR i IN 1..length(digits) LOOP
        digit := strpos(left('0123456789abcdefghijklmnopqrstuvwxyz', base), substr(digits, i, 1)) - 1;
        IF digit < 0 THEN
            RAISE EXCEPTION 'The input % is not valid to be converted to base %', number, base;
        END IF;
        total := total * base + digit;
    END LOOP;
    RETURN CASE WHEN negative THEN -total ELSE total END;
END
$$;

-- Hashes as hexadecimal text. Redshift's CRC32 is CRC-32C.
SELECT local_aws.set_aside('crc32(varbyte)');
CREATE OR REPLACE FUNCTION pg_catalog.crc32(value text) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lpad(to_hex(crc32c(convert_to(value, 'UTF8'))), 8, '0') $$;
CREATE OR REPLACE FUNCTION pg_catalog.sha2(value text, bits int) RETURNS varchar
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN bits IN (0, 256) THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
        WHEN bits = 224 THEN encode(sha224(convert_to(value, 'UTF8')), 'hex')
        WHEN bits = 384 THEN encode(sha384(convert_to(value, 'UTF8')), 'hex')
        WHEN bits = 512 THEN encode(sha512(convert_to(value, 'UTF8')), 'hex')
        ELSE ''
    END
$$;

-- SHA-1, which PostgreSQL lacks, over 32-bit words held in bigints.
CREATE OR REPLACE FUNCTION pg_catalog.sha1(value text) RETURNS varchar
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    mask CONSTANT bigint := 4294967295;
    data varbyte := convert_to(value, 'UTF8');
    bits bigint := 8 * length(data);
    h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; x bigint;
BEGIN
    data := data || '\x80'::varbyte || decode(repeat('00', mod(119 - length(data) % 64, 64)), 'hex')
        || int8send(bits);
    FOR chunk IN 0..length(data) / 64 - 1 LOOP
        FOR i IN 0..79 LOOP
            IF i < 16 THEN
                w[i] := ('x' || encode(substr(data, chunk * 64 + i * 4 + 1, 4), 'hex'))::bit(32)::bigint & mask;
            ELSE
                x := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
                w[i] := ((x << 1) | (x >> 31)) & mask;
            END IF;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR i IN 0..79 LOOP
            CASE i / 20
                WHEN 0 THEN f := (b & c) | ((~b & mask) & d); k := 1518500249;
                WHEN 1 THEN f := b # c # d; k := 1859775393;
                WHEN 2 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
                ELSE f := b # c # d; k := 3395469782;
            END CASE;
            x := ((((a << 5) | (a >> 27)) & mask) + f + e + k + w[i]) & mask;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := x;
        END LOOP;
        h := ARRAY[(h[1] + a) & mask, (h[2] + b) & mask, (h[3] + c) & mask, (h[4] + d) & mask, (h[5] + e) & mask];
    END LOOP;
    RETURN (SELECT string_agg(lpad(to_hex(part), 8, '0'), '' ORDER BY n) FROM unnest(h) WITH ORDINALITY AS u (part, n));
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.func_sha1(value text) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT sha1(value)';
CREATE OR REPLACE FUNCTION pg_catalog.sha(value text) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT sha1(value)';

-- FNV-1a with 64 bits over the value's bytes: integers little-endian, text as UTF-8.
CREATE OR REPLACE FUNCTION local_aws.fnv(data varbyte, seed bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    modulus CONSTANT numeric := 18446744073709551616;
    hash bigint := seed;
    wide numeric;
BEGIN
    FOR i IN 0..length(data) - 1 LOOP
        hash := hash # get_byte(data, i);
        wide := mod((CASE WHEN hash < 0 THEN hash + modulus ELSE hash END) * 1099511628211, modulus);
        hash := CASE WHEN wide >= modulus / 2 THEN wide - modulus ELSE wide END;
    END LOOP;
    RETURN hash;
END
$$;
CREATE OR REPLACE FUNCTION local_aws.reversed(data varbyte) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT reverse(data)';
CREATE OR REPLACE FUNCTION pg_catalog.fnv_hash(value text, seed bigint DEFAULT -3750763034362895579) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT local_aws.fnv(convert_to(value, 'UTF8'), seed) $$;
CREATE OR REPLACE FUNCTION pg_catalog.fnv_hash(value int, seed bigint DEFAULT -3750763034362895579) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT local_aws.fnv(local_aws.reversed(int4send(value)), seed) $$;
CREATE OR REPLACE FUNCTION pg_catalog.fnv_hash(value smallint, seed bigint DEFAULT -3750763034362895579) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT local_aws.fnv(local_aws.reversed(int2send(value)), seed) $$;
CREATE OR REPLACE FUNCTION pg_catalog.fnv_hash(value bigint, seed bigint DEFAULT -3750763034362895579) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT local_aws.fnv(local_aws.reversed(int8send(value)), seed) $$;

-- The case of all letters, not only of ASCII's; what ignores case, such as ILIKE, knows those only.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY['lower(text)', 'upper(text)', 'initcap(text)', 'split_part(text, text, integer)']) AS f;
CREATE OR REPLACE FUNCTION pg_catalog.lower(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT pg_lower($1 COLLATE "pg_c_utf8")';
CREATE OR REPLACE FUNCTION pg_catalog.upper(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT pg_upper($1 COLLATE "pg_c_utf8")';
CREATE OR REPLACE FUNCTION pg_catalog.initcap(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT pg_initcap($1 COLLATE "pg_c_utf8")';
-- Parts are counted from the left; to count from the right is an error.
CREATE OR REPLACE FUNCTION pg_catalog.split_part(string text, delimiter text, part int) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_split_part(string, delimiter, greatest(part, 0))';
