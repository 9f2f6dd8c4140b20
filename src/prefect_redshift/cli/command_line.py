"""The command line of a flow, such as `python -m flows.daily`.

It is read, and the servers of a laptop run are started, before Prefect is imported: that takes seconds, too.
"""

import argparse
import gc
import importlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from prefect_redshift.cli.exit_codes import INTERRUPTED, TERMINATED
from prefect_redshift.cli.options import backfill_options, daily_options
from prefect_redshift.exceptions import PipelineError, RedshiftError, one_line
from prefect_redshift.local.services import needs_stand_in, starting_services
from prefect_redshift.pipeline.job import Job

if TYPE_CHECKING:
    from prefect import Flow

    AnyFlow: TypeAlias = Flow[..., Coroutine[Any, Any, Any]]


class Signalled(BaseException):
    """A signal arrived before the flow began.

    SIGINT, too: a KeyboardInterrupt that breaks into the import of a compiled module counts for Python as unhandled,
    and the process ends by the signal in place of its exit code.
    """

    def __init__(self, number: int) -> None:
        self.number = number


def daily_main(
    flow: "AnyFlow | str",
    job: Job,
    arguments: Sequence[str] | None = None,
    *,
    on_stand_in: Callable[[], None] | None = None,
) -> int:
    """Run a job's daily flow as the command line says, and return the exit code; see `run_command`."""
    return run_command(flow, daily_options(job, command_name()).parse_args(arguments), on_stand_in)


def backfill_main(
    flow: "AnyFlow | str",
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
    flow: "AnyFlow | str", options: argparse.Namespace, on_stand_in: Callable[[], None] | None = None
) -> int:
    """Run a flow with the options that are its parameters, and return the exit code.

    On the stand-in, the job's schema is made first, and then `on_stand_in` is called: for what other systems would have
    delivered, such as files in S3.

    0: every step finished and every check passed. 1: something failed, told in one line on standard error. 2: the
    command line is wrong. 130 and 143: interrupted; the last line says what was cancelled, and what may still run.

    Args:
        flow: The flow, or where it is, as `module:name`: then it is imported while the servers start.
        options: What the command line says.
        on_stand_in: Called before the flow, where the stand-in is used.
    """
    stand_in = needs_stand_in(options.warehouse)
    if options.fresh and not stand_in:
        print("error: --fresh is for the stand-in; a warehouse is configured.", file=sys.stderr)  # noqa: T201
        return 2
    signal.signal(signal.SIGTERM, _end)
    # Not where the shell has it ignored, as in the background.
    if heeds_interrupts := signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    code: int | None = None
    try:
        with starting_services(options.state_folder, stand_in=stand_in, fresh=options.fresh) as use:
            if stand_in:
                said = "No warehouse is configured: running on the embedded stand-in"
                print(f"{said}, data in {options.state_folder}.", flush=True)  # noqa: T201
            found = imported(flow)
            from prefect_redshift.cli.flow_process import run_flow

            if heeds_interrupts:  # asyncio replaces this handler only
                signal.signal(signal.SIGINT, signal.default_int_handler)
            use()
            code = run_flow(found, options, on_stand_in, stand_in=stand_in)
    except RedshiftError as error:
        print(f"error: {one_line(error)}", file=sys.stderr)  # noqa: T201
        return 1
    except (KeyboardInterrupt, Signalled) as signalled:
        # While the servers are stopped, the flow has ended, and what it came to has been told.
        if code is None:
            terminated = isinstance(signalled, Signalled) and signalled.number == signal.SIGTERM
            print(f"{'Terminated' if terminated else 'Interrupted'}. Nothing was run.", file=sys.stderr)  # noqa: T201
            return TERMINATED if terminated else INTERRUPTED
    return code


def imported(flow: "AnyFlow | str") -> "AnyFlow":
    """Return the flow that stands where `module:name` says.

    Raises:
        PipelineError: There is none.
    """
    if not isinstance(flow, str):
        return flow
    module, _, name = flow.partition(":")
    with _without_collections():
        found: AnyFlow | None = getattr(importlib.import_module(module), name, None)
    if found is None:
        raise PipelineError(f"There is no flow {name!r} in the module {module}: write module:name.")
    return found


@contextmanager
def _without_collections() -> Iterator[None]:
    """Do not look for garbage during an import: nearly all that it makes stays, and the looks take a sixth of it."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _end(signum: int, frame: object) -> NoReturn:  # noqa: ARG001
    raise Signalled(signum)
