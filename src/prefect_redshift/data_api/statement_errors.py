"""Which error a statement's unsuccessful end is."""

import re

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import (
    SerializationConflictError,
    StatementAbortedError,
    StatementError,
    StatementFailedError,
)

# How Redshift says that another transaction was in the way, and where it was seen to. What it says then has been rolled
# back. Not among them are words that a mistake in the SQL has as well, such as "relation ... does not exist" without a
# number or "schema ... does not exist", nor a query that was cancelled or ran out of time.
_CONFLICTS = re.compile(
    r"""
    # The developer guide, "Troubleshooting serializable isolation errors"; also without the number.
      serializable\ isolation\ violation
    # Its number alone: estuary/connectors issue 5218, "ERROR: 1023 (SQLSTATE XX000)".
    | ^\s*(error:?\s*)?1023\b
    # The same page of the guide: a table that another transaction has replaced.
    | ^\s*(error:?\s*)?1018\b.*relation\ does\ not\ exist
    # dbt-labs/dbt-adapters issues 626 and 1533, aws/amazon-redshift-jdbc-driver issue 147: mostly DROP and ALTER.
    | conflict\ with\ concurrent\ transaction
    # dbt-labs/dbt-redshift issue 766: the table was dropped between planning and running.
    | could\ not\ open\ relation\ with\ oid
    # estuary/connectors pull request 5220; Redshift rolls one of the transactions back.
    | deadlock\ detected
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


def error_for(statement: Statement) -> StatementError:
    """Return the error that says how `statement`, which has ended unsuccessfully, ended."""
    if statement.status == "ABORTED":
        return StatementAbortedError(statement)
    if any(is_serialization_conflict(words) for words in statement.errors()):
        return SerializationConflictError(statement)
    return StatementFailedError(statement)


def is_serialization_conflict(engine_words: str) -> bool:
    """Return whether the engine's words say that another transaction was in the way: a new attempt may succeed."""
    return _CONFLICTS.search(engine_words) is not None
