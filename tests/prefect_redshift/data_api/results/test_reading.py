"""Results arrive whole and typed, in either format, from the real endpoint."""

import math
import sys
from contextlib import aclosing
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.results.pages import check_count
from prefect_redshift.data_api.statement import SubStatement
from prefect_redshift.exceptions import ResultError
from tests.history import History

TYPES = """
create table everything (
    a smallint, b integer, c bigint, d real, e double precision, f numeric(12,2), g boolean, h char(3), i varchar(20),
    j date, k timestamp, l timestamptz, m time, n timetz)
"""
ROW = """
insert into everything values (1, -2, 9223372036854775807, 1.5, 'NaN', 12.50, true, 'ab', ',"x'';\n', '2026-02-28',
    '2026-02-28 01:02:03.5', '2026-02-28 01:02:03+02', '23:59:59.999999', '01:02:03+05:30'), (2, null, null, null, null,
    null, null, null, '', null, null, null, null, null)
"""
PLUS = timezone(timedelta(hours=5, minutes=30))
EXPECTED = {
    "a": 1,
    "b": -2,
    "c": 2**63 - 1,
    "d": 1.5,
    "e": math.nan,
    "f": Decimal("12.50"),
    "g": True,
    "h": "ab ",
    "i": ",\"x';\n",
    "j": date(2026, 2, 28),
    "k": datetime(2026, 2, 28, 1, 2, 3, 500000),
    "l": datetime(2026, 2, 27, 23, 2, 3, tzinfo=UTC),
    "m": time(23, 59, 59, 999999),
    "n": time(1, 2, 3, tzinfo=PLUS),
}
ARROW_TYPES = [
    pa.int16(),
    pa.int32(),
    pa.int64(),
    pa.float32(),
    pa.float64(),
    pa.decimal128(12, 2),
    pa.bool_(),
    pa.string(),
    pa.string(),
    pa.date32(),
    pa.timestamp("us"),
    pa.timestamp("us", tz="UTC"),
    pa.time64("us"),
    pa.string(),
]
# Three pages, of 1,000 rows in JSON and of 1 MB in CSV.
MANY = "select n, 'row ' || n || repeat('.', 980) as label from generate_series(1, 2500) n order by n"


