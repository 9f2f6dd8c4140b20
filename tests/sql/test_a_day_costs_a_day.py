"""No statement of a daily run reads all of the facts, of their source or of their rejections."""

import pytest

from prefect_redshift.pipeline.script_text import parts_of
from tests.sql.checks import checks
from tests.sql.sales import LOAD
from tests.sql.warehouse import SQL, Warehouse

DAY = "2026-11-22"
GROWING = ("store_sales", "store_sales_rejected", "src_store_sales")
# A hundred rows a day, of eight years before the sample's days that the checks look at.
DAYS = """with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 299999)
, days as (select n, dateadd(day, n / 100, '2016-01-01'::date)::date as d from numbers)"""
HISTORY = [
    f"insert into {table} {DAYS} select {columns} from days"
    for table, columns in {
        "store_sales": "to_char(d, 'YYYYMMDD')::integer, 1, 1, 2, 9, n, 1, 5.99, 5.99",
        "store_sales_rejected": "d, 9, n, 'ITEM0001', 'CUST0001', 1, 5.99, 'old', d",
        "src_store_sales": "d, 9, n, 'ITEM0001', 'CUST0001', 1, 5.99",
    }.items()
]
CHECKS = {
    check.name: check.sql for name in ("validate_sql_statement.sql", "checks.sql") for check in checks(name)
}


@pytest.fixture(scope="module")
def beside_history(loaded: Warehouse) -> Warehouse:
    """Provide the module's database with eight years of history."""
    for sql in HISTORY:
        loaded.run(sql)
    return loaded


def tables_read_whole(warehouse: Warehouse, sql: str, **parameters: str) -> set[str]:
    """Return which of the growing tables the plan of a query reads from end to end."""
    plan = [line for (line,) in warehouse.rows(f"explain {sql}", **parameters)]
    return {table for table in GROWING if any(f"Seq Scan on {table} " in f"{line} " for line in plan)}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_reads_a_day_or_a_window(beside_history: Warehouse, name: str) -> None:
    parameters = {"run_date": DAY} if ":run_date" in CHECKS[name] else {}
    assert tables_read_whole(beside_history, CHECKS[name], **parameters) == set()


def test_what_reads_a_table_whole_is_seen(beside_history: Warehouse) -> None:
    """So that the tests beside it can fail."""
    assert tables_read_whole(beside_history, "select max(ss_ticket_number) from store_sales") == {
        "store_sales"
    }


def test_finding_days_reads_the_days_between(beside_history: Warehouse) -> None:
    (find_days,) = parts_of((SQL / "steps.sql").read_text(), "step", "steps.sql")["find_days"]
    days = {"first_day": "2026-10-13", "last_day": "2026-11-21"}
    assert tables_read_whole(beside_history, find_days, **days) == set()


def test_the_load_of_a_day_reads_the_day(beside_history: Warehouse) -> None:
    """By PostgreSQL's own counters, which each call brings up to date."""
    names = ", ".join(f"'{table}'" for table in GROWING)
    scans = f"select relname::varchar, seq_scan from pg_stat_user_tables where relname in ({names})"
    beside_history.run(LOAD, run_date=DAY)
    before = beside_history.rows(scans)
    beside_history.run(LOAD, run_date=DAY)
    assert beside_history.rows(scans) == before
    assert beside_history.value("count(*) from store_sales where ss_sold_date_sk = 20261122") == 14
