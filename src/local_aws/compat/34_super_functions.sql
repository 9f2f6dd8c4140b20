-- Functions on SUPER: parsing, serializing, types of values, arrays and objects.
CREATE OR REPLACE FUNCTION pg_catalog.json_parse(document text) RETURNS super LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF NOT document IS JSON THEN
        RAISE EXCEPTION 'JSON parsing error' USING DETAIL = left(document, 200);
    END IF;
    RETURN local_aws.super_of(document::json);
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.can_json_parse(document text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT document IS JSON';
-- JSON_SERIALIZE, ARRAY and OBJECT are spelt so by the dialect, as PostgreSQL has its own grammar for them.
CREATE OR REPLACE FUNCTION pg_catalog.local_aws_json_serialize(value super) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT local_aws.json_of(value)::text::varchar';
CREATE OR REPLACE FUNCTION pg_catalog.json_size(value super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT octet_length(local_aws.json_of(value)::text)';

CREATE OR REPLACE FUNCTION pg_catalog.json_typeof(value super) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT json_typeof(local_aws.json_of(value))::varchar';
CREATE OR REPLACE FUNCTION pg_catalog.is_array(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'array' $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_object(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'object' $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_scalar(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) IN ('string', 'number', 'boolean', 'null') $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_boolean(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'boolean' $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_varchar(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'string' $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_char(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'string' AND octet_length(local_aws.kept(value)) = length(local_aws.kept(value)) $$;

-- A number with a point and no exponent is a decimal, unless it has more than 38 digits; with an exponent, a float.
CREATE OR REPLACE FUNCTION local_aws.integer_of(value super) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE WHEN local_aws.kept(value) ~ E'^\x01-?[0-9]+$' THEN local_aws.number_of(value) END $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_smallint(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT coalesce(local_aws.integer_of(value) BETWEEN -32768 AND 32767, false) $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_integer(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT coalesce(local_aws.integer_of(value) BETWEEN -2147483648 AND 2147483647, false) $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_bigint(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT coalesce(local_aws.integer_of(value) BETWEEN -9223372036854775808 AND 9223372036854775807, false) $$;
CREATE OR REPLACE FUNCTION pg_catalog.is_decimal(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT local_aws.kept(value) ~ E'^\x01-?[0-9]+([.][0-9]+)?$' AND length(translate(local_aws.kept(value), E'\x01-.', '')) <= 38
$$;
CREATE OR REPLACE FUNCTION pg_catalog.is_float(value super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_typeof(value) = 'number' AND local_aws.kept(value) ~ '[.eE]' $$;
CREATE OR REPLACE FUNCTION pg_catalog.decimal_precision(value super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN is_decimal(value) THEN greatest(1, length(ltrim(translate(local_aws.kept(value), E'\x01-.', ''), '0'))) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.decimal_scale(value super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN is_decimal(value) THEN length(split_part(local_aws.kept(value), '.', 2)) END
$$;

-- Arrays and objects. The engine's own functions take arguments of any type; their blanks go in super_of.
CREATE OR REPLACE FUNCTION local_aws.json_array(VARIADIC "any") RETURNS json LANGUAGE internal STABLE PARALLEL SAFE
AS 'json_build_array';
CREATE OR REPLACE FUNCTION local_aws.json_array() RETURNS json LANGUAGE sql STABLE AS $$ SELECT '[]'::json $$;
CREATE OR REPLACE FUNCTION local_aws.json_object(VARIADIC "any") RETURNS json LANGUAGE internal STABLE PARALLEL SAFE
AS 'json_build_object';
CREATE OR REPLACE FUNCTION local_aws.json_object() RETURNS json LANGUAGE sql STABLE AS $$ SELECT '{}'::json $$;
CREATE OR REPLACE FUNCTION local_aws.elements_of(value super) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE WHEN is_array(value) THEN local_aws.json_of(value) END $$;
CREATE OR REPLACE FUNCTION local_aws.array_of(elements json[]) RETURNS super LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT local_aws.super_of(array_to_json(coalesce(elements, '{}'))) $$;

CREATE OR REPLACE FUNCTION pg_catalog.get_array_length(value super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS 'SELECT json_array_length(local_aws.elements_of(value))';
CREATE OR REPLACE FUNCTION pg_catalog.array_concat(a super, b super) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN is_array(a) AND is_array(b) THEN local_aws.array_of(
        ARRAY(SELECT json_array_elements(local_aws.elements_of(a))) || ARRAY(SELECT json_array_elements(local_aws.elements_of(b)))) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.array_flatten(value super) RETURNS super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN is_array(value) THEN local_aws.array_of(ARRAY(
        SELECT local_aws.leaves(local_aws.elements_of(value)))) END
$$;
CREATE OR REPLACE FUNCTION local_aws.leaves(elements json) RETURNS SETOF json LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    element json;
BEGIN
    FOR element IN SELECT json_array_elements(elements) LOOP
        IF json_typeof(element) = 'array' THEN
            RETURN QUERY SELECT local_aws.leaves(element);
        ELSE
            RETURN NEXT element;
        END IF;
    END LOOP;
END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.subarray(value super, start int, size int DEFAULT NULL) RETURNS super
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN is_array(value) THEN local_aws.array_of(ARRAY(
        SELECT e FROM json_array_elements(local_aws.elements_of(value)) WITH ORDINALITY AS a (e, n)
        WHERE n > start AND (size IS NULL OR n <= start + size) ORDER BY n)) END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.split_to_array(value text, delimiter text DEFAULT ',') RETURNS super
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT local_aws.super_of(to_json(string_to_array(value, delimiter))) $$;
CREATE OR REPLACE FUNCTION local_aws.with_names(document json, upper_case boolean) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE json_typeof(document)
        WHEN 'object' THEN (SELECT coalesce(json_object_agg(CASE WHEN upper_case THEN upper(key) ELSE lower(key) END,
                                                            local_aws.with_names(value, upper_case)), '{}') FROM json_each(document))
        WHEN 'array' THEN (SELECT coalesce(json_agg(local_aws.with_names(e, upper_case) ORDER BY n), '[]')
                           FROM json_array_elements(document) WITH ORDINALITY AS a (e, n))
        ELSE document END
$$;
CREATE OR REPLACE FUNCTION pg_catalog.lower_attribute_names(value super) RETURNS super LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT local_aws.super_of(local_aws.with_names(local_aws.json_of(value), false))';
CREATE OR REPLACE FUNCTION pg_catalog.upper_attribute_names(value super) RETURNS super LANGUAGE sql IMMUTABLE STRICT
AS 'SELECT local_aws.super_of(local_aws.with_names(local_aws.json_of(value), true))';

-- Comparisons go by the values' types at run time; two of different types are unequal, and neither is less.
CREATE OR REPLACE FUNCTION local_aws.super_equal(a super, b super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN local_aws.kept(a) ~ E'^\x01[-0-9]' AND local_aws.kept(b) ~ E'^\x01[-0-9]'
                THEN local_aws.number_of(a) = local_aws.number_of(b) ELSE local_aws.kept(a) = local_aws.kept(b) END
$$;
-- For sorting: null, boolean, number, string, array, object; within a type, by value.
CREATE OR REPLACE FUNCTION local_aws.super_order(a super, b super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN json_typeof(a) <> json_typeof(b) THEN
            sign(array_position(ARRAY['null', 'boolean', 'number', 'string', 'array', 'object'], json_typeof(a)::text)
               - array_position(ARRAY['null', 'boolean', 'number', 'string', 'array', 'object'], json_typeof(b)::text))::int
        WHEN json_typeof(a) = 'number' THEN sign(local_aws.number_of(a) - local_aws.number_of(b))::int
        ELSE bpcharcmp(local_aws.kept(a)::bpchar, local_aws.kept(b)::bpchar) END
$$;
CREATE OR REPLACE FUNCTION local_aws.super_hash(value super) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE json_typeof(value) WHEN 'number' THEN hash_numeric(local_aws.number_of(value)) ELSE hashbpchar(local_aws.kept(value)::bpchar) END
$$;
DO $$
DECLARE
    symbol text;
    name text;
BEGIN
    IF to_regoperator('pg_catalog.=(super, super)') IS NOT NULL THEN
        RETURN;
    END IF;
    FOR symbol, name IN VALUES ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge') LOOP
        EXECUTE format('CREATE FUNCTION local_aws.super_%s(a super, b super) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS %L',
            name, CASE symbol WHEN '=' THEN 'SELECT local_aws.super_equal(a, b)'
                WHEN '<>' THEN 'SELECT NOT local_aws.super_equal(a, b)'
                ELSE format('SELECT local_aws.super_order(a, b) %s 0', symbol) END);
        EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = super, FUNCTION = local_aws.super_%s%s)',
            symbol, name, CASE symbol WHEN '=' THEN ', HASHES, MERGES' ELSE '' END);
    END LOOP;
    CREATE OPERATOR CLASS pg_catalog.super_hash_ops DEFAULT FOR TYPE super USING hash AS OPERATOR 1 =, FUNCTION 1 local_aws.super_hash(super);
    CREATE OPERATOR CLASS pg_catalog.super_ops DEFAULT FOR TYPE super USING btree AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 local_aws.super_order(super, super);
    -- Arithmetic gives SUPER again; integers divide as integers.
    FOR symbol, name IN VALUES ('+', 'plus'), ('-', 'minus'), ('*', 'times'), ('/', 'divided'), ('%', 'modulo') LOOP
        EXECUTE format('CREATE FUNCTION local_aws.super_%s(a super, b super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS %L', name,
            CASE symbol WHEN '/' THEN 'SELECT CASE WHEN scale(local_aws.number_of(a)) + scale(local_aws.number_of(b)) = 0'
                ' THEN div(local_aws.number_of(a), local_aws.number_of(b)) ELSE local_aws.number_of(a) / local_aws.number_of(b) END::super'
            ELSE format('SELECT (local_aws.number_of(a) %s local_aws.number_of(b))::super', symbol) END);
        EXECUTE format('CREATE OPERATOR pg_catalog.%s (LEFTARG = super, RIGHTARG = super, FUNCTION = local_aws.super_%s)', symbol, name);
    END LOOP;
END
$$;
-- A date is compared with what the value is as a date, anything else with a value of its own type only.
SELECT local_aws.add_operators($$
    SELECT symbol, 'super_' || name, s.a, s.b, 'boolean'::regtype,
           CASE WHEN type IN ('date', 'timestamp') THEN format('SELECT $1::%s %s $2::%1$s', type, symbol)
                ELSE format('SELECT CASE WHEN json_typeof($1::super) = json_typeof($2::super) THEN $1::super %s $2::super ELSE %s END',
                            symbol, CASE symbol WHEN '=' THEN 'false' WHEN '<>' THEN 'true' ELSE 'NULL' END) END
    FROM (VALUES ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge')) AS o (symbol, name),
         unnest(ARRAY['int', 'bigint', 'numeric', 'float8', 'text', 'boolean', 'date', 'timestamp']::regtype[]) AS type,
         LATERAL (VALUES ('super'::regtype, type), (type, 'super')) AS s (a, b) $$);
SELECT local_aws.add_operators($$
    SELECT symbol, 'super_' || name, s.a, s.b, 'super'::regtype, format('SELECT $1::super %s $2::super', symbol)
    FROM (VALUES ('+', 'plus'), ('-', 'minus'), ('*', 'times'), ('/', 'divided'), ('%', 'modulo')) AS o (symbol, name),
         unnest(ARRAY['int', 'bigint', 'numeric', 'float8']::regtype[]) AS type,
         LATERAL (VALUES ('super'::regtype, type), (type, 'super')) AS s (a, b) $$);
CREATE OR REPLACE FUNCTION local_aws.larger(a super, b super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS 'SELECT CASE WHEN a >= b THEN a ELSE b END';
CREATE OR REPLACE FUNCTION local_aws.smaller(a super, b super) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS 'SELECT CASE WHEN a <= b THEN a ELSE b END';
CREATE OR REPLACE AGGREGATE pg_catalog.max(super) (SFUNC = local_aws.larger, STYPE = super);
CREATE OR REPLACE AGGREGATE pg_catalog.min(super) (SFUNC = local_aws.smaller, STYPE = super);
CREATE OR REPLACE AGGREGATE pg_catalog.sum(super) (SFUNC = local_aws.super_plus, STYPE = super);
