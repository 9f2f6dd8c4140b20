import pytest

from tests.local_aws.dialect.database import Database


@pytest.fixture(scope="module")
def shown(db: Database) -> Database:
    db.run("""
        create table shown (a int not null encode delta32k, b int distkey, c varchar(10) encode zstd, primary key (a))
        interleaved sortkey (a, b);
        create view seen as select a from shown;
        create temp table scratch (x int);
        create schema other; create table other.hidden (y int);
    """)
    return db


def test_pg_table_def_shows_keys_and_encodings_of_the_search_path(shown: Database) -> None:
    assert shown.run("select * from pg_table_def where tablename in ('shown', 'hidden')") == [
        ("public", "shown", "a", "integer", "delta32k", False, -1, True),
        ("public", "shown", "b", "integer", "none", True, 2, False),
        ("public", "shown", "c", "character varying(10)", "zstd", False, 0, False),
    ]


def test_svv_table_info(shown: Database) -> None:
    query = "select encoded, diststyle, sortkey1, sortkey_num from svv_table_info where \"table\" = 'shown'"
    assert shown.run(query) == [("Y", "KEY(b)", "a", 2)]


def test_rows_are_counted_as_soon_as_they_are_there(db: Database) -> None:
    db.run("create table counted as select 1 as a union all select 2; begin; insert into counted values (3)")
    query = """
        select i.tbl_rows, p.rows from svv_table_info i join stv_tbl_perm p on p.id = i.table_id
        where "table" = 'counted'
    """
    assert db.run(query) == [(3, 3)]
    db.run("rollback")
    assert db.run(query) == [(2, 2)]


def test_texts_are_shown_as_varchar(db: Database) -> None:
    db.run("create table literals as select 'a' as v")
    assert db.run("select type from pg_table_def where tablename = 'literals'") == [("character varying",)]
    for view in ("svv_columns", "information_schema.columns"):
        assert db.run(f"select data_type from {view} where table_name = 'literals'") == [
            ("character varying",)
        ]


def test_svv_tables_knows_tables_views_and_temporary_tables(shown: Database) -> None:
    query = "select table_name, table_type from svv_tables where table_name in ('shown', 'seen', 'scratch') order by 1"
    assert shown.run(query) == [("scratch", "BASE TABLE"), ("seen", "VIEW"), ("shown", "BASE TABLE")]
    assert shown.run("select count(*) from svv_tables where table_schema = 'local_aws'") == [(0,)]


@pytest.mark.parametrize(
    "view",
    """svv_columns svv_all_schemas svv_all_tables svv_all_columns svv_redshift_databases svv_redshift_schemas
    svv_redshift_tables svv_redshift_columns""".split(),  # noqa: SIM905
)
def test_views_with_rows(shown: Database, view: str) -> None:
    assert shown.run(f"select * from {view} limit 1")


def test_what_ran_shows_in_the_history_views(shown: Database) -> None:
    shown.run("""
        insert into local_aws.queries (pid, kind, text, endtime, status, error)
        values (pg_backend_pid(), 'CALL', 'call p()', getdate(), 'failed', 'ERROR: x');
        insert into local_aws.messages (query, loglevel, message) values (1, 30, 'said');
        insert into local_aws.load_errors (query, tbl, filename, line_number, err_reason)
        values (1, 100, 's3://b/k', 3, 'Invalid digit');
    """)
    assert shown.run("select status, query_text, error_message from sys_query_history") == [
        ("failed", "call p()", "ERROR: x")
    ]
    assert shown.run("select loglevel_text, message, aborted from svl_stored_proc_messages") == [
        ("INFO", "said", 1)
    ]
    assert shown.run("select line_number, err_reason from stl_load_errors") == [(3, "Invalid digit")]
    assert shown.run("select type, text from svl_statementtext") == [("UTILITY", "call p()")]
    assert shown.run("select querytxt from svl_stored_proc_call") == [("call p()",)]
    assert shown.run("select * from stl_query") == shown.run("select * from svl_qlog") == []
    assert shown.value("pg_last_query_id()") == 1


def test_the_version_names_redshift(db: Database) -> None:
    assert "Redshift" in str(db.value("version()"))


def test_users_are_shown_with_what_they_may(db: Database) -> None:
    db.run("create user shown_user password 'Secret1x' createdb connection limit 5")
    try:
        columns = "user_name, createdb, superuser, connection_limit"
        shown = db.run(f"select {columns} from svv_user_info where user_name = 'shown_user'")
        assert shown == [("shown_user", True, False, "5")]
        assert db.column("select useconnlimit from pg_user_info where usename = 'shown_user'") == ["5"]
    finally:
        db.run("drop user shown_user")


def test_information_schema_shows_keys(db: Database) -> None:
    db.run("create table keyed (a int primary key, b int not null references keyed, unique (b, a))")
    found = db.run("""
        select c.constraint_name, c.constraint_type,
            listagg(k.column_name, ',') within group (order by k.ordinal_position)
        from information_schema.table_constraints c
        left join information_schema.key_column_usage k using (constraint_name)
        where c.table_name = 'keyed' group by 1, 2 order by 1
    """)
    assert found == [
        ("keyed_b_a_key", "UNIQUE", "b,a"),
        ("keyed_b_fkey", "FOREIGN KEY", "b"),
        ("keyed_pkey", "PRIMARY KEY", "a"),
    ]
