"""Everything that this package raises.

    RedshiftError                   caught by `except RedshiftError`: all of the below
    ├── CallError                   a call was refused, or could not be made
    │   ├── TransientCallError      throttled or failing: still so after all retries
    │   │   └── EndpointUnreachableError   nothing answers at the endpoint
    │   ├── CredentialsRefusedError
    │   └── AnswerError             what came back is no answer of this API
    ├── StatementError              a statement ended otherwise than FINISHED; carries the `Statement`
    │   ├── StatementFailedError    the engine's own error
    │   │   └── SerializationConflictError   another transaction was in the way, a new attempt may succeed
    │   ├── StatementAbortedError   somebody cancelled it
    │   ├── StatementTimeoutError   its deadline passed; it was cancelled
    │   └── StillRunningError       an earlier form of the same work still runs
    ├── ChangedWorkError            work that may be done once only was done in another form
    ├── StateMachineError           a state machine that is not there, or cannot be followed
    ├── ExecutionError              an execution ended otherwise than SUCCEEDED; carries the `Execution`
    │   ├── ExecutionFailedError    one of its states failed
    │   ├── ExecutionTimedOutError  its time was over, the machine's own or its waiter's, who then stopped it
    │   └── ExecutionAbortedError   somebody stopped it
    ├── SessionLostError            the service has closed a session whose statements left something in it
    ├── ScriptError                 a script that breaks a limit of the Data API, or is missing or empty
    ├── ResultError                 a result that cannot be read, or that is not whole
    ├── FrameError                  rows that cannot be loaded or unloaded exactly as they are
    └── PipelineError               a job cannot do what was asked; the message says what to do

It imports nothing of this package when it runs, so that every module may import it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefect_redshift.data_api.statement import Statement
    from prefect_redshift.step_functions.execution import Execution


class RedshiftError(Exception):
    """The root of everything that goes wrong with the Data API, a state machine or a job."""


class CallError(RedshiftError):
    """An API call was refused or could not be made.

    Attributes:
        operation: The API's own name of the call, such as `ExecuteStatement`.
        code: The service's error code, such as `ValidationException`, or the name of the client-side error.
    """

    def __init__(self, operation: str, code: str, message: str, advice: str = "") -> None:
        self.operation = operation
        self.code = code
        text = f"{operation}: {code}: {' '.join(message.split()).rstrip('.')}."
        super().__init__(f"{text} {advice}".rstrip())


class TransientCallError(CallError):
    """A call that was throttled, failed on the service's side or lost its connection: worth making again."""


class EndpointUnreachableError(TransientCallError):
    """Nothing answers at the endpoint."""


class CredentialsRefusedError(CallError):
    """The service does not accept the credentials, or there are none."""


class AnswerError(CallError):
    """What answers at the endpoint does not speak this API, or its answer is too large."""


class StatementError(RedshiftError):
    """A statement ended otherwise than FINISHED.

    Attributes:
        statement: The `Statement` as DescribeStatement told it last.
    """

    what_to_do = ""

    def __init__(self, statement: "Statement", advice: str = "") -> None:
        self.statement = statement
        super().__init__(f"{statement.describe_end()} {advice or self.what_to_do}".rstrip())


class StatementFailedError(StatementError):
    """The engine ended the statement with an error (status FAILED)."""


class SerializationConflictError(StatementFailedError):
    """The statement was rolled back because another transaction changed the same tables, as in error 1023."""

    what_to_do = "Nothing was changed; run it again."


class StatementAbortedError(StatementError):
    """The statement was cancelled (status ABORTED)."""

    what_to_do = "It was cancelled, and its transaction rolled back; run it again when the reason is gone."


class StatementTimeoutError(StatementError):
    """The statement did not end before its deadline, and was cancelled; the message says if that was not confirmed."""

    what_to_do = "Raise the timeout, or find in SYS_QUERY_HISTORY what it waited for."


class StillRunningError(StatementError):
    """An earlier form of the same work did not end when it was cancelled, so that this one did not begin."""

    what_to_do = "It was asked to end first; run this again when it has ended."


class ChangedWorkError(RedshiftError):
    """Work that may be done once only was done before, with other SQL, values or on another target.

    Attributes:
        name: What the work is called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{name} may be done once only, and was done before with other SQL, values or on another target: nothing "
            "was run. Start a new run."
        )


class StateMachineError(RedshiftError):
    """There is no such state machine, it is being deleted, or its executions cannot be followed (type EXPRESS)."""


class ExecutionError(RedshiftError):
    """An execution of a state machine ended otherwise than SUCCEEDED.

    Attributes:
        execution: The `Execution` as DescribeExecution told it last.
    """

    what_to_do = ""

    def __init__(self, execution: "Execution", advice: str = "") -> None:
        self.execution = execution
        text = f"{execution.describe_end().rstrip('.')}. {advice or self.what_to_do}".rstrip()
        super().__init__(f"{text} Its history: {execution.console_url}")


class ExecutionFailedError(ExecutionError):
    """A state of the execution failed (status FAILED)."""


class ExecutionTimedOutError(ExecutionError):
    """The execution did not end in time (status TIMED_OUT), or not before its waiter's deadline, and was stopped."""

    what_to_do = "Raise the timeout, or find out what the state waited for."


class ExecutionAbortedError(ExecutionError):
    """The execution was stopped (status ABORTED)."""

    what_to_do = "It was stopped from outside; run it again when the reason is gone."


class SessionLostError(RedshiftError):
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


class ScriptError(RedshiftError):
    """A SQL script is missing, empty, unreadable, or over a limit of the Data API."""


class ResultError(RedshiftError):
    """A statement's result cannot be read, or did not arrive whole."""


class FrameError(RedshiftError):
    """Rows cannot be loaded into a table, or unloaded from it, exactly as they are; the message says what to do."""


class PipelineError(RedshiftError):
    """The job cannot do what was asked; the message says what to do."""


def one_line(error: BaseException) -> str:
    """Return the error's message on one line."""
    return " ".join(str(error).split())
