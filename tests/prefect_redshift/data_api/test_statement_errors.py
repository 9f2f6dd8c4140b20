"""Which words of the engine's make a new attempt worth it."""

import pytest

from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.data_api.statement_errors import error_for
from prefect_redshift.exceptions import (
    SerializationConflictError,
    StatementAbortedError,
    StatementFailedError,
)

TRANSIENT = [
    "ERROR: 1023\nDETAIL: Serializable isolation violation on table - 108263, transactions forming the cycle are: 1, 2",
    "ERROR:1023 DETAIL: Serializable isolation violation on table in Redshift",
    "Serializable isolation violation on table - 100167",
    "ERROR: 1023 (SQLSTATE XX000)",
    "1023",
    "ERROR: 1018 DETAIL: Relation does not exist",
    "ERROR: could not complete because of conflict with concurrent transaction",
    "ERROR: could not open relation with OID 6134794",
    "ERROR: deadlock detected\n  Detail: Process 7 waits for AccessExclusiveLock on relation 9",
]
LASTING = [
    'ERROR: relation "public.sales" does not exist',
    'ERROR: schema "retail" does not exist',
    "ERROR: 1024 something else",
    "ERROR: value 1023 is out of range",
    "ERROR: Query (123) cancelled on user's request",
    "ERROR: division by zero",
    "",
]


@pytest.mark.parametrize("words", TRANSIENT)
def test_another_transaction_was_in_the_way(words: str) -> None:
    assert isinstance(error_for(Statement(id="s", status="FAILED", error=words)), SerializationConflictError)
    part = SubStatement(id="s:1", status="FAILED", error=words)
    batch = Statement(id="s", status="FAILED", error="Query #1 failed with " + words, sub_statements=(part,))
    assert isinstance(error_for(batch), SerializationConflictError)


@pytest.mark.parametrize("words", LASTING)
def test_the_statement_itself_is_wrong(words: str) -> None:
    assert type(error_for(Statement(id="s", status="FAILED", error=words))) is StatementFailedError


def test_what_somebody_cancelled_is_no_conflict() -> None:
    assert isinstance(
        error_for(Statement(id="s", status="ABORTED", error=TRANSIENT[0])), StatementAbortedError
    )
