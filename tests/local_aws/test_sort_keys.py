"""A sort key leaves out the blocks that cannot hold what is asked for, and no catalogue view shows how."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sql.warehouse import Warehouse

ROWS = 100_000
FILL = (
    "insert into sorted with recursive numbers (n) as"
    f" (select 1 union all select n + 1 from numbers where n < {ROWS})"
    " select dateadd(day, n / 1000, '2016-01-01'::date)::date, n from numbers"
)
ONE_DAY = "select count(*) from sorted where d = '2016-02-01'"


@pytest.fixture(scope="module")
def sorted_rows(data_api: Any) -> Iterator[Warehouse]:
    """Provide a database with a sorted table of its own."""
    default = Warehouse(data_api, "dev")
    default.run("create database sort_keys")
    warehouse = Warehouse(data_api, "sort_keys")
    warehouse.run("create table sorted (d date, n integer) compound sortkey (d, n)")
    warehouse.run(FILL)
    yield warehouse
    default.run("drop database sort_keys")


def plan(warehouse: Warehouse, query: str) -> str:
    """Return the plan of a query, as one text."""
    return "\n".join(line for (line,) in warehouse.rows(f"explain {query}"))


def test_a_query_of_one_day_reads_its_blocks_only(sorted_rows: Warehouse) -> None:
    """By the load itself: what it has filled is summarised and analysed when it ends."""
    assert sorted_rows.rows(ONE_DAY) == [(1000,)]
    assert "Bitmap Index Scan on local_aws_sortkey_" in plan(sorted_rows, ONE_DAY)
    # A second load, which the first one's summary knows nothing of.
    sorted_rows.run(FILL.replace("2016", "2026"))
    later = ONE_DAY.replace("2016", "2026")
    assert sorted_rows.rows(later) == [(1000,)]
    assert "Bitmap Index Scan" in plan(sorted_rows, later)
    assert sorted_rows.rows(ONE_DAY) == [(1000,)]


def test_a_load_by_a_procedure_is_summarised_as_well(sorted_rows: Warehouse) -> None:
    body = FILL.replace("2016", "2006")
    sorted_rows.run(f"create procedure fill() as $$ begin lock table sorted; {body}; end $$ language plpgsql")
    sorted_rows.run("call fill()")
    # How many ranges of blocks are left to be summarised.
    left = "select pg_catalog.brin_summarize_new_values(index::regclass) from local_aws.sort_keys"
    assert sorted_rows.rows(f"{left} where relation = 'sorted'::regclass") == [(0,)]
    assert sorted_rows.rows(ONE_DAY.replace("2016", "2006")) == [(1000,)]


@pytest.mark.parametrize(
    "query",
    [
        "select indexname from pg_indexes where tablename = 'sorted'",
        "select indexrelid from pg_index where indrelid = 'sorted'::regclass",
        "select relname from pg_class where relname like 'local_aws%'",
        "select relname from pg_catalog.pg_class c join pg_attribute a on a.attrelid = c.oid where relkind = 'i'"
        " and relname like 'local_aws%'",
        "select indexrelname from pg_stat_user_indexes",
        "select table_name from svv_tables where table_name like 'local_aws%'",
    ],
)
def test_no_catalogue_view_shows_it(sorted_rows: Warehouse, query: str) -> None:
    assert sorted_rows.rows(query) == []


def indexed(warehouse: Warehouse, table: str) -> str:
    """Return the columns of a table's sort key by which blocks are left out; empty if there are none."""
    sql = "select pg_catalog.pg_get_indexdef(index) from local_aws.sort_keys"
    found = warehouse.rows(f"{sql} where relation = '{table}'::regclass")
    return re.findall(r"USING brin \((.*)\) WITH", found[0][0])[0] if found else ""


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("(b boolean, d date) sortkey (b, d)", ""),
        ("(d date, b boolean) sortkey (d, b)", "d"),
        ("(name varchar(20), n decimal(9, 2)) interleaved sortkey (name, n)", "name, n"),
        ("(t timestamp sortkey)", "t"),
        ("(s super, n integer) sortkey (n)", "n"),
        ("(like sorted)", "d, n"),
        ("(n integer)", ""),
    ],
)
def test_which_keys_help(sorted_rows: Warehouse, table: str, columns: str) -> None:
    sorted_rows.run(f"create table other {table}")
    try:
        assert indexed(sorted_rows, "other") == columns
    finally:
        sorted_rows.run("drop table other")


def test_the_key_may_change(sorted_rows: Warehouse) -> None:
    sorted_rows.run("create table changing (d date, n integer) sortkey (d)")
    sorted_rows.run("alter table changing alter sortkey (n)")
    assert indexed(sorted_rows, "changing") == "n"
    sorted_rows.run("alter table changing alter sortkey none")
    assert indexed(sorted_rows, "changing") == ""
    sorted_rows.run("drop table changing")


def test_the_catalogue_knows_how_many_rows_a_load_has_left(sorted_rows: Warehouse) -> None:
    count = "select estimated_visible_rows from svv_table_info where \"table\" = 'few'"
    sorted_rows.run("create table few (d date) sortkey (d)")
    sorted_rows.run(
        "create procedure few_rows() as $$ begin insert into few values ('2016-01-01'), ('2016-01-02');"
        " end $$ language plpgsql"
    )
    sorted_rows.run("call few_rows()")
    assert sorted_rows.rows(count) == [(2,)]
    sorted_rows.run("call few_rows()")
    assert sorted_rows.rows(count) == [(4,)]
