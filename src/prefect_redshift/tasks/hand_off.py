"""Handing the job, or what follows it, to a state machine of AWS Step Functions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from prefect import runtime

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import ENVIRONMENT_VARIABLE, StateMachine
from prefect_redshift.exceptions import PipelineError, one_line
from prefect_redshift.pipeline.scripts import Scripts
from prefect_redshift.reports.artifacts import publish
from prefect_redshift.reports.report import RunReport
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.tasks.connect import first_reason, load_block
from prefect_redshift.tasks.reporting import finished_and_reported
from prefect_redshift.tasks.steps import (
    Setup,
    read_steps,
    read_validations,
    redshift_task,
    run_validation,
    step,
)

# none: the flow does the job. instead: a state machine does it. after: one is started when the flow has done it.
HandOff = Literal["none", "instead", "after"]


async def machine_for(
    hand_off: HandOff, block_name: str | None, warehouse: RedshiftDataApi, *, setup: Setup, catch_up: bool
) -> StateMachine | None:
    """The state machine that is handed to, checked before anything is run; None where nothing is handed off.

    Raises:
        PipelineError: None is named, or it cannot do what is asked.
        StateMachineError: It is not there, or its executions cannot be followed.
        CallError: Step Functions cannot be asked.
    """
    if hand_off == "none":
        if block_name is not None:
            raise PipelineError(
                f"The state machine {block_name} is named, but nothing is handed to it: say hand_off=instead or after."
            )
        return None
    if hand_off == "instead" and setup == "always":
        raise PipelineError(
            "A state machine does not drop tables: with hand_off=instead use setup=if_missing or never, or run "
            "setup=always without a hand-off first."
        )
    if hand_off == "instead" and catch_up:
        raise PipelineError(
            "A state machine loads one day: with hand_off=instead leave catch_up out, and backfill missed days."
        )
    machine = await connect_machine(hand_off, block_name, warehouse)
    await machine.check()
    return machine


async def connect_machine(
    hand_off: HandOff, block_name: str | None, warehouse: RedshiftDataApi
) -> StateMachine:
    """The state machine that a block of that name or, without a name, the environment names.

    Its statements are cancelled in `warehouse`, unless the block names another, and by the state machine itself, if it
    is the one that does the flow's job.

    Raises:
        PipelineError: There is no such block, or the environment names no state machine.
    """
    if block_name is not None:
        machine: StateMachine | None = await load_block(StateMachine, block_name)
    else:
        try:
            machine = StateMachine.from_environment()
        except ValueError as error:
            raise PipelineError(f"{ENVIRONMENT_VARIABLE}: {first_reason(error)}") from error
    if machine is None:
        raise PipelineError(
            "No state machine is named: pass the name of a redshift-etl-state-machine block as `state_machine`, or "
            f"set {ENVIRONMENT_VARIABLE}."
        )
    machine.warehouse = machine.warehouse or warehouse
    machine.cancels_statements = machine.cancels_statements or hand_off == "instead"
    return machine


def execution_name(flow_name: str, flow_run_id: str) -> str:
    """What the execution of a flow run is called, the same for each try at the run."""
    return f"{flow_name}-{flow_run_id}"


@redshift_task
async def hand_off_to_state_machine(
    machine: StateMachine, execution_input: Mapping[str, Any] | None = None, name: str = ""
) -> Execution:
    """Has the state machine execute once in this flow run, and follows it to its end.

    Whichever process tries this again in the flow run finds the execution by its name.

    Args:
        machine: The block.
        execution_input: What JSON can hold; values are not logged.
        name: Another name than the flow run's, where it hands off more than once.

    Raises:
        ExecutionError: It ended otherwise than SUCCEEDED.
        StateMachineError: There is no such state machine.
        CallError: A call was refused.
    """
    name = name or execution_name(str(runtime.flow_run.flow_name), str(runtime.flow_run.id))
    run = await machine.trigger(execution_input, name=name)
    return await run.wait_for_completion()


async def run_by_state_machine(
    machine: StateMachine, warehouse: RedshiftDataApi, source: Scripts, run_date: date, setup: Setup
) -> RunReport:
    """Has the state machine do the whole job, then runs the same validations as after the flow's own."""
    steps = step("read_steps", read_steps).submit(source, "steps.sql")
    validations = step("read_validate_sql_statement", read_validations).submit(source)
    job = {"run_date": run_date.isoformat(), "setup": setup}
    execution = step("hand_off_to_state_machine", hand_off_to_state_machine).submit(
        machine, job, wait_for=[steps, validations]
    )
    validation = step("run_validate_sql_statement", run_validation).submit(
        warehouse, validations, steps, run_date, wait_for=[execution]
    )
    return await finished_and_reported(warehouse, run_date, steps, validations, execution, validation)


async def hand_on(machine: StateMachine, report: RunReport) -> None:
    """Has a downstream state machine begin with what this run has done."""
    try:
        await hand_off_to_state_machine(machine, summary_of(report))
    except BaseException as error:
        await publish(replace(report, failure=one_line(error) or "interrupted"))
        raise


def summary_of(report: RunReport) -> dict[str, Any]:
    """What a downstream state machine is told: small, and the same for each try at the flow run."""
    return {
        "run_date": report.run_date.isoformat(),
        "flow_run_id": str(runtime.flow_run.id),
        "steps": [
            {"name": step.name, "status": step.statement.status, "rows": step.statement.rows}
            for step in report.steps
        ],
        "validations": [
            {
                "name": validation.check_name,
                "status": validation.status,
                "expected": float(validation.expected),
                "actual": float(validation.actual),
            }
            for validation in report.validations
        ],
    }
