"""What a result gives comes back as it was given: each type, through the wire and the warehouse."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.history import History

VALUES: dict[str, Any] = {
    "small": -7,
    "large": 2**62,
    "ratio": 0.1,
    "endless": float("-inf"),
    "price": Decimal("12.50"),
    "flag": False,
    "day": date(2026, 11, 22),
    "moment": datetime(2026, 11, 22, 6, 30, 0, 123456),
    "instant": datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
    "clock": time(23, 59, 59, 123456),
    "word": "it's :day; -- é\n",
    "blank": "",
    "nothing": None,
    "digest": b"\x00\xff\x10",
}
TABLE = """create table kept (small smallint, large bigint, ratio float8, endless float8, price decimal(10, 2),
  flag boolean, day date, moment timestamp, instant timestamptz, clock time, word varchar(40), blank varchar(40),
  nothing integer, digest varbyte(8))"""
INSERT = f"insert into kept values ({', '.join(f':{name}' for name in VALUES if name != 'digest')}, from_hex(:digest))"


async def rows_of(warehouse: RedshiftDataApi, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    statement = await warehouse.run(sql, parameters)
    return [tuple(row) async for row in warehouse.rows(statement)]


async def test_each_type_comes_back(warehouse: RedshiftDataApi) -> None:
    await warehouse.run(TABLE)
    await warehouse.run(INSERT, VALUES)
    assert await rows_of(warehouse, "select * from kept") == [tuple(VALUES.values())]
    # Each is found by its value again: what the engine compares, it converts by itself.
    conditions = [f"{name} = :{name}" for name in VALUES if name not in ("nothing", "digest")]
    sql = f"select count(*) from kept where {' and '.join(conditions)} and digest = from_hex(:digest)"
    wanted = {name: value for name, value in VALUES.items() if name != "nothing"}
    assert await rows_of(warehouse, sql, **wanted) == [(1,)]


async def test_what_is_sent_is_the_statement_and_its_values_beside_it(warehouse: RedshiftDataApi) -> None:
    await warehouse.run(TABLE)
    await warehouse.run(INSERT, VALUES, name="keep")
    (sent,) = [listed async for listed in warehouse.list_statements("keep/")]
    assert sent.sql == (INSERT.replace(":nothing", "NULL").replace(":blank", "''"),)
    assert sent.parameters.keys() == VALUES.keys() - {"nothing", "blank"}
    assert (sent.parameters["word"], sent.parameters["digest"]) == (VALUES["word"], "00ff10")


async def test_another_value_is_other_work(warehouse: RedshiftDataApi, history: History) -> None:
    await warehouse.run("create table kept (n integer)")
    for value in (None, 1, None, 2):
        await warehouse.run("insert into kept values (:n)", {"n": value}, name="keep")
    assert sorted(await rows_of(warehouse, "select n from kept where n is not null")) == [(1,), (2,)]
    assert len(history.executions("keep/")) == 3


async def test_a_list_is_searched(warehouse: RedshiftDataApi) -> None:
    await warehouse.run("create table kept (n integer, word varchar(10))")
    await warehouse.run("insert into kept values (1, 'one'), (2, ''), (3, 'three'), (4, null)")
    found = await rows_of(warehouse, "select n from kept where n in (:ids) order by n", ids=[1, 3, 9])
    assert found == [(1,), (3,)]
    found = await rows_of(
        warehouse, "select n from kept where word not in (:words) order by n", words=["", "one"]
    )
    assert found == [(3,)]
    many = await rows_of(warehouse, "select count(*) from kept where n in (:ids)", ids=list(range(3, 2000)))
    assert many == [(2,)]


async def test_one_value_serves_a_whole_batch_and_a_session(warehouse: RedshiftDataApi) -> None:
    batch = await warehouse.run(
        ["create table kept (n integer)", "insert into kept values (:n), (:none)", "select :n::int as n"],
        {"n": 5, "none": None},
    )
    assert [row.n async for row in warehouse.rows(batch.sub_statements[2])] == [5]
    async with warehouse.session() as session:
        statement = await session.run("select count(*) from kept where n in (:ids)", {"ids": [5]})
        assert [tuple(row) async for row in warehouse.rows(statement)] == [(1,)]
