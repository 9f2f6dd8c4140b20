"""How AWS is spoken to: Prefect blocks, their typed results and their errors."""

from blocks.errors import (
    CallError,
    CredentialsRefusedError,
    DataApiError,
    EndpointUnreachableError,
    ResultError,
    ScriptError,
    SerializationConflictError,
    StatementAbortedError,
    StatementError,
    StatementFailedError,
    StatementTimeoutError,
    TransientCallError,
)
from blocks.redshift_data_api import RedshiftDataApi
from blocks.statement import Statement, SubStatement

__all__ = [
    "CallError",
    "CredentialsRefusedError",
    "DataApiError",
    "EndpointUnreachableError",
    "RedshiftDataApi",
    "ResultError",
    "ScriptError",
    "SerializationConflictError",
    "Statement",
    "StatementAbortedError",
    "StatementError",
    "StatementFailedError",
    "StatementTimeoutError",
    "SubStatement",
    "TransientCallError",
]
