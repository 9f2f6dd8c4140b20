"""Stopping an execution and confirming its end, blocking: for threads that no event loop can interrupt."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.cancelling import CONFIRM_SECONDS
from prefect_redshift.exceptions import CallError, TransientCallError
from prefect_redshift.step_functions.execution import Execution

# The pause between two looks at an execution: the quotas are an account's.
SECONDS_BETWEEN_CALLS = 1.0


def stop_and_confirm(client: AwsClient, arn: str, cause: str) -> dict[str, Any]:
    """Stop an execution and return it as described after its end, or after `CONFIRM_SECONDS`.

    One that has ended already is no error (API: StopExecution, DescribeExecution).

    Raises:
        CallError: A call was refused.
    """
    inputs = {"executionArn": arn, "error": "StoppedByItsCaller", "cause": cause}
    try:
        _persistently(client, "StopExecution", inputs, lambda _: True)
    except CallError:
        found = client.request_once("DescribeExecution", {"executionArn": arn})
        if not Execution.from_response(found).has_ended:
            raise
        return found
    return described_at_end(client, arn)


def described_at_end(client: AwsClient, arn: str) -> dict[str, Any]:
    """Return an execution as described after its end, or after `CONFIRM_SECONDS` (API: DescribeExecution).

    Raises:
        CallError: A call was refused.
    """
    return _persistently(
        client,
        "DescribeExecution",
        {"executionArn": arn},
        lambda found: Execution.from_response(found).has_ended,
    )


def _persistently(
    client: AwsClient, operation: str, inputs: Mapping[str, Any], is_enough: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Make a call until its answer is enough, or `CONFIRM_SECONDS` have passed."""
    deadline = time.monotonic() + CONFIRM_SECONDS
    while True:
        is_over = time.monotonic() > deadline
        try:
            response = client.request_once(operation, inputs)
            if is_over or is_enough(response):
                return response
        except TransientCallError:
            if is_over:
                raise
        time.sleep(SECONDS_BETWEEN_CALLS)
