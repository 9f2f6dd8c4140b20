"""A run that Prefect cancels says itself what has become of its statements."""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from uuid import UUID

import httpx
from prefect import get_client, runtime
from prefect.exceptions import PrefectException
from prefect.logging import get_logger
from prefect.states import Cancelled

from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.blocks.cancelled_here import cancelled_here
from prefect_redshift.data_api.cancelling.cancellation import Cancellation

CONFIRMED = "What ran was cancelled, and its end confirmed."
NOTHING_LEFT = "Nothing was left to cancel."


def outcome(*name_prefixes: str) -> str:
    """Say what has become of the statements that this process has cancelled; see `told`.

    Args:
        name_prefixes: What the names of the statements begin with; without any, all are meant.
    """
    return told(sum(map(cancelled_here, name_prefixes or ("",)), Cancellation()))


def told(cancellation: Cancellation) -> str:
    """Say what is confirmed, or else what may still run, with the command that shows it."""
    if cancellation.unconfirmed:
        return " ".join(map(str, cancellation.unconfirmed))
    return CONFIRMED if cancellation.confirmed else NOTHING_LEFT


@asynccontextmanager
async def cancellation_confirmed() -> AsyncIterator[None]:
    """Around what cancels its statements itself: at a cancellation, the run then reads Cancelled; see `confirm`.

    A signal without a cancellation in Prefect's API, such as Ctrl-C, is left to Prefect.
    """
    try:
        yield
    except asyncio.CancelledError:
        flow_run_id = UUID(runtime.flow_run.id)
        with ThreadPoolExecutor(1) as thread:
            # On a thread, for this task may be cancelled again; in its context, which knows the run's server.
            await wait_uncancelled(
                thread.submit(copy_context().run, confirm, flow_run_id, _outcome_of_this_run())
            )
        raise


def _outcome_of_this_run() -> str:
    flow, run = runtime.flow_run.flow_name, runtime.flow_run.id
    # Its own statements, and those of an execution to which it has handed off.
    return outcome(f"{flow}/{run}/", f"{flow}-{run}")


def confirm(flow_run_id: UUID, message: str) -> None:
    """Let a flow run that reads Cancelling read Cancelled, with that message; one of a worker's is left to the worker.

    A worker marks it some seconds later, whatever it reads then: also a retry that has begun meanwhile.
    """
    if "PREFECT__FLOW_RUN_ID" in os.environ:  # set by whoever starts the process of a run, and watches it
        return
    try:
        with get_client(sync_client=True) as client:
            state = client.read_flow_run(flow_run_id).state
            if state is not None and state.is_cancelling():
                client.set_flow_run_state(flow_run_id, Cancelled(message=message))
    except (PrefectException, httpx.HTTPError) as error:
        get_logger("cancellation").warning("Prefect's API was not told of the cancellation: %s", error)
