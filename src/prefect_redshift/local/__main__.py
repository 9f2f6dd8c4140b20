"""The command `python -m prefect_redshift.local`: all that a project's deployments need, on one machine."""

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.bring_up import bring_up
from prefect_redshift.local.services import STATE_FOLDER


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring all up, wait for Ctrl-C or SIGTERM, take all down; return the exit code.

    0: ended as asked. 1: something did not start, or ended by itself, told in one line. 2: a wrong option.
    """
    options = parser().parse_args(arguments)
    state: Path = options.state_folder.absolute()
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with ExitStack() as services:
            # Once it is being taken down, nothing interrupts that.
            try:
                ended = bring_up(services, state)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise PipelineError(f"{ended} ended by itself; its log is in {state}.")
    except KeyboardInterrupt:
        print("\nStopped.")  # noqa: T201
        return 0
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the options, each explained."""
    options = argparse.ArgumentParser(
        prog="python -m prefect_redshift.local",
        description="In a project's folder: start a Prefect server with its UI, a worker and, unless REDSHIFT_... "
        "names a warehouse, the stand-in for AWS; store the blocks by `python -m blocks`; deploy what prefect.yaml "
        "names; stop all of it on Ctrl-C.",
    )
    options.add_argument(
        "--state-folder",
        metavar="FOLDER",
        type=Path,
        default=Path(STATE_FOLDER),
        help=f"where the data and the logs are kept (default: {STATE_FOLDER})",
    )
    return options


def _interrupt(signum: int, frame: object) -> NoReturn:  # noqa: ARG001
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
