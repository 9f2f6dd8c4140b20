"""The block: a state machine of AWS Step Functions, as a job that is triggered and waited for."""

import json
import os
from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

from prefect.blocks.abstract import JobBlock
from prefect_aws import AwsCredentials
from pydantic import Field, PrivateAttr, field_validator

from prefect_redshift.aws.client import CALL_THREADS, Calls
from prefect_redshift.aws.client_factory import Client, make_client
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import CallError, RedshiftError, StateMachineError, TransientCallError
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.step_functions.names import (
    CANCEL_SUFFIX,
    STATE_MACHINE_ARN,
    execution_arn,
    execution_name,
)
from prefect_redshift.step_functions.run import ExecutionRun
from prefect_redshift.step_functions.stop import Leftovers

# An execution may run for a year (quotas of Step Functions).
LONGEST_EXECUTION_SECONDS = 365 * 86_400
ENVIRONMENT_VARIABLE = "REDSHIFT_ETL_STATE_MACHINE_ARN"


class StateMachine(JobBlock):  # type: ignore[type-arg] # with one, pydantic would make a block type of its own
    """A state machine of AWS Step Functions: executions that are started once, followed, and stopped with their waiter.

    Example:
        ```python
        import asyncio
        from prefect_redshift import RedshiftDataApi, StateMachine

        async def main():
            machine = StateMachine(
                state_machine_arn="arn:aws:states:eu-central-1:123456789012:stateMachine:RedshiftETLStepFunction",
                warehouse=RedshiftDataApi(workgroup_name="etl", database="dev"),
            )
            run = await machine.trigger({"run_date": "2026-11-22"}, name="sales-2026-11-22")
            execution = await run.wait_for_completion()
            print(execution.seconds, await run.fetch_result())

        asyncio.run(main())
        ```

        Saved once, in Prefect's UI or by `save`, it is loaded by its name:
        ```python
        from prefect_redshift import StateMachine

        machine = StateMachine.load("BLOCK_NAME")
        ```
    """

    _block_type_name = "Redshift ETL State Machine"
    _block_type_slug = "redshift-etl-state-machine"
    _documentation_url = "https://docs.aws.amazon.com/step-functions/latest/dg/welcome.html"  # type: ignore[assignment]
    _description = "Run a state machine of AWS Step Functions, and cancel its statements with it."

    state_machine_arn: str = Field(
        title="State Machine ARN",
        description="The state machine, of type STANDARD, or a version or an alias of it.",
    )
    aws_credentials: AwsCredentials = Field(
        default_factory=AwsCredentials,
        title="AWS Credentials",
        description="Who calls Step Functions, at which endpoint; the region is the ARN's.",
    )
    warehouse: RedshiftDataApi | None = Field(
        default=None,
        title="Warehouse",
        description="Where the statements of an execution, whose names begin with its own, are cancelled with it.",
    )
    cancels_statements: bool = Field(
        default=False,
        title="Cancels Statements",
        description="Whether an execution cancels its statements when it fails, and another one's at the input "
        '{"cancel": "<its name>"}, as that of infra/ does. On AWS only the role that submitted a statement finds it.',
    )
    execution_input: dict[str, Any] = Field(
        default_factory=dict,
        title="Input",
        description="Input of every execution, as far as what triggers it gives no other.",
    )
    execution_timeout_seconds: float = Field(
        default=86_400,
        gt=0,
        le=LONGEST_EXECUTION_SECONDS,
        title="Execution Timeout",
        description="Seconds after which an execution that is waited for is stopped.",
    )

    _client: Client = PrivateAttr(default_factory=Client)

    @field_validator("state_machine_arn")
    @classmethod
    def _check_arn(cls, arn: str) -> str:
        if not STATE_MACHINE_ARN.fullmatch(arn):
            raise ValueError(
                f"{arn!r} is no ARN of a state machine; it looks like "
                "arn:aws:states:eu-central-1:123456789012:stateMachine:RedshiftETLStepFunction."
            )
        return arn

    @classmethod
    def from_environment(cls) -> Self | None:
        """The state machine that `REDSHIFT_ETL_STATE_MACHINE_ARN` names, or None where it names none.

        Credentials and endpoint are found as boto3 finds them.

        Raises:
            pydantic.ValidationError: It is no ARN of a state machine.
        """
        arn = os.environ.get(ENVIRONMENT_VARIABLE)
        return cls(state_machine_arn=arn) if arn else None

    async def trigger(self, input: Mapping[str, Any] | None = None, *, name: str = "") -> ExecutionRun:  # noqa: A002
        """Starts an execution, never twice under the same name, and returns at once (API: StartExecution).

        One of this name that runs, started by this process or another, is found; one that has succeeded is the result;
        after one that failed comes a new attempt, whose name ends in -2 and so on. Its input is the first one's.

        Args:
            input: What JSON can hold, added to the block's own input; dates are written as ISO 8601.
            name: What this work is called, the same for each try at it; without one, each call is work of its own.
                Characters that Step Functions does not take are replaced.

        Raises:
            StateMachineError: There is no such state machine, or it is of type EXPRESS.
            CallError: A call was refused.
        """
        text = json.dumps({**self.execution_input, **(input or {})}, sort_keys=True, default=str)
        name = name or f"unnamed-{uuid4()}"
        number = 1
        while True:
            run = await self._attempt(name, number, text)
            await self._begin(run)
            if not run.failed_earlier:
                if run.execution.input not in (None, json.loads(text)):
                    self.logger.warning(
                        "Execution %s has another input; that one counts.", run.execution.name
                    )
                return run
            await run.cancel_statements()
            number += 1

    async def _begin(self, run: ExecutionRun) -> None:
        try:
            await run.begin()
        except BaseException as error:
            if isinstance(error, CallError) and not isinstance(error, TransientCallError):
                raise self._explained(error) from error
            await run.stop("Whoever started it was cancelled, or got no answer.")
            raise
        if ":express:" in run.execution.arn:
            raise self._express()

    async def stop_executions(self, name: str) -> list[Execution]:
        """Stops what runs under that name, all attempts at it, cancels its statements, and returns it at its end.

        For whoever cleans up after a process that is dead; a live one stops its own (API: DescribeExecution,
        StopExecution).
        """
        stopped: list[Execution] = []
        number = 1
        while await (run := await self._attempt(name, number)).find():
            was_running = not run.execution.has_ended
            await (run.stop("Its flow run has ended.") if was_running else run.cancel_statements())
            stopped += [run.execution] if was_running else []
            number += 1
        return stopped

    async def check(self) -> None:
        """Checks that the state machine is there and can be followed (API: DescribeStateMachine).

        Raises:
            StateMachineError: It is not, or is of type EXPRESS.
            CallError: The call was refused.
        """
        calls = await self.calls()
        try:
            machine = await calls.request(
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

    async def calls(self) -> Calls:
        """The client, made once."""
        return await self._client.calls(self._make_calls)

    def _make_calls(self) -> Calls:
        region = self.state_machine_arn.split(":")[3]
        return Calls(make_client("stepfunctions", self.aws_credentials, CALL_THREADS, region), max_waits=1)

    async def _attempt(self, name: str, number: int, text: str = "{}") -> ExecutionRun:
        calls, attempt = await self.calls(), execution_name(name, number)
        leftovers = Leftovers(
            attempt,
            await self.warehouse.calls() if self.warehouse else None,
            calls,
            self._inputs(f"{attempt}{CANCEL_SUFFIX}", json.dumps({"cancel": attempt}))
            if self.cancels_statements
            else None,
            self.logger,
        )
        return ExecutionRun(
            calls,
            leftovers,
            self._inputs(attempt, text),
            arn=execution_arn(self.state_machine_arn, attempt),
            timeout=self.execution_timeout_seconds,
            logger=self.logger,
        )

    def _inputs(self, name: str, text: str) -> dict[str, str]:
        return {"stateMachineArn": self.state_machine_arn, "name": name, "input": text}
