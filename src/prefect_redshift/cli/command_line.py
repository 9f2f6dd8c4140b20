"""The command line of a flow, such as `python -m flows.sales_data_pipeline`."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn, get_args

import httpx
from prefect import Flow
from prefect.exceptions import TerminationSignal
from prefect.settings import PREFECT_API_URL
from pydantic import ValidationError

from prefect_redshift.cli.terminal import tell_the_story
from prefect_redshift.exceptions import PipelineError, RedshiftError, one_line
from prefect_redshift.local.services import local_services
from prefect_redshift.pipeline.days import days_asked
from prefect_redshift.pipeline.run_date import scheduled_run_date
from prefect_redshift.pipeline.scripts import PROJECT_FOLDER
from prefect_redshift.tasks.hand_off import HandOff
from prefect_redshift.tasks.steps import Setup

STATE_FOLDER = PROJECT_FOLDER / ".local_aws"
EXPECTED_ERRORS = (RedshiftError, ValidationError)
# What the shell reports for a process that a signal ended.
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# New objects after which the youngest are looked through, instead of Python's 700.
SMALL_COLLECTION = 20_000
WHERE_TO = (
    "A warehouse is configured by --warehouse, or by REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER "
    "(with REDSHIFT_DATABASE, REDSHIFT_DB_USER, REDSHIFT_SECRET_ARN) and AWS's own variables."
)


def main(
    flow: Flow[..., Coroutine[Any, Any, Any]],
    arguments: Sequence[str] | None = None,
    command: argparse.ArgumentParser | None = None,
) -> int:
    """Runs the flow as the command line says, and returns the exit code.

    0: every step finished and every validation passed. 1: something failed, told in one line on standard error.
    2: the command line is wrong. 130 and 143: interrupted; what ran was cancelled.

    Args:
        flow: The flow, whose parameters are options of the command.
        arguments: What follows the command's name; by default, what this process was started with.
        command: Its options; by default those of the daily flow.
    """
    options = (command or parser()).parse_args(arguments)
    stand_in = needs_stand_in(options.warehouse)
    if options.fresh and not stand_in:
        print("error: --fresh is for the stand-in; a warehouse is configured.", file=sys.stderr)  # noqa: T201
        return 2
    if stand_in:
        print(f"No warehouse is configured: running on the embedded stand-in, data in {STATE_FOLDER}.")  # noqa: T201
    prepare_process()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        with local_services(options.state_folder, stand_in=stand_in, fresh=options.fresh):
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
        print("Interrupted; what ran was cancelled.", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except TerminationSignal:
        print("Terminated; what ran was cancelled.", file=sys.stderr)  # noqa: T201
        return TERMINATED
    return 0


async def _run(flow: Flow[..., Coroutine[Any, Any, Any]], options: argparse.Namespace) -> None:
    await flow(**{name: getattr(options, name) for name in flow.parameters.properties})


def parser() -> argparse.ArgumentParser:
    """The options of the daily flow, each explained."""
    options = argparse.ArgumentParser(
        prog="python -m flows.sales_data_pipeline",
        description="Load one day of sales into Amazon Redshift: deploy the procedures, set up, load two dimensions at "
        "once, then the facts, then validate. Without a configured warehouse it runs on an embedded stand-in.",
        epilog=WHERE_TO,
    )
    options.add_argument(
        "--run-date",
        type=iso_date,
        metavar="YYYY-MM-DD",
        help="the day to load (default: today, in --timezone)",
    )
    options.add_argument(
        "--catch-up",
        action="store_true",
        help="first load the days that were missed since the last validated one, at most 40 back",
    )
    add_common_options(options)
    options.add_argument(
        "--hand-off",
        choices=get_args(HandOff),
        default="none",
        help="none: the flow does the job (default); instead: a state machine of AWS Step Functions does it, and the "
        "flow follows and validates; after: one is started with the run's summary",
    )
    options.add_argument(
        "--state-machine",
        metavar="BLOCK",
        help="the name of a redshift-etl-state-machine block (default: the one that REDSHIFT_ETL_STATE_MACHINE_ARN "
        "names)",
    )
    return options


class _BackfillParser(argparse.ArgumentParser):
    """Refuses at once the days that the flow would refuse."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        options, rest = super().parse_known_args(args, namespace)
        try:
            today = scheduled_run_date(options.timezone, datetime.now(UTC))
            days_asked(options.from_date, options.to_date, options.dates, today)
        except PipelineError as error:
            self.error(str(error))
        return options, rest


def backfill_parser() -> argparse.ArgumentParser:
    """The options of the backfill, each explained."""
    options = _BackfillParser(
        prog="python -m flows.sales_backfill",
        description="Load many days of sales into Amazon Redshift, without those that are validated already: "
        "interrupted or failed, the same command loads what is missing. A day that fails stops no other.",
        epilog=WHERE_TO,
    )
    options.add_argument(
        "--from", dest="from_date", type=iso_date, metavar="YYYY-MM-DD", help="the first day"
    )
    options.add_argument(
        "--to", dest="to_date", type=iso_date, metavar="YYYY-MM-DD", help="the last day, today at the latest"
    )
    options.add_argument(
        "--dates",
        type=lambda text: [iso_date(part.strip()) for part in text.split(",")],
        metavar="YYYY-MM-DD,...",
        help="the days one by one, instead of --from and --to",
    )
    options.add_argument("--reload", action="store_true", help="load days again that are validated already")
    add_common_options(options)
    return options


def add_common_options(options: argparse.ArgumentParser) -> None:
    """Adds the options that every flow has."""
    options.add_argument(
        "--setup",
        choices=get_args(Setup),
        default="if_missing",
        help="if_missing: create tables and sample data where there are none (default); "
        "always: drop all tables first, history included; never: leave the tables alone",
    )
    options.add_argument(
        "--scripts",
        default="sql",
        metavar="WHERE",
        help="the SQL: a folder or s3://bucket/prefix (default: sql)",
    )
    options.add_argument("--warehouse", metavar="BLOCK", help="the name of a redshift-data-api block")
    options.add_argument(
        "--timezone", default="UTC", help="IANA time zone in which the run date is decided (default: UTC)"
    )
    options.add_argument("--fresh", action="store_true", help="empty the stand-in's warehouse first")
    options.add_argument(
        "--state-folder",
        type=Path,
        default=STATE_FOLDER,
        help="where the stand-in keeps its data (default: .local_aws)",
    )


def iso_date(text: str) -> date:
    """A date written YYYY-MM-DD; argparse turns the error into its message."""
    try:
        # strptime takes the digits of any script.
        return datetime.strptime(text.encode("ascii").decode(), "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date; write YYYY-MM-DD, such as 2026-11-22"
        ) from None


def needs_stand_in(warehouse: str | None) -> bool:
    """Whether neither a block nor the environment names a warehouse, nor an endpoint."""
    names = ("REDSHIFT_WORKGROUP_NAME", "REDSHIFT_CLUSTER_IDENTIFIER")
    return warehouse is None and not any(os.environ.get(name) for name in names)


def prepare_process() -> None:
    """Leaves only the pipeline's own story on the terminal, and collects garbage more seldom.

    A full collection over all that Prefect and boto3 import takes 0.2 seconds, and the run would meet one or two; the
    small ones take a tenth of what a task costs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SMALL_COLLECTION)
    tell_the_story(EXPECTED_ERRORS)


def _terminate(signum: int, frame: object) -> NoReturn:  # noqa: ARG001
    raise TerminationSignal(signum)
