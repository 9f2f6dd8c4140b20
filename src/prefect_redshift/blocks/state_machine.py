"""The block: a state machine of AWS Step Functions, as a job that is triggered and waited for."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from prefect.blocks.abstract import JobBlock
from prefect_aws import AwsCredentials
from pydantic import ConfigDict, Field, PrivateAttr, field_validator

from prefect_redshift.aws.aws_client import CALL_THREADS, AwsClient
from prefect_redshift.blocks.credentials import client_of
from prefect_redshift.blocks.execution_log import ExecutionLog
from prefect_redshift.blocks.execution_run import ExecutionRun
from prefect_redshift.blocks.forms import forms, itself
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.step_functions.executions import LONGEST_EXECUTION_SECONDS, Executions
from prefect_redshift.step_functions.names import STATE_MACHINE_ARN

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
            run = await machine.trigger({"run_date": "2026-11-22"}, name="orders-2026-11-22")
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

    # Errors show what was given, and with it the credentials.
    model_config = ConfigDict(hide_input_in_errors=True)

    state_machine_arn: str = Field(
        title="State Machine ARN",
        description="The state machine, of type STANDARD, or a version or an alias of it.",
    )
    aws_credentials: AwsCredentials = Field(
        default_factory=AwsCredentials,
        title="AWS Credentials",
        description="Who calls Step Functions, at which endpoint; the region is the ARN's.",
        repr=False,  # their own shows a session token
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
        '{"cancel": "ITS NAME"}, as that of infra/ does. On AWS only the role that submitted a statement finds it.',
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

    _client: AwsClient | None = PrivateAttr(default=None)

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
        """Return the state machine that `REDSHIFT_ETL_STATE_MACHINE_ARN` names, or None where it names none.

        Credentials and endpoint are found as boto3 finds them.

        Raises:
            pydantic.ValidationError: It is no ARN of a state machine.
        """
        arn = os.environ.get(ENVIRONMENT_VARIABLE)
        return cls(state_machine_arn=arn) if arn else None

    def executions(self) -> Executions:
        """Return what does the work of this block's methods, and knows nothing of Prefect."""
        if self._client is None:
            region = self.state_machine_arn.split(":")[3]
            make = partial(client_of, "stepfunctions", self.aws_credentials, CALL_THREADS, region)
            self._client = AwsClient(make)
        return Executions(
            self._client,
            self.state_machine_arn,
            warehouse=self.warehouse.data_api().connection.client if self.warehouse else None,
            cancels_statements=self.cancels_statements,
            timeout=self.execution_timeout_seconds,
            listener=ExecutionLog(lambda: self.logger),
        )

    async def _trigger(self, input: Mapping[str, Any] | None = None, *, name: str = "") -> ExecutionRun:  # noqa: A002
        """Start an execution, never twice under the same name, and return at once (API: StartExecution).

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
        own_input = {**self.execution_input, **(input or {})}
        return ExecutionRun(await self.executions().trigger(own_input, name=name))

    trigger, atrigger, trigger_sync = forms(_trigger, itself)
    stop_executions, astop_executions, stop_executions_sync = forms(Executions.stop_executions, executions)
    check, acheck, check_sync = forms(Executions.check, executions)
