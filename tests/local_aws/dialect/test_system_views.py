"""System tables and views that administrators' scripts read."""

import pytest

from tests.local_aws.dialect.database import Database


@pytest.fixture(scope="module")
def shown(db: Database) -> Database:
    db.run("""
        create table shown (a int encode az64 distkey, b varchar(9) encode raw, c int) sortkey (c, a);
        create table everywhere (a int) diststyle all;
    """)
    return db


def test_every_one_can_be_read(db: Database) -> None:
    names = db.column(
        "select relname from pg_class where relkind = 'v' and relname ~ '^(stl|stv|svl|svv|sys)_' order by relname"
    )
    assert len(names) > 70
    for name in names:
        db.run(f"select * from {name} limit 1")


@pytest.mark.parametrize(
    "query",
    [
        "select table_id, alter_table_type, alter_from from sys_auto_table_optimization",
        "select query_id, count(*), sum(splits_scanned) from sys_load_detail group by 1",
        """select d.table_name, e.error_code from sys_external_query_detail d
           left join sys_external_query_error e using (user_id, query_id)""",
        """select mv_name, s.state, h.status from sys_mv_state s
           join sys_mv_refresh_history h using (database_name, mv_name) join svv_mv_info i on i.name = mv_name""",
    ],
)
def test_what_a_review_of_a_cluster_asks_for_has_no_rows(db: Database, query: str) -> None:
    assert db.run(query) == []


def test_views_without_rows_have_the_documented_types(db: Database) -> None:
    query = """
        select attname, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = 'sys_external_query_detail'::regclass and attnum > 16 order by attnum
    """
    assert db.run(query) == [
        ("external_query_text", "character varying"),
        ("warning_message", "character(4000)"),
        ("table_name", "character(136)"),
        ("is_recursive", "character(1)"),
        ("is_nested", "character(1)"),
        ("s3list_time", "bigint"),
        ("get_partition_time", "bigint"),
    ]


def test_pg_attribute_has_redshifts_columns(shown: Database) -> None:
    found = shown.run("""
        select a.attname, format_encoding(a.attencodingtype::integer), attisdistkey, attsortkeyord
        from pg_catalog.pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relname = 'shown' and attnum > 0 order by attnum
    """)
    assert found == [("a", "az64", True, 2), ("b", "none", False, 0), ("c", "none", False, 1)]


def test_pg_class_has_the_diststyle(shown: Database) -> None:
    query = "select relname, reldiststyle from pg_class where pg_class.relname in ('shown', 'everywhere')"
    assert sorted(shown.run(query)) == [("everywhere", 8), ("shown", 1)]


def test_blocks_and_slices(shown: Database) -> None:
    shown.run("insert into shown values (1, 'x', 2); analyze shown")
    assert shown.run("select slice, trim(name), rows from stv_tbl_perm where name = 'shown'") == [
        (0, "shown", 1)
    ]
    assert shown.run("select node, slice from stv_slices") == [(0, 0)]
    assert shown.column("select count(*) from stv_blocklist b join stl_scan s on s.tbl = b.tbl") == [0]


def test_sessions_are_called_procpid(db: Database) -> None:
    assert db.value(
        "(select current_query from pg_stat_activity where procpid = pg_backend_pid()) like '%procpid%'"
    )
