-- TEXT_TO_INT_ALT and TEXT_TO_NUMERIC_ALT read Teradata's numbers: a sign may come last, and the last digit may carry it.
CREATE OR REPLACE FUNCTION local_aws.teradata_number(value text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    digits text := upper(btrim(translate(value, ',$', '')));
    at int;
BEGIN
    IF digits ~ '^[0-9.]+[+-]$' THEN
        digits := right(digits, 1) || left(digits, -1);
    ELSIF digits ~ '^[0-9.]*[{A-I}J-R]$' THEN
        at := strpos('{ABCDEFGHI}JKLMNOPQR', right(digits, 1)) - 1;
        digits := CASE WHEN at > 9 THEN '-' ELSE '' END || left(digits, -1) || at % 10;
    END IF;
    IF NOT pg_input_is_valid(digits, 'numeric') THEN
        RAISE EXCEPTION 'invalid input syntax for numeric: "%"', value USING ERRCODE = 'invalid_text_representation';
    END IF;
    RETURN digits::numeric;
END
$$;
CREATE OR REPLACE FUNCTION local_aws.refused_number(what text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM local_aws_refuse(what);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.text_to_int_alt(value text, format text DEFAULT NULL) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN format IS NULL THEN trunc(local_aws.teradata_number(value))::int
                ELSE local_aws.refused_number('TEXT_TO_INT_ALT with a format') END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.text_to_numeric_alt(value text, "precision" int DEFAULT 38, scale int DEFAULT 0) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    number numeric := round(local_aws.teradata_number(value), scale);
BEGIN
    IF abs(number) >= power(10::numeric, "precision" - scale) THEN
        RAISE EXCEPTION 'numeric field overflow' USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
    RETURN number;
END
$$;

-- SOUNDEX and DIFFERENCE, by the rules that all databases share: H and W do not part equal codes.
CREATE OR REPLACE FUNCTION pg_catalog.soundex(value text) RETURNS varchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    letters text := upper(pg_regexp_replace(value, '[^A-Za-z]', '', 'g'));
    found text := left(letters, 1);
    last text := translate(found, 'BFPVCGJKQSXZDTLMNR', '111122222222334556');
    code text;
BEGIN
    FOR i IN 2..length(letters) LOOP
        CONTINUE WHEN substr(letters, i, 1) IN ('H', 'W');
        code := translate(substr(letters, i, 1), 'BFPVCGJKQSXZDTLMNRAEIOUY', '111122222222334556000000');
        IF code <> '0' AND code <> last THEN
            found := found || code;
        END IF;
        last := code;
    END LOOP;
    RETURN CASE letters WHEN '' THEN '' ELSE rpad(left(found, 4), 4, '0') END;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.difference(first text, last text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT count(*)::int FROM generate_series(1, 4) AS i WHERE substr(soundex(first), i, 1) = substr(soundex(last), i, 1)
$$;

-- The byte at which a text begins in another, counted from 1.
CREATE OR REPLACE FUNCTION pg_catalog.octetindex(part text, whole text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE strpos(whole, part) WHEN 0 THEN 0 ELSE octet_length(left(whole, strpos(whole, part) - 1)) + 1 END $$;
CREATE OR REPLACE FUNCTION pg_catalog.db_collation() RETURNS varchar LANGUAGE sql IMMUTABLE AS $$ SELECT 'case_sensitive'::varchar $$;
-- The prefix function of CHAR that Redshift lists; two texts compare by bytes, less their trailing blanks.
CREATE OR REPLACE FUNCTION pg_catalog.bttext_pattern_cmp(text, text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT sign(bpcharcmp($1::bpchar, $2::bpchar))::int';

-- TO_CHAR: L is the dollar sign.
SELECT local_aws.set_aside(f) FROM unnest(ARRAY['to_char(numeric, text)', 'to_char(int, text)', 'to_char(bigint, text)',
                                                'to_char(float8, text)', 'to_char(real, text)']) AS f;
DO $$
DECLARE
    type text;
BEGIN
    FOREACH type IN ARRAY ARRAY['numeric', 'int', 'bigint', 'float8', 'real'] LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION pg_catalog.to_char(value %s, format text) RETURNS text'
                       ' LANGUAGE sql STABLE STRICT PARALLEL SAFE AS %L', type,
                       $b$SELECT pg_to_char(value, CASE WHEN strpos(format, '"') > 0 THEN format
                              ELSE replace(replace(format, 'L', '"$"'), 'l', '"$"') END)$b$);
    END LOOP;
END
$$;
