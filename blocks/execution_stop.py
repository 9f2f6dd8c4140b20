"""Stopping an execution, and cancelling the statements that it leaves running."""

import time
from typing import Any

from blocks.calls import Calls
from blocks.errors import DataApiError, TransientCallError
from blocks.execution import Execution
from blocks.in_flight import CONFIRM_SECONDS, Logger, cancel_by_name

# The pause between two looks at an execution: the quotas are an account's.
SECONDS_BETWEEN_CALLS = 1.0
# After a stop: a state may have been submitting a statement meanwhile, which is listed a little later.
LATE_STATEMENT_SECONDS = 1.0


def stop_and_confirm(calls: Calls, arn: str, cause: str) -> dict[str, Any]:
    """Stops an execution and returns it as described after its end, blocking, for `CONFIRM_SECONDS`.

    Raises:
        CallError: A call was refused.
    """
    deadline = time.monotonic() + CONFIRM_SECONDS
    inputs = {"executionArn": arn, "error": "StoppedByItsCaller", "cause": cause}
    asked = False
    while True:
        try:
            if not asked:
                calls.request_once("StopExecution", inputs)
                asked = True
            response = calls.request_once("DescribeExecution", {"executionArn": arn})
            if Execution.from_response(response).has_ended or time.monotonic() > deadline:
                return response
        except TransientCallError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1 if not asked else SECONDS_BETWEEN_CALLS)


def cancel_statements(statements: Calls, execution_name: str, log: Logger) -> None:
    """Cancels what still runs of an execution's statements, blocking; what does not work is logged.

    A state machine that ends, however it does, leaves them running. Their names begin with the execution's.
    """
    try:
        for statement in cancel_by_name(statements, f"{execution_name}/"):
            log.info("Cancelled %s (%s): it ended %s", statement.name, statement.id, statement.status)
    except DataApiError as error:
        log.error("Statements of execution %s may still run: %s", execution_name, error)
