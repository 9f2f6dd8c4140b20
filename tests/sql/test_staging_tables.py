"""The procedures' staging tables: temporary, and in nobody's way."""

import re

from tests.sql.warehouse import Warehouse, script

SET_UP = "call sp_setup_sales_data_pipeline()"
LOADS = [
    "call sp_load_dim_item()",
    "call sp_load_dim_customer_address()",
    "call sp_load_fact_sales('2026-11-22')",
]
STAGING = sorted(set(re.findall(r"create temp table (\w+)", "".join(script("sp_statements.sql")))))


def test_none_is_left(empty: Warehouse) -> None:
    """Also within the transaction, where the same procedures may be called again."""
    batch = [
        SET_UP,
        *LOADS,
        *LOADS,
        "select table_name from svv_tables where table_name like 'stage~_%' escape '~'",
    ]
    statement = empty.run(batch)
    assert empty.result(f"{statement}:{len(batch)}") == []


def test_permanent_tables_of_the_same_names_stay(empty: Warehouse) -> None:
    for table in STAGING:
        empty.run(f"create table {table} (mine integer)")
        empty.run(f"insert into {table} values (1)")
    for statement in (SET_UP, *LOADS):
        empty.run(statement)
    assert empty.contents(*STAGING) == {table: [(1,)] for table in STAGING}
