"""Statements that Redshift's users write every day, against PostgreSQL."""

import psycopg
import pytest
from psycopg import errors

from local_aws.dialect import written_table
from tests.local_aws.dialect.database import Database


def test_quoted_names_fold_to_lower_case(db: Database) -> None:
    db.run('create table "Folded" ("MixedCase" int, "sPace d" int); insert into FOLDED values (1, 2)')
    assert db.run('select "MIXEDCASE", mixedcase as "Alias", "space D" from "foldeD"') == [(1, 1, 2)]
    cursor = db.connection.execute(
        b"select column_name from information_schema.columns where table_name = 'folded'"
    )
    assert cursor.fetchall() == [("mixedcase",), ("space d",)]
    db.run(
        'create procedure "Fold"() as $$ begin execute(\'insert into "FOLDED" values (3, 4)\'); end $$ language plpgsql'
    )
    db.run("call fold()")
    assert db.run('select count(*) from "Folded"') == [(2,)]


def test_execute_needs_no_blank(db: Database) -> None:
    db.run("""
        create procedure unspaced(n varchar) as $$
        begin
            execute('create table unspaced_a (a int distkey)');
            execute('create table ' || n || ' (a int distkey)');
        end $$ language plpgsql;
        call unspaced('unspaced_b');
    """)
    assert db.run("select count(*) from unspaced_a, unspaced_b") == [(0,)]


def test_varchar_columns_change_their_length(db: Database) -> None:
    db.run("""
        create table sized (v varchar(10), w varchar(5) default 'w', i int, k varchar(3) unique,
            e varchar(3) encode text255);
        insert into sized (v) values ('0123456789');
        alter table sized alter column v type varchar(20);
    """)
    assert db.run("select type from pg_table_def where tablename = 'sized' and \"column\" = 'v'") == [
        ("character varying(20)",)
    ]
    for change, words in (
        ("v type varchar(20)", "target column size should be different"),
        ("v type varchar(3)", "value too long|exceed"),
        ("w type varchar(4)", "cannot decrease a VARCHAR column size with default value"),
        ("i type bigint", "does not support ALTER COLUMN TYPE other than VARCHAR"),
        ("v type int", "does not support ALTER COLUMN TYPE other than VARCHAR"),
        ("k type varchar(30)", "does not support ALTER COLUMN TYPE of a key's column"),
        ("e type varchar(30)", "does not support ALTER COLUMN TYPE of this encoding"),
        ("nothing type varchar(30)", 'column "nothing" of relation "sized" does not exist'),
    ):
        with pytest.raises(psycopg.Error, match=words):
            db.run(f"alter table sized alter column {change}")
    db.run("begin")
    with pytest.raises(
        errors.ActiveSqlTransaction, match="ALTER TABLE ALTER COLUMN cannot run inside a transaction"
    ):
        db.run("alter table sized alter column v type varchar(30)")
    db.run("rollback")


def test_merge_remove_duplicates(db: Database) -> None:
    db.run(r"""
        create table merged (id int, name char(10));
        insert into merged values (30, 'Tony'), (30, 'Daisy'), (11, 'Alice'), (23, 'Bill'), (23, 'Nikki');
        create temp table #arrived (like merged);
        insert into #arrived values (23, 'David'), (22, 'O\'Neil');
        merge into merged using #arrived as a on merged.id = a.id remove duplicates;
    """)
    assert db.run("select id, trim(name) from merged order by 1, 2") == [
        (11, "Alice"),
        (22, "O'Neil"),
        (23, "David"),
        (30, "Daisy"),
        (30, "Tony"),
    ]
    db.run("insert into #arrived values (23, 'Again')")
    with pytest.raises(errors.CardinalityViolation, match="Found multiple matches to update the same tuple"):
        db.run("merge into merged using #arrived as a on merged.id = a.id remove duplicates")
    assert db.run("select count(*) from merged") == [(5,)]


