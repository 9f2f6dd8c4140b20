-- JSON in text: a missing element is NULL, invalid JSON an error, or NULL when asked for.
CREATE OR REPLACE FUNCTION local_aws.json_element(document text, path text[], null_if_invalid boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF document IS NULL OR array_position(path, NULL) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF NOT document IS JSON THEN
        IF null_if_invalid THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'JSON parsing error' USING DETAIL = left(document, 200);
    END IF;
    RETURN document::json #>> path;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(document text, VARIADIC path text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT local_aws.json_element(document, path, false)';
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(document text, a text, null_if_invalid boolean)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT local_aws.json_element(document, ARRAY[a], null_if_invalid)';
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(document text, a text, b text, null_if_invalid boolean)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.json_element(document, ARRAY[a, b], null_if_invalid)';
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(
    document text, a text, b text, c text, null_if_invalid boolean
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.json_element(document, ARRAY[a, b, c], null_if_invalid)';
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(
    document text, a text, b text, c text, d text, null_if_invalid boolean
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.json_element(document, ARRAY[a, b, c, d], null_if_invalid)';
CREATE OR REPLACE FUNCTION pg_catalog.json_extract_path_text(
    document text, a text, b text, c text, d text, e text, null_if_invalid boolean
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT local_aws.json_element(document, ARRAY[a, b, c, d, e], null_if_invalid)';

CREATE OR REPLACE FUNCTION pg_catalog.json_extract_array_element_text(
    document text, index int, null_if_invalid boolean DEFAULT false
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN index >= 0 THEN local_aws.json_element(document, ARRAY[index::text], null_if_invalid) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.json_array_length(document text, null_if_invalid boolean DEFAULT false)
RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF NOT document IS JSON ARRAY THEN
        IF null_if_invalid THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'JSON parsing error' USING DETAIL = left(document, 200);
    END IF;
    RETURN json_array_length(document::json);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT $1 IS JSON OBJECT';
CREATE OR REPLACE FUNCTION pg_catalog.is_valid_json_array(text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1 IS JSON ARRAY';
