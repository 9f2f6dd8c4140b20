-- SUPER by dots, brackets and FROM: what queries are rewritten to, beside the functions of 33_super.sql.

-- An attribute whose name has capitals: folded as names are, unless the session is told to tell them apart.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_attribute(value super, spelt text, quoted boolean) RETURNS super
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT local_aws_member(value, CASE
        WHEN current_setting('local_aws.enable_case_sensitive_super_attribute', true) IN ('true', 'on', '1')
          OR (quoted AND current_setting('local_aws.enable_case_sensitive_identifier', true) IN ('true', 'on', '1'))
        THEN spelt ELSE lower(spelt) END)
$$;
-- The elements alone, so that an item of FROM has one column.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_items(value super) RETURNS SETOF super
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT element FROM local_aws_elements(value)';
-- The catalog's own arrays are stepped into by the same rule.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_element(elements anyarray, index bigint) RETURNS anyelement
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT elements[index]';
