"""The methods of Prefect's databases, by what the warehouse then holds and what went over the wire."""

from datetime import date

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import ResultError, StatementFailedError
from tests.history import History

NUMBERS = "select n from generate_series(1, 3) s(n) where n >= :least order by n"


async def test_rows_are_fetched(warehouse: RedshiftDataApi) -> None:
    assert await warehouse.fetch_one(NUMBERS, {"least": 2}) == (2,)
    assert await warehouse.fetch_many(NUMBERS, {"least": 1}, 2) == [(1,), (2,)]
    assert await warehouse.fetch_many(NUMBERS, {"least": 1}, size=0) == []
    assert await warehouse.fetch_many(NUMBERS, {"least": 1}) == [(1,), (2,), (3,)]
    assert await warehouse.fetch_all(NUMBERS, {"least": 1}, result_format="CSV") == [(1,), (2,), (3,)]
    assert await warehouse.fetch_one(NUMBERS, {"least": 4}) is None


async def test_what_has_no_rows_is_executed(warehouse: RedshiftDataApi) -> None:
    async with warehouse as database:
        await database.execute("create table kept (n integer, day date, word varchar(10))")
        values = {"n": None, "day": date(2026, 11, 22), "word": ""}
        await database.execute("insert into kept values (:n, :day, :word)", values)
        assert await database.fetch_all("select * from kept") == [(None, date(2026, 11, 22), "")]
        with pytest.raises(ResultError):
            await database.fetch_all("delete from kept")
    # What was left connects anew.
    assert await warehouse.fetch_one("select count(*) from kept") == (0,)


async def test_many_are_executed_in_few_transactions(warehouse: RedshiftDataApi, history: History) -> None:
    await warehouse.execute("create table kept (n integer, word varchar(10))")
    rows = [{"n": n, "word": None if n % 2 else f"w{n}"} for n in range(45)]
    await warehouse.execute_many("insert into kept values (:n, :word)", rows)
    assert len(history.calls("BatchExecuteStatement")) == 2
    counts = "select count(*), count(distinct n), count(word), min(word) from kept"
    assert await warehouse.fetch_one(counts) == (45, 45, 23, "w0")
    await warehouse.execute_many("insert into kept values (:n, :word)", [])
    assert len(history.calls("BatchExecuteStatement")) == 2


async def test_many_under_a_name_are_executed_once(warehouse: RedshiftDataApi, history: History) -> None:
    await warehouse.execute("create table kept (n integer)")
    rows = [{"n": n} for n in range(41)]
    for _ in range(2):
        await warehouse.execute_many("insert into kept values (:n)", rows, name="keep")
    assert await warehouse.fetch_one("select count(*) from kept") == (41,)
    with pytest.raises(StatementFailedError):
        await warehouse.execute_many("insert into kept values (:n)", [{"n": 1}, {"n": "x"}])
    assert await warehouse.fetch_one("select count(*) from kept") == (41,)


def test_with_works_without_await(warehouse: RedshiftDataApi) -> None:
    with warehouse as database:
        assert database.fetch_one_sync("select 1") == (1,)
        assert list(database.list_schemas("publ%")) == ["public"]
