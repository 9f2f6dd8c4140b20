"""Handing the job, or what follows it, to a state machine of AWS Step Functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from prefect import runtime

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import ENVIRONMENT_VARIABLE, StateMachine
from prefect_redshift.exceptions import PipelineError, one_line
from prefect_redshift.pipeline.choices import HandOff
from prefect_redshift.reports.artifacts import publish
from prefect_redshift.reports.run_report import RunReport
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.tasks.connections import first_reason, load_block
from prefect_redshift.tasks.job_run import JobRun
from prefect_redshift.tasks.run import finish, steps_of, task_of
from prefect_redshift.tasks.task_forms import RedshiftTask


async def machine_for(
    hand_off: HandOff, block_name: str | None, run: JobRun, *, catch_up: bool
) -> StateMachine | None:
    """Return the state machine that is handed to, checked before anything is run; None where nothing is handed off.

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
    if hand_off == "instead" and run.setup == "always":
        raise PipelineError(
            "A state machine does not drop tables: with hand_off=instead use setup=if_missing or never, or run "
            "setup=always without a hand-off first."
        )
    if hand_off == "instead" and catch_up:
        raise PipelineError(
            "A state machine loads one day: with hand_off=instead leave catch_up out, and backfill missed days."
        )
    machine = await connect_machine(hand_off, block_name, run.warehouse)
    await machine.acheck()
    return machine


async def connect_machine(
    hand_off: HandOff, block_name: str | None, warehouse: RedshiftDataApi
) -> StateMachine:
    """Return the state machine that a block of that name or, without a name, the environment names.

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


def execution_name(flow_name: str, flow_run_id: str, attempt: int = 1) -> str:
    """Return what the execution of a flow run is called, the same for each try until a validation has failed."""
    return f"{flow_name}-{flow_run_id}" + (f"-again-{attempt}" if attempt > 1 else "")


@RedshiftTask.of
async def hand_off_to_state_machine(
    machine: StateMachine, execution_input: Mapping[str, Any] | None = None, name: str = ""
) -> Execution:
    """Have the state machine execute once in this flow run, and follow it to its end.

    Whichever process tries this again in the flow run finds the execution by its name. Outside a flow, each call starts
    an execution.

    Args:
        machine: The block.
        execution_input: What JSON can hold; values are not logged.
        name: Another name than the flow run's, where it hands off more than once.

    Raises:
        ExecutionError: It ended otherwise than SUCCEEDED.
        StateMachineError: There is no such state machine.
        CallError: A call was refused.
    """
    name = name or (
        execution_name(str(runtime.flow_run.flow_name), str(runtime.flow_run.id))
        if runtime.flow_run.id
        else f"{runtime.task_run.task_name}-{runtime.task_run.id}"
    )
    run = await machine.atrigger(execution_input, name=name)
    return await run.await_for_completion()


async def run_by_state_machine(run: JobRun, machine: StateMachine) -> RunReport:
    """Have the state machine do the whole job, then run the same checks as after the flow's own steps.

    After a validation of this flow run that failed, the next try has a further execution do the job.
    """
    job, step = run.job, steps_of(run)
    given = {"setup": run.setup, **({"run_date": run.run_date.isoformat()} if run.run_date else {})}
    attempt = len(run.chain.failed_validations) + 1
    name = execution_name(str(runtime.flow_run.flow_name), str(runtime.flow_run.id), attempt)

    async def hand_off() -> Execution:
        execution = await (await machine.atrigger(given, name=name)).await_for_completion()
        run.keep_execution(execution)
        return execution

    read = [step(script.read_by).submit() for script in job.read_scripts]
    executed = task_of("hand_off_to_state_machine", hand_off).submit(wait_for=read)
    validation = [step(job.validate).submit(wait_for=[executed])] if job.checks else []
    return await finish(run, *read, executed, *validation)


async def start_downstream_machine(machine: StateMachine, report: RunReport) -> None:
    """Have a downstream state machine begin with what this run has done."""
    try:
        await hand_off_to_state_machine(machine, summary_of(report))
    except BaseException as error:
        await publish(replace(report, failure=one_line(error) or "interrupted"))
        raise


def summary_of(report: RunReport) -> dict[str, Any]:
    """Return what a downstream state machine is told: small, and the same for each try at the flow run."""
    return {
        "run_date": report.run_date.isoformat() if report.run_date else None,
        "flow_run_id": str(runtime.flow_run.id),
        "steps": [
            {"name": step.name, "status": step.statement.status, **step.changes} for step in report.steps
        ],
        "checks": [
            {
                "name": check.name,
                "status": check.status,
                "expected": None if check.expected is None else float(check.expected),
                "actual": None if check.actual is None else float(check.actual),
            }
            for check in report.checks
        ],
    }
