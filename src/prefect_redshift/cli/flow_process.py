"""A flow in this process: prepared, run with the options that are its parameters, its end told."""

import argparse
import asyncio
import gc
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import httpx
from prefect import Flow
from prefect.exceptions import TerminationSignal
from prefect.settings import PREFECT_API_URL
from pydantic import ValidationError

from prefect_redshift.cli.console_log import configure_console_log
from prefect_redshift.cli.exit_codes import INTERRUPTED, TERMINATED
from prefect_redshift.exceptions import RedshiftError, one_line
from prefect_redshift.local.stand_in_schema import make_schema
from prefect_redshift.runner.cancellation import outcome
from prefect_redshift.runner.signals import (
    BEGIN_SECONDS,
    end_flow,
    has_begun,
    has_cancelled,
    heed_termination,
)

EXPECTED_ERRORS = (RedshiftError, ValidationError)
# New objects after which the youngest are looked through, instead of Python's 700.
SMALL_COLLECTION = 20_000


def run_flow(
    flow: Flow[..., Coroutine[Any, Any, Any]],
    options: argparse.Namespace,
    on_stand_in: Callable[[], None] | None = None,
    *,
    stand_in: bool,
) -> int:
    """Run the flow, say on standard error what it ended with, and return the exit code; see `run_command`."""
    prepare_process()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        if stand_in and options.schema_name:
            make_schema(options.schema_name)
        if stand_in and on_stand_in:
            on_stand_in()
        asyncio.run(_run(flow, options))
    except EXPECTED_ERRORS as error:
        return _failed(one_line(error))
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        # Prefect wraps what its first call meets.
        cause = error.__cause__ if isinstance(error, RuntimeError) else error
        if not isinstance(cause, httpx.HTTPError | httpx.InvalidURL):
            raise
        return _failed(
            f"Prefect's API at {PREFECT_API_URL.value()}: {one_line(cause) or type(cause).__name__}"
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(f"Interrupted. {outcome()}", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except TerminationSignal:
        print(f"Terminated. {outcome()}", file=sys.stderr)  # noqa: T201
        return TERMINATED
    return 0


async def _run(flow: Flow[..., Coroutine[Any, Any, Any]], options: argparse.Namespace) -> None:
    heed_termination(asyncio.get_running_loop())
    given = vars(options)
    with _begun_before_it_ends():
        try:
            await flow(**{name: given[name] for name in flow.parameters.properties if name in given})
        except asyncio.CancelledError:
            if has_cancelled(signal.SIGTERM):
                raise TerminationSignal(signal.SIGTERM) from None
            raise


@contextmanager
def _begun_before_it_ends() -> Iterator[None]:
    """Let a signal wait until the flow has begun, `BEGIN_SECONDS` at most.

    A run that is being created would stay Pending, and one that is being started might end as Running: the server may
    take its last two states in either order. Prefect also sends SIGTERM once more when a run has ended by it.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    until: dict[int, float] = {}

    def end(number: int, frame: FrameType | None) -> None:
        handler = handlers[signal.Signals(number)]
        may_wait = time.monotonic() < until.setdefault(number, time.monotonic() + BEGIN_SECONDS)
        has_ended = isinstance(sys.exc_info()[1], TerminationSignal)
        if may_wait and not has_ended and not has_begun():
            end_flow(number)
        elif callable(handler):
            handler(number, frame)

    waiting = [number for number, handler in handlers.items() if callable(handler)]
    for number in waiting:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in waiting:
            signal.signal(number, handlers[number])


def _failed(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)  # noqa: T201
    return 1


def prepare_process() -> None:
    """Leave only the job's own log lines on the terminal, and collect garbage less often.

    A full collection over all that Prefect and boto3 import takes 0.2 seconds, and the run would meet one or two; the
    small ones take a tenth of what a task costs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SMALL_COLLECTION)
    configure_console_log(EXPECTED_ERRORS)


def _terminate(signum: int, frame: object) -> NoReturn:  # noqa: ARG001
    raise TerminationSignal(signum)
