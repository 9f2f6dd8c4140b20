"""Requests keep the API's limits, and their tokens are stable."""

from dataclasses import replace
from typing import Any

import pytest

from prefect_redshift.data_api.request import Request
from prefect_redshift.exceptions import ScriptError

TARGET = {"WorkgroupName": "etl", "Database": "dev"}
REQUEST = Request(sql="select :a", parameters={"a": "1"}, name="load")


def test_a_token_is_the_same_whenever_the_work_is() -> None:
    again = Request(sql="select :a", parameters={"a": "1"}, name="load")
    assert REQUEST.token(TARGET) == again.token(dict(reversed(TARGET.items())))
    assert len(REQUEST.token(TARGET)) == 64
    # It must not change with a release either: another process may run the next one.
    assert REQUEST.token(TARGET)[:8] == "1c93bfdd"


@pytest.mark.parametrize(
    "change",
    [
        {"sql": "select :a + 1"},
        {"parameters": {"a": "2"}},
        {"name": "load/2"},
        {"options": {"ResultFormat": "CSV"}},
        {"options": {"SessionId": "s"}},
        {"options": {"SessionKeepAliveSeconds": 60}},
        {"options": {"WithEvent": True}},
        {"work": "session 2"},
        {"after": ("statement-1",)},
        {"sql": ["select :a"]},
    ],
    ids=str,
)
def test_a_token_differs_with_everything_that_makes_other_work(change: dict[str, Any]) -> None:
    assert replace(REQUEST, **change).token(TARGET) != REQUEST.token(TARGET)
    assert REQUEST.token({**TARGET, "Database": "prod"}) != REQUEST.token(TARGET)


def test_a_session_that_is_kept_longer_is_the_same_work() -> None:
    short, long = (replace(REQUEST, options={"SessionKeepAliveSeconds": n}) for n in (60, 600))
    assert short.token(TARGET) == long.token(TARGET)


def test_an_attempt_has_a_name_and_a_token_of_its_own() -> None:
    first, second = REQUEST.at_attempt(1), REQUEST.at_attempt(2)
    assert first.token(TARGET) != second.token(TARGET)
    assert first.statement_name(TARGET) == f"load/1/{first.token(TARGET)[:8]}"
    assert second.inputs(TARGET)["StatementName"] == f"load/2/{second.token(TARGET)[:8]}"
    assert REQUEST.inputs(TARGET)["StatementName"] == "load"


def test_a_batch_that_commits_otherwise_is_other_work() -> None:
    whole, each = (Request(sql=["a", "b"], execution_mode=mode) for mode in ("TRANSACTION", "AUTO_COMMIT"))
    assert whole.token(TARGET) != each.token(TARGET)


def test_in_a_session_neither_database_nor_target_is_passed() -> None:
    inputs = replace(REQUEST, options={"SessionId": "s"}).inputs(TARGET)
    assert inputs.keys() == {"ClientToken", "Sql", "StatementName", "Parameters", "SessionId"}


def test_inputs_of_a_batch() -> None:
    batch = Request(sql=["a", "b"], name="n", execution_mode="AUTO_COMMIT", options={"WithEvent": True})
    inputs = batch.inputs(TARGET)
    inputs.pop("ClientToken")
    assert inputs == {
        "Sqls": ["a", "b"],
        "ExecutionMode": "AUTO_COMMIT",
        "StatementName": "n",
        "WithEvent": True,
        **TARGET,
    }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sql": []}, "no statement to run"),
        ({"sql": ["select 1"] * 41}, "takes 40 statements at a time, these are 41"),
        ({"sql": "x" * 100_001}, "takes statements of 100,000 bytes, statement 1 has 100,001"),
        ({"sql": "é" * 50_001}, "statement 1 has 100,002"),
        ({"sql": ["select 1", " \n"]}, "Statement 2 is empty"),
        ({"sql": "select 1", "name": "n" * 2036}, "2048 characters"),
    ],
)
def test_limits_are_checked_before_anything_is_sent(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        Request(**wrong)


def test_the_largest_request_is_accepted() -> None:
    Request(sql=["x" * 100_000] * 40, name="n" * 2035)


def test_values_do_not_show() -> None:
    assert "secret" not in repr(Request(sql="select :a", parameters={"a": "secret"}))
