"""The executions of one state machine: started once under a name, found again, and stopped by it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.exceptions import CallError, RedshiftError, StateMachineError, TransientCallError
from prefect_redshift.step_functions.attempt import Attempt
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.execution_statements import ExecutionStatements
from prefect_redshift.step_functions.listener import SILENCE, ExecutionListener
from prefect_redshift.step_functions.names import CANCEL_SUFFIX, execution_arn, execution_name

# An execution may run for a year (quotas of Step Functions).
LONGEST_EXECUTION_SECONDS = 365 * 86_400


class Executions:
    """The executions of a state machine of type STANDARD.

    Args:
        client: A client of `stepfunctions`, in the state machine's region.
        state_machine_arn: The state machine, or a version or an alias of it.
        warehouse: A client of `redshift-data` that cancels the statements of an execution with it; their names begin
            with the execution's. None where they are left alone.
        cancels_statements: Whether the state machine cancels its statements when it fails, and another execution's at
            the input `{"cancel": "<its name>"}`.
        timeout: Seconds after which an execution that is waited for is stopped.
        listener: Told what becomes of executions.
    """

    def __init__(
        self,
        client: AwsClient,
        state_machine_arn: str,
        *,
        warehouse: AwsClient | None = None,
        cancels_statements: bool = False,
        timeout: float = LONGEST_EXECUTION_SECONDS,
        listener: ExecutionListener = SILENCE,
    ) -> None:
        self.client = client
        self.state_machine_arn = state_machine_arn
        self.warehouse = warehouse
        self.cancels_statements = cancels_statements
        self.timeout = timeout
        self.listener = listener

    async def trigger(self, input: Mapping[str, Any] | None = None, *, name: str = "") -> Attempt:  # noqa: A002
        """Start an execution, never twice under the same name, and return at once (API: StartExecution).

        One of this name that runs, started by this process or another, is found; one that has succeeded is the result;
        after one that failed comes a new attempt, whose name ends in -2 and so on. Its input is the first one's.

        Args:
            input: What JSON can hold; dates are written as ISO 8601.
            name: What this work is called, the same for each try at it; without one, each call is work of its own.
                Characters that Step Functions does not take are replaced.

        Raises:
            StateMachineError: There is no such state machine, or it is of type EXPRESS.
            CallError: A call was refused.
        """
        text = json.dumps(dict(input or {}), sort_keys=True, default=str)
        name = name or f"unnamed-{uuid4()}"
        number = 1
        while True:
            attempt = self._attempt(name, number, text)
            await self._begin(attempt)
            if not attempt.failed_earlier:
                if attempt.execution.input not in (None, json.loads(text)):
                    self.listener.has_another_input(attempt.execution)
                return attempt
            await attempt.cancel_statements()
            number += 1

    async def _begin(self, attempt: Attempt) -> None:
        try:
            await attempt.begin()
        except BaseException as error:
            if isinstance(error, CallError) and not isinstance(error, TransientCallError):
                raise self._explained(error) from error
            await attempt.stop("Whoever started it was cancelled, or got no answer.")
            raise
        if ":express:" in attempt.execution.arn:
            raise self._express()

    async def stop_executions(self, name: str) -> list[Execution]:
        """Stop what runs under that name, all attempts at it, cancel its statements, and return it at its end.

        For whoever cleans up after a process that is dead; a live one stops its own (API: DescribeExecution,
        StopExecution).

        Raises:
            CallError: A call was refused.
        """
        stopped: list[Execution] = []
        number = 1
        while await (attempt := self._attempt(name, number)).find():
            was_running = not attempt.execution.has_ended
            await (attempt.stop("Its flow run has ended.") if was_running else attempt.cancel_statements())
            stopped += [attempt.execution] if was_running else []
            number += 1
        return stopped

    async def check(self) -> None:
        """Check that the state machine is there and can be followed (API: DescribeStateMachine).

        Raises:
            StateMachineError: It is not, or is of type EXPRESS.
            CallError: The call was refused.
        """
        try:
            machine = await self.client.request(
                "DescribeStateMachine",
                {"stateMachineArn": self.state_machine_arn, "includedData": "METADATA_ONLY"},
            )
        except CallError as error:
            raise self._explained(error) from error
        if machine.get("type") == "EXPRESS":
            raise self._express()
        if machine.get("status") == "DELETING":
            raise StateMachineError(f"{self.state_machine_arn} is being deleted.")

    def _express(self) -> StateMachineError:
        return StateMachineError(
            f"{self.state_machine_arn} is of type EXPRESS, whose executions can be neither followed nor stopped: "
            "use one of type STANDARD."
        )

    def _explained(self, error: CallError) -> RedshiftError:
        if error.code in ("StateMachineDoesNotExist", "StateMachineDeleting", "InvalidArn"):
            return StateMachineError(
                f"There is no state machine {self.state_machine_arn}: check its name, region and account, and that it "
                "is not being deleted."
            )
        return error

    def _attempt(self, name: str, number: int, text: str = "{}") -> Attempt:
        attempt = execution_name(name, number)
        cancelling = self._inputs(f"{attempt}{CANCEL_SUFFIX}", json.dumps({"cancel": attempt}))
        return Attempt(
            self.client,
            ExecutionStatements(
                attempt, self.warehouse, self.client, cancelling if self.cancels_statements else None
            ),
            self._inputs(attempt, text),
            arn=execution_arn(self.state_machine_arn, attempt),
            timeout=self.timeout,
            listener=self.listener,
        )

    def _inputs(self, name: str, text: str) -> dict[str, str]:
        return {"stateMachineArn": self.state_machine_arn, "name": name, "input": text}
