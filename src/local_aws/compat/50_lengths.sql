-- VARCHAR(n) and CHAR(n) count bytes. PostgreSQL calls these functions for every value that gets a length; a value
-- that is too long is an error unless only spaces are cut off, and an explicit cast cuts between characters.
CREATE OR REPLACE FUNCTION local_aws.cut_bytes(value text, bytes int) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    data varbyte := substr(convert_to(value, 'UTF8'), 1, bytes + 1);
    size int := bytes;
BEGIN
    -- A byte 10xxxxxx continues a character.
    WHILE size > 0 AND size < length(data) AND get_byte(data, size) & 192 = 128 LOOP
        size := size - 1;
    END LOOP;
    RETURN convert_from(substr(data, 1, size), 'UTF8');
END
$$;
CREATE OR REPLACE FUNCTION local_aws.fit_bytes(value text, bytes int, is_explicit boolean, kind text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    cut text := local_aws.cut_bytes(value, bytes);
BEGIN
    IF NOT is_explicit AND rtrim(substr(value, length(cut) + 1), ' ') <> '' THEN
        RAISE EXCEPTION USING ERRCODE = 'string_data_right_truncation',
            MESSAGE = format('value too long for type %s(%s)', kind, bytes);
    END IF;
    RETURN cut;
END
$$;
-- The length is four less than the type modifier. Inlined, so that values that fit cost next to nothing.
CREATE OR REPLACE FUNCTION local_aws.varchar_length(value varchar, modifier int, is_explicit boolean) RETURNS varchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN modifier < 4 OR octet_length(value) <= modifier - 4 THEN value
        ELSE local_aws.fit_bytes(value, modifier - 4, is_explicit, 'character varying')::varchar
    END
$$;
UPDATE pg_cast SET castfunc = 'local_aws.varchar_length(varchar, int, boolean)'::regprocedure
WHERE castsource = 'varchar'::regtype AND casttarget = 'varchar'::regtype;

CREATE OR REPLACE FUNCTION local_aws.refuse_multibyte(value text) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'untranslatable_character', MESSAGE =
        'Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: '
        || pg_regexp_replace(encode(convert_to(substring(value FROM '[^\x01-\x7f]'), 'UTF8'), 'hex'), '(..)(?=.)', '\1 ', 'g');
END
$$;
CREATE OR REPLACE FUNCTION local_aws.char_length(value bpchar, modifier int, is_explicit boolean) RETURNS bpchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN octet_length(value) <> length(value::text) AND value::text ~ '[^\x01-\x7f]' THEN local_aws.refuse_multibyte(value::text)
        WHEN modifier < 4 OR octet_length(value) <= modifier - 4 THEN bpchar(value, modifier, is_explicit)
        ELSE bpchar(local_aws.fit_bytes(value::text, modifier - 4, is_explicit, 'character')::bpchar, modifier, true)
    END
$$;
UPDATE pg_cast SET castfunc = 'local_aws.char_length(bpchar, int, boolean)'::regprocedure
WHERE castsource = 'bpchar'::regtype AND casttarget = 'bpchar'::regtype;
