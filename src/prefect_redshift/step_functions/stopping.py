"""Stopping an execution and confirming its end, blocking: for threads that no event loop can interrupt."""

import time
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.exceptions import CallError, RedshiftError, TransientCallError
from prefect_redshift.step_functions.execution import Execution

# The pause between two looks at an execution: the quotas are an account's.
SECONDS_BETWEEN_CALLS = 1.0


def stop(client: AwsClient, arn: str, cause: str, deadline: float) -> None:
    """Stop an execution; one that has ended already is no error (API: StopExecution).

    Raises:
        CallError: It was refused, or failed until `deadline` by the monotonic clock.
    """
    inputs = {"executionArn": arn, "error": "StoppedByItsCaller", "cause": cause}
    try:
        client.request_until("StopExecution", inputs, deadline)
    except TransientCallError:
        raise
    except CallError:
        found = client.request_until("DescribeExecution", {"executionArn": arn}, deadline)
        if not Execution.from_response(found).has_ended:
            raise


def described_at_end(client: AwsClient, arn: str, deadline: float) -> dict[str, Any]:
    """Return an execution as described after its end (API: DescribeExecution).

    Raises:
        CallError: A call was refused, or failed until `deadline` by the monotonic clock.
        RedshiftError: It has not ended until then.
    """
    while True:
        found = client.request_until("DescribeExecution", {"executionArn": arn}, deadline)
        if Execution.from_response(found).has_ended:
            return found
        if time.monotonic() + SECONDS_BETWEEN_CALLS > deadline:
            raise RedshiftError("it was asked to end and has not ended yet")
        time.sleep(SECONDS_BETWEEN_CALLS)
