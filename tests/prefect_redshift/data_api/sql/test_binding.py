"""Values become the strings of the Data API; only NULL, '' and the names of a list's values stand in the SQL."""

import enum
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from prefect_redshift.data_api.request import request_for
from prefect_redshift.data_api.sql.binding import bind
from prefect_redshift.exceptions import ScriptError

TARGET = {"WorkgroupName": "etl", "Database": "dev"}


class Colour(enum.StrEnum):
    """A text with another `repr`."""

    RED = "red"


class Level(enum.IntEnum):
    """A number with another `repr`."""

    HIGH = 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (-42, "-42"),
        (2**70, "1180591620717411303424"),
        (Level.HIGH, "3"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 6, 30, 0, 123456), "2026-11-22 06:30:00.123456"),
        (datetime(2026, 11, 22, 6, tzinfo=UTC), "2026-11-22 06:00:00+00:00"),
        (datetime(2026, 11, 22, 6, tzinfo=timezone(timedelta(hours=-3.5))), "2026-11-22 06:00:00-03:30"),
        (time(23, 59, 59, 5), "23:59:59.000005"),
        ("it's :a", "it's :a"),
        (" ", " "),
        (Colour.RED, "red"),
        (b"\x00\xffa", "00ff61"),
    ],
    ids=str,
)
def test_each_type_has_its_text(value: Any, text: str) -> None:
    assert bind(["select :a"], {"a": value}) == (["select :a"], {"a": text})


@pytest.mark.parametrize(
    ("value", "literal"), [(None, "NULL"), ("", "''"), (b"", "''")], ids=["None", "text", "bytes"]
)
def test_what_cannot_be_sent_stands_in_the_sql(value: Any, literal: str) -> None:
    sql = "insert into t values (:a::int, :b, ':a', /* :a */ $$:a$$, :a)"
    bound = f"insert into t values ({literal}::int, :b, ':a', /* :a */ $$:a$$, {literal})"
    assert bind([sql, "select 1"], {"a": value, "b": 1}) == ([bound, "select 1"], {"b": "1"})


def test_a_list_is_as_many_parameters() -> None:
    assert bind(["select a in (:ids)", "select b in (:ids)"], {"ids": [7, Decimal(8)]}) == (
        ["select a in (:ids_1, :ids_2)", "select b in (:ids_1, :ids_2)"],
        {"ids_1": "7", "ids_2": "8"},
    )
    assert bind(["select a in (:ids)"], {"ids": ("x", "")}) == (["select a in (:ids_1, '')"], {"ids_1": "x"})


def test_the_names_of_a_lists_values_are_nobody_elses() -> None:
    (sql,), texts = bind(["select a in (:ids) or a = :ids_2"], {"ids": [1, 2], "ids_2": 3})
    assert sql == "select a in (:ids__1, :ids__2) or a = :ids_2"
    assert texts == {"ids__1": "1", "ids__2": "2", "ids_2": "3"}
    (sql,), texts = bind(["select a in (:b) or a in (:b_)"], {"b": [1], "b_": [2]})
    assert sorted(texts.values()) == ["1", "2"]
    # None begins with another.
    _, texts = bind(["select a in (:ids)"], {"ids": list(range(10))})
    assert sorted(texts)[0] == "ids_01"
    assert sorted(texts)[-1] == "ids_10"


@pytest.mark.parametrize(
    ("sql", "parameters", "message"),
    [
        ("select :a, :c, :b", {"a": 1}, "No value is given for :b, :c"),
        ("select :a", {}, "No value is given for :a"),
        ("select ':b', :a", {"a": 1, "b": 4711}, "A value is given for :b, which the SQL does not use"),
        ("select 1", {"b": None}, "A value is given for :b"),
        ("select :a", {"a-b": 4711}, "'a-b' is no name of a parameter"),
        ("select :a", {"a": {4711}}, "The parameter a is of type set"),
        ("select :a", {"a": [[4711]]}, "is of type list"),
        ("select :a", {"a": []}, "The list :a is empty"),
        ("select :a", {"a": [4711, None]}, "The list :a holds None"),
        ("select :a", {"a": "4711\0"}, "holds a NUL character"),
        ("select :a", {"a": "4711\ud800"}, "holds half a character"),
        ("select :a", {"a": Decimal("NaN")}, "a Decimal without a number"),
    ],
)
def test_what_cannot_be_bound_is_refused_without_its_value(
    sql: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScriptError, match=message) as refused:
        request_for(sql, parameters, "load", "TRANSACTION", {})
    assert "4711" not in str(refused.value)


def test_a_moment_of_pandas_that_is_none_is_refused() -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ScriptError, match="is no moment"):
        bind(["select :a"], {"a": pandas.NaT})
    assert bind(["select :a"], {"a": pandas.Timestamp("2026-11-22 06:30")})[1] == {"a": "2026-11-22 06:30:00"}


def test_numbers_of_pandas_are_numbers() -> None:
    pandas = pytest.importorskip("pandas")
    integer, number = pandas.Series([7]).iloc[0], pandas.Series([0.1]).iloc[0]
    assert bind(["select :a, :b"], {"a": integer, "b": number})[1] == {"a": "7", "b": "0.1"}


def test_each_value_makes_other_work() -> None:
    values: list[Any] = [None, "", 1, "2", [1], [1, 2], [2, 1], date(2026, 1, 1)]
    requests = [request_for("select :a", {"a": value}, "load", "TRANSACTION", {}) for value in values]
    assert len({request.token(TARGET) for request in requests}) == len(values)
