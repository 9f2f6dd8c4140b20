-- Views WITH NO SCHEMA BINDING: their tables may be missing, and may be dropped, made anew and changed. PostgreSQL binds
-- every view. So such a view forgets what it depends on, and is made anew from its text when that changes. As long as
-- it cannot be bound, it is a view that raises the reason when it is read.
CREATE TABLE IF NOT EXISTS local_aws.late_views (
    view oid PRIMARY KEY,
    columns text NOT NULL,
    query text NOT NULL,
    search_path text NOT NULL,
    failure text, -- why it is not bound
    uses oid[] NOT NULL, -- what it is bound to, with the names of that
    names text[] NOT NULL
);

CREATE OR REPLACE FUNCTION pg_catalog.local_aws_unbound(failure text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', failure USING ERRCODE = 'undefined_table';
END
$$;

-- Why a query cannot be bound; NULL when it can.
CREATE OR REPLACE FUNCTION local_aws.binding_failure(query text, path text) RETURNS text
LANGUAGE plpgsql SET search_path TO '' AS $$
BEGIN
    PERFORM set_config('search_path', path, true);
    EXECUTE format('SELECT FROM (%s) AS q WHERE false', query);
    RETURN NULL;
EXCEPTION
    WHEN undefined_table THEN
        IF SQLERRM ~ 'relation "[^."]*" does not exist' THEN
            RAISE EXCEPTION
                'All the relation names inside should be qualified when creating views with no schema binding.'
                USING ERRCODE = 'invalid_table_definition';
        END IF;
        RETURN SQLERRM;
    WHEN invalid_schema_name OR undefined_column OR undefined_function OR undefined_object THEN
        RETURN SQLERRM;
END
$$;

CREATE OR REPLACE FUNCTION local_aws.make_late_view(name text, columns text, query text, path text, failure text)
RETURNS oid LANGUAGE plpgsql SET search_path TO '' AS $$
BEGIN
    PERFORM set_config('search_path', path, true);
    IF failure IS NULL THEN
        EXECUTE format('CREATE VIEW %s %s AS %s', name, columns, query);
    ELSE
        EXECUTE format('CREATE VIEW %s AS SELECT NULL::int AS local_aws_unbound WHERE local_aws_unbound(%L)',
                       name, failure);
    END IF;
    RETURN name::regclass;
END
$$;

-- Note what a view is bound to, and let PostgreSQL forget it.
CREATE OR REPLACE FUNCTION local_aws.loosen(view_oid oid, columns text, query text, path text, failure text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $$
DECLARE
    used oid[];
BEGIN
    SELECT coalesce(array_agg(DISTINCT d.refobjid), '{}') INTO used
    FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = view_oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid NOT IN (view_oid)
      AND d.refobjid >= 16384;
    DELETE FROM pg_depend AS d USING pg_rewrite AS r
    WHERE r.ev_class = view_oid AND d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      AND d.refobjid <> view_oid AND d.refobjid >= 16384;
    INSERT INTO local_aws.late_views
    SELECT view_oid, columns, query, path, failure, used,
           (SELECT coalesce(array_agg(u::regclass::text ORDER BY n), '{}') FROM unnest(used) WITH ORDINALITY AS x (u, n));
END
$$;

-- Drop a view and make it anew, with its owner and its privileges.
CREATE OR REPLACE FUNCTION local_aws.remake_late_view(old oid, columns text, query text, path text, failure text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $$
DECLARE
    name text := old::regclass::text;
    kept pg_class;
    made oid;
    granted record;
BEGIN
    SELECT * INTO kept FROM pg_class WHERE oid = old;
    EXECUTE format('DROP VIEW %s', name);
    DELETE FROM local_aws.late_views WHERE view = old;
    made := local_aws.make_late_view(name, columns, query, path, failure);
    EXECUTE format('ALTER VIEW %s OWNER TO %I', name, pg_get_userbyid(kept.relowner));
    FOR granted IN SELECT privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who,
                          CASE WHEN is_grantable THEN 'WITH GRANT OPTION' ELSE '' END AS how
                   FROM aclexplode(kept.relacl)
    LOOP
        EXECUTE format('GRANT %s ON %s TO %s %s', granted.privilege_type, name, granted.who, granted.how);
    END LOOP;
    PERFORM local_aws.loosen(made, columns, query, path, failure);
END
$$;

-- Make views anew that are bound to what is gone, renamed or among `altered`, and those that are not bound yet and can be.
CREATE OR REPLACE FUNCTION local_aws.rebind_late_views(altered oid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $$
DECLARE
    late record;
    reason text;
    changed boolean := true;
BEGIN
    DELETE FROM local_aws.late_views AS l WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = l.view);
    WHILE changed LOOP
        changed := false;
        FOR late IN
            SELECT * FROM local_aws.late_views AS l
            WHERE failure IS NOT NULL OR uses && altered
               OR EXISTS (SELECT FROM unnest(uses, names) AS u (id, name) WHERE to_regclass(name) IS DISTINCT FROM id)
            ORDER BY view
        LOOP
            reason := local_aws.binding_failure(late.query, late.search_path);
            IF reason IS NULL OR late.failure IS NULL THEN
                PERFORM local_aws.remake_late_view(late.view, late.columns, late.query, late.search_path, reason);
                changed := true;
            END IF;
        END LOOP;
        altered := '{}';
    END LOOP;
END
$$;

CREATE OR REPLACE PROCEDURE pg_catalog.local_aws_late_view(name text, columns text, replace boolean, query text)
LANGUAGE plpgsql SET local_aws.rebinding TO 'on' AS $$
DECLARE
    qualified text := CASE WHEN strpos(name, '.') > 0 THEN name ELSE format('%I.%s', current_schema(), name) END;
    known oid := to_regclass(qualified);
    path text := '';
    failure text := local_aws.binding_failure(query, path);
BEGIN
    -- Tables have to be named with their schemas; functions need not.
    IF failure LIKE 'function %' THEN
        path := current_setting('search_path');
        failure := local_aws.binding_failure(query, path);
    END IF;
    IF replace AND EXISTS (SELECT FROM pg_class WHERE oid = known AND relkind = 'v') THEN
        IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = known), 'USAGE') THEN
            RAISE EXCEPTION 'must be owner of relation %', name USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM local_aws.remake_late_view(known, columns, query, path, failure);
    ELSE
        PERFORM local_aws.loosen(local_aws.make_late_view(qualified, columns, query, path, failure), columns, query,
                                 path, failure);
    END IF;
    PERFORM local_aws.rebind_late_views('{}');
END
$$;

CREATE OR REPLACE FUNCTION local_aws.rebind() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF coalesce(current_setting('local_aws.rebinding', true), '') <> 'on'
            AND EXISTS (SELECT FROM local_aws.late_views) THEN
        PERFORM set_config('local_aws.rebinding', 'on', true);
        PERFORM local_aws.rebind_late_views(ARRAY(
            SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass));
        PERFORM set_config('local_aws.rebinding', 'off', true);
    END IF;
END
$$;
DROP EVENT TRIGGER IF EXISTS local_aws_rebind;
CREATE EVENT TRIGGER local_aws_rebind ON ddl_command_end EXECUTE FUNCTION local_aws.rebind();

-- Called as SELECT ... FROM pg_get_late_binding_view_cols() AS c (view_schema name, view_name name, col_name name,
-- col_type varchar, col_num int).
CREATE OR REPLACE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::int
    FROM local_aws.late_views AS l
    JOIN pg_class AS c ON c.oid = l.view
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE l.failure IS NULL
$$;
