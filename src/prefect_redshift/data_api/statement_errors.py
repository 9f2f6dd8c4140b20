"""Which error a statement's unsuccessful end is."""

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import (
    SerializationConflictError,
    StatementAbortedError,
    StatementError,
    StatementFailedError,
)


def error_for(statement: Statement) -> StatementError:
    """Return the error that says how `statement`, which has ended unsuccessfully, ended."""
    if statement.status == "ABORTED":
        return StatementAbortedError(statement)
    if is_serialization_conflict(" ".join(statement.errors())):
        return SerializationConflictError(statement)
    return StatementFailedError(statement)


def is_serialization_conflict(engine_words: str) -> bool:
    """Return whether the engine's words are those of its error 1023."""
    words = engine_words.lower()
    return "1023" in words and "serializable isolation violation" in words
