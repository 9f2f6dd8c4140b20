"""ListStatements: filters, order, pages."""

import uuid
from typing import Any

import pytest

from tests.statements import Statements


@pytest.fixture
def prefix() -> str:
    """A prefix that no other test's statements have."""
    return f"list-{uuid.uuid4().hex[:8]}_%-"


def names(answer: dict[str, Any]) -> list[str]:
    """Return the names in an answer."""
    return [statement["StatementName"] for statement in answer["Statements"]]


def test_newest_first_by_prefix_and_only_finished(statements: Statements, prefix: str) -> None:
    for number in range(3):
        statements.run("select 1", StatementName=f"{prefix}{number}")
    statements.run("select 1/0", StatementName=f"{prefix}failed")
    statements.run("select 1", StatementName=prefix.replace("_", "x") + "other")
    api = statements.api
    assert names(api.list_statements(StatementName=prefix)) == [f"{prefix}{number}" for number in (2, 1, 0)]
    assert names(api.list_statements(StatementName=prefix, Status="FAILED")) == [f"{prefix}failed"]
    assert len(names(api.list_statements(StatementName=prefix, Status="ALL"))) == 4
    assert names(api.list_statements(StatementName=prefix.upper(), Status="ALL")) == []


def test_pages(statements: Statements, prefix: str) -> None:
    for number in range(5):
        statements.run("select 1", StatementName=f"{prefix}{number}")
    pages = list(
        statements.api.get_paginator("list_statements").paginate(
            StatementName=prefix, PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["Statements"]) for page in pages] == [2, 2, 1]
    assert [name[-1] for page in pages for name in names(page)] == ["4", "3", "2", "1", "0"]


def test_a_batch_shows_its_texts(statements: Statements, prefix: str) -> None:
    done = statements.batch(
        "select 1", "select :n", StatementName=prefix, Parameters=[{"name": "n", "value": "1"}]
    )
    [listed] = statements.api.list_statements(StatementName=prefix)["Statements"]
    assert (listed["Id"], listed["IsBatchStatement"], listed["QueryStrings"]) == (
        done["Id"],
        True,
        ["select 1", "select :n"],
    )
    assert listed["QueryParameters"] == [{"name": "n", "value": "1"}]


def test_running_ones_and_other_places(statements: Statements, prefix: str) -> None:
    api = statements.api
    started = statements.start("select pg_sleep(60)", StatementName=prefix)
    assert names(api.list_statements(StatementName=prefix, Status="ALL")) == [prefix]
    database = statements.where["Database"]
    assert names(api.list_statements(StatementName=prefix, Status="ALL", Database=database)) == [prefix]
    assert names(api.list_statements(StatementName=prefix, Status="ALL", Database="dev")) == []
    assert (
        names(api.list_statements(StatementName=prefix, Status="ALL", WorkgroupName="local-workgroup")) == []
    )
    api.cancel_statement(Id=started)
    assert names(api.list_statements(StatementName=prefix, Status="ABORTED")) == [prefix]