@pytest.fixture
async def everything(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    """A table with a column of each type, a full row and an empty one."""
    await warehouse.run([TYPES, ROW])
    return warehouse


@pytest.mark.parametrize("result_format", ["JSON", "CSV"])
async def test_typed_rows(everything: RedshiftDataApi, result_format: Any) -> None:
    statement = await everything.run("select * from everything order by a", result_format=result_format)
    full, empty = [row async for row in everything.rows(statement, as_dict=True)]
    assert {name: type(value) for name, value in full.items()} == {
        name: type(value) for name, value in EXPECTED.items()
    }
    assert math.isnan(full.pop("e"))
    assert full == {name: value for name, value in EXPECTED.items() if name != "e"}
    assert empty == {name: {"a": 2, "i": ""}.get(name) for name in EXPECTED}
    named = [row async for row in everything.rows(statement)]
    assert (named[0].f, named[1].i) == (Decimal("12.50"), "")


async def test_arrow(everything: RedshiftDataApi) -> None:
    statement = await everything.run("select * from everything order by a", result_format="CSV")
    table = await everything.to_arrow(statement)
    assert table.schema.types == ARROW_TYPES
    assert table.schema.names == list(EXPECTED)
    full, empty = table.to_pylist()
    assert math.isnan(full.pop("e"))
    assert full == {n: "01:02:03+05:30" if n == "n" else v for n, v in EXPECTED.items() if n != "e"}
    assert empty == {name: {"a": 2, "i": ""}.get(name) for name in EXPECTED}


async def test_pandas(everything: RedshiftDataApi) -> None:
    statement = await everything.run("select a, b, c, f, i from everything order by a", result_format="CSV")
    exact = await everything.to_pandas(statement)
    assert [str(kind) for kind in exact.dtypes] == [
        "int16[pyarrow]",
        "int32[pyarrow]",
        "int64[pyarrow]",
        "decimal128(12, 2)[pyarrow]",
        "string[pyarrow]",
    ]
    # An integer beside NULL stays the integer that it is; numpy's types would round it.
    assert exact["c"][0] == 2**63 - 1
    assert list(exact["i"]) == [",\"x';\n", ""]
    older = await everything.to_pandas(statement, dtype_backend="numpy")
    assert [str(kind) for kind in older.dtypes][:3] == ["int16", "float64", "float64"]


async def test_a_quotient_bytes_and_a_name_given_twice(warehouse: RedshiftDataApi) -> None:
    sql = "select 1 / 3.0 as third, decode('00ff', 'hex') as raw, null::numeric(5,1) as none, 1 as n, 2 as n"
    in_json = await warehouse.run(sql)
    statement = await warehouse.run(sql, result_format="CSV")
    (row,) = [row async for row in warehouse.rows(statement)]
    assert row == (Decimal("0.3333"), b"\x00\xff", None, 1, 2)
    assert [row async for row in warehouse.rows(in_json)] == [row]
    table = await warehouse.to_arrow(statement)
    assert table.column_names == ["third", "raw", "none", "n", "n"]
    assert [column.to_pylist() for column in table.columns] == [[row[0]], [b"\x00\xff"], [None], [1], [2]]


@pytest.mark.parametrize(("result_format", "suffix"), [("JSON", ""), ("CSV", "V2")])
async def test_every_page_is_read(
    warehouse: RedshiftDataApi, history: History, result_format: Any, suffix: str
) -> None:
    statement = await warehouse.run(MANY, result_format=result_format)
    rows = [tuple(row) async for row in warehouse.rows(statement)]
    assert rows == [(n, f"row {n}{'.' * 980}") for n in range(1, 2501)]
    assert len(history.calls(f"GetStatementResult{suffix}")) == 3


async def test_batches_are_pages_and_the_next_one_is_fetched_meanwhile(
    warehouse: RedshiftDataApi, history: History
) -> None:
    statement = await warehouse.run(MANY, result_format="CSV")
    sizes = [batch.num_rows async for batch in warehouse.record_batches(statement)]
    assert sum(sizes) == 2500
    assert len(sizes) == 3
    # Who stops early has no more than one page fetched in vain.
    calls = len(history.calls("GetStatementResultV2"))
    async with aclosing(warehouse.record_batches(statement)) as batches:
        async for _ in batches:
            break
    assert len(history.calls("GetStatementResultV2")) - calls <= 2


@pytest.mark.parametrize("result_format", ["JSON", "CSV"])
async def test_an_empty_result_has_columns_and_no_rows(
    warehouse: RedshiftDataApi, result_format: Any
) -> None:
    statement = await warehouse.run("select 1 as n, 'a' as t where false", result_format=result_format)
    assert [row async for row in warehouse.rows(statement)] == []
    if result_format == "CSV":
        table = await warehouse.to_arrow(statement)
        assert (table.num_rows, table.schema.names) == (0, ["n", "t"])
        assert table.schema.types == [pa.int32(), pa.string()]


async def test_a_null_alone_in_its_row_counts(warehouse: RedshiftDataApi) -> None:
    sql = "select a from (select 1 as n, '' as a union all select 2, null union all select 3, 'x') order by n"
    statement = await warehouse.run(sql, result_format="CSV")
    assert [row.a async for row in warehouse.rows(statement)] == ["", None, "x"]
    assert (await warehouse.to_arrow(statement)).to_pydict() == {"a": ["", None, "x"]}


async def test_the_pages_themselves(warehouse: RedshiftDataApi) -> None:
    in_json = await warehouse.run("select 1 as n, null::varchar as t")
    (page,) = [page async for page in warehouse.get_statement_result(in_json)]
    assert ([column.type_name for column in page.columns], page.rows, page.total_rows) == (
        ["int4", "varchar"],
        [(1, None)],
        1,
    )
    in_csv = await warehouse.run("select 1 as n, '' as t", result_format="CSV")
    (text,) = [page async for page in warehouse.get_statement_result_v2(in_csv)]
    assert (text.text, text.total_rows) == ('1,""\r\n', 1)


async def test_only_what_has_a_result_is_asked_for_it(warehouse: RedshiftDataApi, history: History) -> None:
    created = await warehouse.run("create table t (a integer)")
    batch = await warehouse.run(["select 1", "select 2"])
    in_json = await warehouse.run("select 1")
    in_csv = await warehouse.run("select 1", result_format="CSV")
    running = await warehouse.execute_statement("select pg_sleep(0.5)")
    for statement, message in (
        (created, "has no result set"),
        (batch, "is a batch: read the results of its sub_statements"),
        (running, "has not been waited for"),
    ):
        with pytest.raises(ResultError, match=message):
            [row async for row in warehouse.rows(statement)]
    await warehouse.wait(running)
    with pytest.raises(ResultError, match=r'in JSON; .* result_format="CSV"'):
        await warehouse.to_arrow(in_json)
    with pytest.raises(ResultError, match=r'in CSV; .* result_format="JSON"'):
        [page async for page in warehouse.get_statement_result(in_csv)]
    assert history.calls("GetStatementResult") == history.calls("GetStatementResultV2") == []


@pytest.mark.parametrize("kind", ["throttle", "server_error", "drop_after"])
async def test_a_page_that_fails_is_fetched_again(
    warehouse: RedshiftDataApi, admin: Admin, kind: str
) -> None:
    statement = await warehouse.run(MANY, result_format="CSV")
    admin.add_fault(kind, operation="GetStatementResultV2", probability=0.5, count=3, seed=2)
    assert (await warehouse.to_arrow(statement)).num_rows == 2500


async def test_without_the_extra_rows_are_read_and_arrow_says_what_it_needs(
    warehouse: RedshiftDataApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = await warehouse.run("select 1 as n", result_format="CSV")
    monkeypatch.delitem(sys.modules, "prefect_redshift.data_api.results.arrow", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert [row.n async for row in warehouse.rows(statement)] == [1]
    with pytest.raises(ResultError, match=r'need the extra "results": pip install pyarrow pandas'):
        await warehouse.to_arrow(statement)


def test_a_result_that_is_not_whole_is_an_error() -> None:
    statement = SubStatement(id="some-id", status="FINISHED")
    check_count(statement, 5, 5)
    check_count(statement, 5, -1)
    with pytest.raises(ResultError, match="some-id: 4 rows arrived of 5; read them again"):
        check_count(statement, 4, 5)


async def test_polars(everything: RedshiftDataApi) -> None:
    statement = await everything.run("select a, c, f, i from everything order by a", result_format="CSV")
    frame = await everything.to_polars(statement)
    assert [str(kind) for kind in frame.dtypes] == [
        "Int16",
        "Int64",
        "Decimal(precision=12, scale=2)",
        "String",
    ]
    assert frame.to_dicts() == (await everything.to_arrow(statement)).to_pylist()
