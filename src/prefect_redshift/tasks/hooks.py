"""What is done when a flow run has ended."""

import asyncio
from typing import Any

import httpx
from prefect import Flow, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectException
from prefect.logging import get_logger
from prefect.utilities.engine import is_prefect_sigterm_handler_installed

from prefect_redshift.blocks.cancelled_here import cancelled_here
from prefect_redshift.data_api.cancelling.cancellation import CANCELLATION_SECONDS, Cancellation
from prefect_redshift.exceptions import RedshiftError
from prefect_redshift.reports.artifacts import Report, publish
from prefect_redshift.runner.cancellation import confirm, told
from prefect_redshift.tasks.connections import connect
from prefect_redshift.tasks.hand_off import connect_machine, execution_name
from prefect_redshift.tasks.names import statement_prefix

SECONDS_FOR_A_DEAD_PROCESS = 10.0
SECONDS_AFTER_CANCELLING = 1.0


# Prefect passes the arguments by these names.
async def cancel_statements(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Stop the flow run's execution, cancel whatever statement still runs, and remove its files in S3, found by name.

    A live process cancels its own; this is for one that was killed, of which only the names are left. The hook runs
    wherever Prefect notices: in the process itself, where it finds what an earlier try may have left, or in the worker.
    In the process itself, a run that reads Cancelling still, since its work was done when it was asked to end, reads
    Cancelled then. A worker needs some seconds to come here: of a run that is tried again by then, nothing is touched.
    """
    logger = get_logger("hooks")
    in_own_process = is_prefect_sigterm_handler_installed()
    # Not asked in the process itself, which has no time for a server that does not answer.
    if not in_own_process and await _is_tried_again(flow_run, state):
        logger.info("Flow run %s is tried again: that try goes on with what still runs.", flow_run.name)
        return
    prefix = statement_prefix(flow.name, str(flow_run.id))
    seconds = _seconds_to_look(prefix) if in_own_process else SECONDS_FOR_A_DEAD_PROCESS
    try:
        warehouse = await connect(flow_run.parameters.get("warehouse"))
        outcome = await warehouse.acancel_statements(prefix, seconds=seconds) if seconds else Cancellation()
        for statement in outcome.confirmed:
            logger.info("Cancelled %s (%s): it ended %s", statement.name, statement.id, statement.status)
        for unconfirmed in outcome.unconfirmed:
            logger.error("%s", unconfirmed)
        # A live process removes its own files.
        if warehouse.s3_prefix and not in_own_process:
            await warehouse.aremove_staged(prefix)
        if (hand_off := flow_run.parameters.get("hand_off", "none")) != "none":
            machine = await connect_machine(hand_off, flow_run.parameters.get("state_machine"), warehouse)
            # A try after a failed validation has an execution of its own.
            for attempt in range(1, max(1, flow_run.run_count) + 1):
                await machine.astop_executions(execution_name(flow.name, str(flow_run.id), attempt))
    except RedshiftError as error:
        logger.error("Something of the flow run %s may still run: %s", flow_run.name, error)
        return
    if state.is_cancelling() and in_own_process:
        await asyncio.to_thread(confirm, flow_run.id, told(cancelled_here(prefix) + outcome))


async def _is_tried_again(flow_run: FlowRun, ended: State[Any]) -> bool:
    """Whether the flow run has left the state in which it ended."""
    try:
        async with get_client() as client:
            now = (await client.read_flow_run(flow_run.id)).state
    except (PrefectException, httpx.HTTPError):
        return False
    if now is None or now.is_final() or now.is_cancelling():
        return False
    return now.timestamp > ended.timestamp


def _seconds_to_look(prefix: str) -> float:
    """Return how long the hook may take in the run's own process; none where that has tried in vain, and has said so.

    A process that was asked to end has ended 5 seconds later, with its own cancellations before the hook.
    """
    here = cancelled_here(prefix)
    if here.unconfirmed:
        return 0.0
    return SECONDS_AFTER_CANCELLING if here.confirmed else CANCELLATION_SECONDS


async def publish_report(flow: Flow[..., Any], flow_run: FlowRun, state: State[Report]) -> None:  # noqa: ARG001
    """Write the report that a flow has returned as artifacts, once the run has ended: nobody waits for them."""
    await publish(await state.aresult())