def test_late_binding_views_outlive_their_tables(db: Database) -> None:
    view = 'create view {0} as select * from public."Late_T" where a > 0 with no schema binding'
    db.run(view.format("late_v"))
    db.run("create view late_w as select count(*) as n from public.late_v with no schema binding")
    with pytest.raises(errors.UndefinedTable, match=r'relation "public.late_t" does not exist'):
        db.run("select * from late_v")
    db.run(
        "grant select on late_v to public; create table late_t (a int, b int); insert into late_t values (1, 2)"
    )
    assert db.run("select * from late_v") == [(1, 2)]
    assert db.run("select * from late_w") == [(1,)]
    # As dbt replaces a table.
    db.run("""
        create table late_new (a int, c varchar);
        insert into late_new values (5, 'c'), (6, 'd');
        alter table late_t rename to late_old;
        alter table late_new rename to late_t;
        drop table late_old cascade;
    """)
    assert db.run("select * from late_v order by a") == [(5, "c"), (6, "d")]
    db.run("alter table late_t add column z int default 9")
    assert db.run("select z from late_v") == [(9,), (9,)]
    db.run("drop table late_t")
    with pytest.raises(errors.UndefinedTable, match=r'relation "public.late_t" does not exist'):
        db.run("select count(*) from late_w")
    db.run("create or replace view late_v as select 7 as seven with no schema binding")
    assert db.run("select * from late_v") == [(7,)]
    assert db.run("select n from late_w") == [(1,)]
    assert db.run("select has_table_privilege('public', 'late_v', 'select')") == [(True,)]
    assert db.run("""
        select view_name, col_name, col_type from pg_get_late_binding_view_cols()
        cols (view_schema name, view_name name, col_name name, col_type varchar, col_num int) order by 1
    """) == [("late_v", "seven", "integer"), ("late_w", "n", "bigint")]
    db.run("drop view late_w; drop view late_v; create table late_t (a int)")
    assert db.run("select count(*) from pg_views where viewname like 'late%'") == [(0,)]


def test_late_binding_views_name_the_schemas_of_their_tables(db: Database) -> None:
    db.run("create table unqualified (a int)")
    with pytest.raises(
        psycopg.Error, match="All the relation names inside should be qualified when creating views"
    ):
        db.run("create view late_u as select * from unqualified with no schema binding")
    with pytest.raises(errors.SyntaxError):
        db.run("create view late_u as select from where with no schema binding")


def test_prepared_statements(db: Database) -> None:
    db.run("create table prepared (a int, b varchar)")
    db.run("prepare put (int, varchar) as insert into prepared values ($1, $2)")
    db.run("execute put(1, 'x')")
    db.run("prepare remove (int) as delete prepared where a = $1")
    db.run("execute remove(1)")
    db.run("deallocate put; deallocate prepare remove")
    assert db.run("select count(*) from prepared") == [(0,)]


def test_show_lists_objects(db: Database) -> None:
    name = str(db.value("current_database()"))
    db.run("""
        create schema shown;
        create table shown.sales (id int not null distkey, "Day" date default '2020-01-01', v varchar(9) encode zstd,
            t numeric(8,2), primary key (id)) sortkey (day, id);
        create view shown.v as select 1 as a;
        create view shown.lv as select id from shown.sales with no schema binding;
        create procedure shown.p(a int, inout b varchar) as $$ begin null; end $$ language plpgsql;
        create function shown.f(int, numeric(5, 2)) returns int stable as $$ select $1 $$ language sql;
    """)
    assert name in db.column("show databases like 'test%'")
    assert db.run(f"show schemas from database {name} like 'sho_n'")[0][:2] == (name, "shown")
    listed = db.run(f"show tables from schema {name}.shown")
    assert [(row[2], row[3], row[9], row[10]) for row in listed] == [
        ("lv", "VIEW", None, "LATE BINDING VIEW"),
        ("sales", "TABLE", "KEY(id)", "REGULAR TABLE"),
        ("v", "VIEW", None, "REGULAR VIEW"),
    ]
    assert [row[2] for row in db.run("show tables from schema shown like '%v' limit 1")] == ["lv"]
    columns = db.run(f"show columns from table {name}.shown.sales")
    assert [(row[3], row[4], row[6], row[7], *row[12:16]) for row in columns] == [
        ("id", 1, "NO", "integer", "COMPOUND", 2, 1, "none"),
        ("day", 2, "YES", "date", "COMPOUND", 1, 0, "none"),
        ("v", 3, "YES", "character varying", None, 0, 0, "zstd"),
        ("t", 4, "YES", "numeric", None, 0, 0, "none"),
    ]
    assert db.run("show procedures from schema shown") == [
        (name, "shown", "p", 2, "integer, character varying", "character varying", None)
    ]
    assert db.run("show functions from schema shown like 'f'") == [
        (name, "shown", "f", 2, "integer, numeric", "integer", None)
    ]
    with pytest.raises(errors.FeatureNotSupported, match="names of other databases"):
        db.run("show tables from schema elsewhere.shown")


