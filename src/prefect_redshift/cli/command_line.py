"""The command line of a flow, such as `python -m flows.daily`."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn

import httpx
from prefect import Flow
from prefect.exceptions import TerminationSignal
from prefect.settings import PREFECT_API_URL
from pydantic import ValidationError

from prefect_redshift.cli.console_log import configure_console_log
from prefect_redshift.cli.options import backfill_options, daily_options
from prefect_redshift.exceptions import RedshiftError, one_line
from prefect_redshift.local.services import local_services, needs_stand_in
from prefect_redshift.local.stand_in_schema import make_schema
from prefect_redshift.pipeline.job import Job
from prefect_redshift.runner.cancellation import outcome

EXPECTED_ERRORS = (RedshiftError, ValidationError)
# What the shell reports for a process that a signal ended.
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# New objects after which the youngest are looked through, instead of Python's 700.
SMALL_COLLECTION = 20_000

AnyFlow = Flow[..., Coroutine[Any, Any, Any]]


def daily_main(
    flow: AnyFlow,
    job: Job,
    arguments: Sequence[str] | None = None,
    *,
    on_stand_in: Callable[[], None] | None = None,
) -> int:
    """Run a job's daily flow as the command line says, and return the exit code; see `run_command`."""
    return run_command(flow, daily_options(job, command_name()).parse_args(arguments), on_stand_in)


def backfill_main(
    flow: AnyFlow,
    job: Job,
    arguments: Sequence[str] | None = None,
    *,
    on_stand_in: Callable[[], None] | None = None,
) -> int:
    """Run a job's backfill as the command line says, and return the exit code; see `run_command`."""
    return run_command(flow, backfill_options(job, command_name()).parse_args(arguments), on_stand_in)


def command_name() -> str:
    """Return how this process was started, such as `python -m flows.daily`."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return f"python -m {spec.name}" if spec else f"python {sys.argv[0]}"


def run_command(
    flow: AnyFlow, options: argparse.Namespace, on_stand_in: Callable[[], None] | None = None
) -> int:
    """Run a flow with the options that are its parameters, and return the exit code.

    On the stand-in, the job's schema is made first, and then `on_stand_in` is called: for what other systems would have
    delivered, such as files in S3.

    0: every step finished and every check passed. 1: something failed, told in one line on standard error. 2: the
    command line is wrong. 130 and 143: interrupted; the last line says what was cancelled, and what may still run.
    """
    stand_in = needs_stand_in(options.warehouse)
    if options.fresh and not stand_in:
        print("error: --fresh is for the stand-in; a warehouse is configured.", file=sys.stderr)  # noqa: T201
        return 2
    if stand_in:
        where = options.state_folder
        print(f"No warehouse is configured: running on the embedded stand-in, data in {where}.")  # noqa: T201
    prepare_process()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        with local_services(options.state_folder, stand_in=stand_in, fresh=options.fresh):
            if stand_in and options.schema_name:
                make_schema(options.schema_name)
            if stand_in and on_stand_in:
                on_stand_in()
            asyncio.run(_run(flow, options))
    except EXPECTED_ERRORS as error:
        print(f"error: {one_line(error)}", file=sys.stderr)  # noqa: T201
        return 1
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        # Prefect wraps what its first call meets.
        cause = error.__cause__ if isinstance(error, RuntimeError) else error
        if not isinstance(cause, httpx.HTTPError | httpx.InvalidURL):
            raise
        reason = one_line(cause) or type(cause).__name__
        print(f"error: Prefect's API at {PREFECT_API_URL.value()}: {reason}", file=sys.stderr)  # noqa: T201
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(f"Interrupted; {outcome()}", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except TerminationSignal:
        print(f"Terminated; {outcome()}", file=sys.stderr)  # noqa: T201
        return TERMINATED
    return 0


async def _run(flow: Flow[..., Coroutine[Any, Any, Any]], options: argparse.Namespace) -> None:
    given = vars(options)
    await flow(**{name: given[name] for name in flow.parameters.properties if name in given})


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
