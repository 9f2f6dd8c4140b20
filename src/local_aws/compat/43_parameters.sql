-- SET_CONFIG reaches what Redshift has of the engine's parameters, and those of one's own: the dialect reads names in literals only.
-- The engine's own function, under another name, is not for users; UPDATE of pg_settings would call it too.
SELECT local_aws.set_aside('set_config(text,text,boolean)');
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_set_config(text, text, boolean) FROM PUBLIC;
REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;
CREATE OR REPLACE FUNCTION pg_catalog.set_config(name text, value text, is_local boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF lower(name) NOT IN ('datestyle', 'timezone', 'extra_float_digits', 'search_path', 'statement_timeout', 'client_encoding',
                           'application_name', 'intervalstyle', 'standard_conforming_strings', 'seed')
       AND (strpos(name, '.') = 0 OR name ILIKE 'plpgsql.%') THEN
        RAISE EXCEPTION 'unrecognized configuration parameter "%"', name USING ERRCODE = '42704';
    END IF;
    RETURN pg_catalog.pg_set_config(name, value, is_local);
END
$$;