def test_show_defines_tables_and_views(db: Database) -> None:
    db.run("""
        create table defined (id int identity(3, 2), a varchar(5) not null default 'x', b timestamp encode raw,
            c float distkey, primary key (id), foreign key (a) references other (x)) interleaved sortkey (a, b);
        create view defining as select 1 as a;
        create view defining_late as select 1 as a with no schema binding;
        create table plain (a int);
    """)
    [(text,)] = db.run("show table public.defined")
    assert text == (
        "CREATE TABLE public.defined (\n"
        "    id integer NOT NULL IDENTITY(3,2) ENCODE az64,\n"
        "    a character varying(5) NOT NULL DEFAULT 'x'::character varying,\n"
        "    b timestamp without time zone ENCODE raw,\n"
        "    c double precision distkey,\n"
        "    PRIMARY KEY (id),\n"
        "    FOREIGN KEY (a) REFERENCES other (x)\n"
        ")\n"
        "DISTSTYLE KEY\n"
        "INTERLEAVED SORTKEY ( a, b );"
    )
    [(text,)] = db.run("show table plain")
    assert text == "CREATE TABLE public.plain (\n    a integer ENCODE az64\n)\nDISTSTYLE AUTO;"
    assert db.run("show view defining") == [("SELECT 1 AS a;",)]
    [(text,)] = db.run("show view defining_late")
    assert "select 1 as a WITH NO SCHEMA BINDING" in str(text)
    with pytest.raises(errors.UndefinedTable):
        db.run("show table nothing_of_the_kind")


def test_settings_have_a_value_from_the_beginning(db: Database) -> None:
    assert db.run("show enable_case_sensitive_identifier") == [("off",)]
    assert db.run("show query_group") == [("unset",)]
    db.run("set query_group to 'x'")
    assert db.run("show query_group") == [("x",)]


def test_names_of_other_databases_are_refused_and_those_of_this_one_are_not(db: Database) -> None:
    name = db.value("current_database()")
    db.run(f"create table {name}.public.parts (a int); insert into {name}.public.parts values (1)")
    assert db.run(f"select {name}.public.parts.a from {name}.public.parts") == [(1,)]
    with pytest.raises(errors.FeatureNotSupported):
        db.run("select * from elsewhere.public.parts")


def test_statements_without_an_effect_here_are_accepted(db: Database) -> None:
    db.run("""
        create schema quoted_schema quota 5 gb;
        alter schema quoted_schema quota unlimited;
        create table base (a int);
        create materialized view mv backup no diststyle all sortkey (a) auto refresh yes as select a from base;
        alter materialized view mv auto refresh no;
        refresh materialized view mv;
        create user idle password disable session timeout 60 syslog access restricted connection limit unlimited;
        alter user idle reset session timeout;
        create role reader;
        grant role reader to idle;
        drop role reader force;
        drop user idle;
    """)
    assert db.run("select count(*) from mv") == [(0,)]


def test_cancel(db: Database) -> None:
    with pytest.raises(errors.QueryCanceled):
        db.run(f"cancel {db.value('pg_backend_pid()')} 'too slow'; select pg_sleep(1)")
    with pytest.raises(errors.UndefinedObject, match="does not exist"):
        db.run("cancel 1")


def test_update_and_delete_may_follow_with(db: Database) -> None:
    db.run("create table held (a int); insert into held values (1), (2), (3)")
    db.run("with w as (select 1 as a) update held set a = 10 where a in (select a from w)")
    db.run(
        "with recursive w as (select 2 as a), v (b) as (select a from w) delete held where a in (select b from v)"
    )
    assert db.run("select a from held order by a") == [(3,), (10,)]
    assert written_table("with w as (select 1) update s.held set a = 1") == "s.held"


def test_parameters_that_only_redshift_has_are_read_by_their_names(db: Database) -> None:
    db.run("select set_config('query_group', 'nightly', false)")
    assert db.column("select current_setting('query_group')") == ["nightly"]
    settings = {row[0]: row[1] for row in db.run("show all")}
    assert settings["query_group"] == "nightly"
    assert settings["wlm_query_slot_count"] == "1"
    assert "work_mem" not in settings
    db.run("reset query_group; set app.user to 'bob'; set timezone interval '-8 hours'")
    assert db.column("select current_setting('app.user')") == ["bob"]
    assert db.column("show app.user") == ["bob"]
    assert db.column("select date_part(hour, '2020-01-01 12:00:00+00'::timestamptz)") == [4]
    db.run("reset timezone")


def test_a_role_that_somebody_has_is_dropped_by_force_only(db: Database) -> None:
    db.run("create role held; create user holder password 'Abcd1234'; grant role held to holder")
    with pytest.raises(psycopg.Error, match="cannot drop this role since it has been granted on a user"):
        db.run("drop role held")
    db.run("drop role held force; drop role if exists held; drop user holder")
    assert db.run("select 1 from pg_catalog.pg_roles where rolname = 'held'") == []


def test_a_table_may_have_the_name_of_what_grant_refuses(db: Database) -> None:
    db.run("create table account (a int); create user granted password 'Abcd1234'")
    db.run("grant select on account to granted; revoke select on account from granted; drop user granted")
    assert db.run("select count(*) from account") == [(0,)]
