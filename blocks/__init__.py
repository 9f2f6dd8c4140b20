"""How AWS is spoken to: Prefect blocks, their typed results and their errors."""

from blocks.catalog import Table, TableDescription
from blocks.columns import Column
from blocks.errors import (
    CallError,
    CredentialsRefusedError,
    DataApiError,
    EndpointUnreachableError,
    ResultError,
    ScriptError,
    SerializationConflictError,
    SessionLostError,
    StatementAbortedError,
    StatementError,
    StatementFailedError,
    StatementTimeoutError,
    TransientCallError,
)
from blocks.listing import ListedSession, ListedStatement
from blocks.redshift_data_api import RedshiftDataApi
from blocks.result_pages import CsvPage, ResultPage
from blocks.session import Session
from blocks.statement import Statement, SubStatement

__all__ = [
    "CallError",
    "Column",
    "CredentialsRefusedError",
    "CsvPage",
    "DataApiError",
    "EndpointUnreachableError",
    "ListedSession",
    "ListedStatement",
    "RedshiftDataApi",
    "ResultError",
    "ResultPage",
    "ScriptError",
    "SerializationConflictError",
    "Session",
    "SessionLostError",
    "Statement",
    "StatementAbortedError",
    "StatementError",
    "StatementFailedError",
    "StatementTimeoutError",
    "SubStatement",
    "Table",
    "TableDescription",
    "TransientCallError",
]
