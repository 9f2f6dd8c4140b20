"""Everything that the blocks raise.

DataApiError                    caught by `except DataApiError`: all of the below
├── CallError                   a call was refused, or could not be made
│   ├── TransientCallError      throttled, failing or unreachable: still so after all retries
│   ├── EndpointUnreachableError
│   └── CredentialsRefusedError
├── StatementError              a statement ended otherwise than FINISHED; carries the `Statement`
│   ├── StatementFailedError    the engine's own error
│   │   └── SerializationConflictError   error 1023: another transaction was in the way, a new attempt may succeed
│   ├── StatementAbortedError   somebody cancelled it
│   └── StatementTimeoutError   its deadline passed; it was cancelled
├── StateMachineError           a state machine that is not there, or cannot be followed
├── ExecutionError              an execution ended otherwise than SUCCEEDED; carries the `Execution`
│   ├── ExecutionFailedError    one of its states failed
│   ├── ExecutionTimedOutError  its time was over: the machine's own, or that of whoever waited, who then stopped it
│   └── ExecutionAbortedError   somebody stopped it
├── SessionLostError            the service has closed a session whose statements left something in it
├── ScriptError                 a script that breaks a limit of the Data API, or is missing or empty
└── ResultError                 a result that cannot be read, or that is not whole
"""

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.step_functions.execution import Execution


class DataApiError(Exception):
    """The root of everything that goes wrong with the Redshift Data API, or with a state machine that uses it."""


class CallError(DataApiError):
    """An API call was refused or could not be made.

    Attributes:
        operation: The API's own name of the call, such as `ExecuteStatement`.
        code: The service's error code, such as `ValidationException`, or the name of the client-side error.
    """

    def __init__(self, operation: str, code: str, message: str, advice: str = "") -> None:
        self.operation = operation
        self.code = code
        text = f"{operation}: {code}: {message.rstrip('.')}."
        super().__init__(f"{text} {advice}".rstrip())


class TransientCallError(CallError):
    """A call that was throttled, failed on the service's side or lost its connection: worth making again."""


class EndpointUnreachableError(TransientCallError):
    """Nothing answers at the endpoint."""


class CredentialsRefusedError(CallError):
    """The service does not accept the credentials, or there are none."""


class StatementError(DataApiError):
    """A statement ended otherwise than FINISHED.

    Attributes:
        statement: The `Statement` as DescribeStatement told it last.
    """

    what_to_do = ""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        super().__init__(f"{statement.describe_end()} {self.what_to_do}".rstrip())


class StatementFailedError(StatementError):
    """The engine ended the statement with an error (status FAILED)."""


class SerializationConflictError(StatementFailedError):
    """Redshift's error 1023: the statement was rolled back because another transaction changed the same tables."""

    what_to_do = "Nothing was changed; run it again."


class StatementAbortedError(StatementError):
    """The statement was cancelled (status ABORTED)."""

    what_to_do = "It was cancelled, and its transaction rolled back; run it again when the reason is gone."


class StatementTimeoutError(StatementError):
    """The statement did not end before its deadline, and was cancelled."""

    what_to_do = "Raise the timeout, or find in SYS_QUERY_HISTORY what it waited for."


class StateMachineError(DataApiError):
    """There is no such state machine, it is being deleted, or its executions cannot be followed (type EXPRESS)."""


class ExecutionError(DataApiError):
    """An execution of a state machine ended otherwise than SUCCEEDED.

    Attributes:
        execution: The `Execution` as DescribeExecution told it last.
    """

    what_to_do = ""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        text = f"{execution.describe_end().rstrip('.')}. {self.what_to_do}".rstrip()
        super().__init__(f"{text} Its history: {execution.console_url}")


class ExecutionFailedError(ExecutionError):
    """A state of the execution failed (status FAILED)."""


class ExecutionTimedOutError(ExecutionError):
    """The execution did not end in time (status TIMED_OUT), or not before its waiter's deadline, and was stopped."""

    what_to_do = "Raise the timeout, or find out what the state waited for."


class ExecutionAbortedError(ExecutionError):
    """The execution was stopped (status ABORTED)."""

    what_to_do = "It was stopped from outside; run it again when the reason is gone."


class SessionLostError(DataApiError):
    """The service has closed a session: its keep-alive time or its 24 hours are over, or the warehouse restarted.

    Attributes:
        session_id: The SessionId.
    """

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        super().__init__(
            f"Session {session_id} is closed, and its temporary tables are gone: begin the session anew, "
            "with a longer keep-alive if it has to outlast a pause."
        )


class ScriptError(DataApiError):
    """A SQL script is missing, empty, unreadable, or over a limit of the Data API."""


class ResultError(DataApiError):
    """A statement's result cannot be read, or did not arrive whole."""


def error_for(statement: Statement) -> StatementError:
    """The error that says how `statement`, which has ended unsuccessfully, ended."""
    if statement.status == "ABORTED":
        return StatementAbortedError(statement)
    if is_serialization_conflict(" ".join(statement.errors())):
        return SerializationConflictError(statement)
    return StatementFailedError(statement)


def is_serialization_conflict(engine_words: str) -> bool:
    """Whether the engine's words are those of its error 1023."""
    words = engine_words.lower()
    return "1023" in words and "serializable isolation violation" in words


def error_of_execution(execution: Execution) -> ExecutionError:
    """The error that says how `execution`, which has ended unsuccessfully, ended."""
    kinds = {"TIMED_OUT": ExecutionTimedOutError, "ABORTED": ExecutionAbortedError}
    return kinds.get(execution.status, ExecutionFailedError)(execution)
