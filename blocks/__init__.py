"""How AWS is spoken to: Prefect blocks, their typed results and their errors."""

from blocks.catalog import Table, TableDescription
from blocks.columns import Column
from blocks.errors import (
    CallError,
    CredentialsRefusedError,
    DataApiError,
    EndpointUnreachableError,
    ExecutionAbortedError,
    ExecutionError,
    ExecutionFailedError,
    ExecutionTimedOutError,
    ResultError,
    ScriptError,
    SerializationConflictError,
    SessionLostError,
    StateMachineError,
    StatementAbortedError,
    StatementError,
    StatementFailedError,
    StatementTimeoutError,
    TransientCallError,
)
from blocks.execution import Execution
from blocks.execution_run import ExecutionRun
from blocks.listing import ListedSession, ListedStatement
from blocks.redshift_data_api import RedshiftDataApi
from blocks.result_pages import CsvPage, ResultPage
from blocks.session import Session
from blocks.state_machine import StateMachine
from blocks.statement import Statement, SubStatement

__all__ = [
    "CallError",
    "Column",
    "CredentialsRefusedError",
    "CsvPage",
    "DataApiError",
    "EndpointUnreachableError",
    "Execution",
    "ExecutionAbortedError",
    "ExecutionError",
    "ExecutionFailedError",
    "ExecutionRun",
    "ExecutionTimedOutError",
    "ListedSession",
    "ListedStatement",
    "RedshiftDataApi",
    "ResultError",
    "ResultPage",
    "ScriptError",
    "SerializationConflictError",
    "Session",
    "SessionLostError",
    "StateMachine",
    "StateMachineError",
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
