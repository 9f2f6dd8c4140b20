"""The options of a job's commands, each explained; what can be known of them is checked before anything starts."""

import argparse
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.services import STATE_FOLDER
from prefect_redshift.pipeline.choices import HandOff, Setup
from prefect_redshift.pipeline.days import days_asked
from prefect_redshift.pipeline.identifiers import identifier
from prefect_redshift.pipeline.job import Job
from prefect_redshift.pipeline.ranges import DAYS_AT_ONCE
from prefect_redshift.pipeline.run_date import scheduled_run_date

WHERE_TO = (
    "A warehouse is configured by --warehouse, or by REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER "
    "(with REDSHIFT_DATABASE, REDSHIFT_DB_USER, REDSHIFT_SECRET_ARN) and AWS's own variables."
)


def daily_options(job: Job, command: str) -> argparse.ArgumentParser:
    """Return the options of a job's daily flow.

    Args:
        job: The declaration.
        command: How the command is called, such as `python -m flows.daily`.
    """
    options = argparse.ArgumentParser(
        prog=command,
        description=f"Run the job {job.name}: read its scripts, deploy, set up, load, validate. Without a configured "
        "warehouse it runs on an embedded stand-in.",
        epilog=WHERE_TO,
    )
    if job.facts:
        options.add_argument(
            "--run-date",
            type=iso_date,
            metavar="YYYY-MM-DD",
            help="the day to load (default: today, in --timezone)",
        )
        options.add_argument(
            "--catch-up",
            action="store_true",
            help="first load the days that were missed since the last loaded one, at most 40 back",
        )
    _add_common_options(options, job)
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
        type=block_name,
        help="the name of a redshift-etl-state-machine block (default: the one that REDSHIFT_ETL_STATE_MACHINE_ARN "
        "names)",
    )
    return options


class _BackfillOptions(argparse.ArgumentParser):
    """Refuses at once the days that the flow would refuse."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        options, rest = super().parse_known_args(args, namespace)
        try:
            today = scheduled_run_date(options.timezone, datetime.now(UTC))
            days_asked(options.from_date, options.to_date, options.dates, today)
        except PipelineError as error:
            self.error(str(error))
        return options, rest


def backfill_options(job: Job, command: str) -> argparse.ArgumentParser:
    """Return the options of a job's backfill; see `daily_options`."""
    options = _BackfillOptions(
        prog=command,
        description=f"Load many days of the job {job.name}, without those that are loaded rightly already: interrupted "
        "or failed, the same command loads what is missing. A day that fails stops no other.",
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
        type=iso_dates,
        metavar="YYYY-MM-DD,...",
        help="the days one by one, instead of --from and --to",
    )
    options.add_argument("--reload", action="store_true", help="load days again that are loaded already")
    if any(step.range_step for step in job.facts):
        options.add_argument(
            "--days-at-once",
            type=number_of_days,
            metavar="N",
            help=f"how many days one statement loads, at most (default: {DAYS_AT_ONCE}); 1: each by itself",
        )
    _add_common_options(options, job)
    return options


def _add_common_options(options: argparse.ArgumentParser, job: Job) -> None:
    options.add_argument(
        "--setup",
        choices=get_args(Setup),
        default="if_missing",
        help="if_missing: create what is missing (default); always: drop all tables first, history included; never: "
        "leave the tables alone",
    )
    options.add_argument(
        "--scripts",
        default=job.scripts,
        metavar="WHERE",
        help=f"the SQL: a folder or s3://bucket/prefix (default: {job.scripts})",
    )
    options.add_argument(
        "--warehouse", metavar="BLOCK", type=block_name, help="the name of a redshift-data-api block"
    )
    options.add_argument(
        "--schema",
        dest="schema_name",
        metavar="NAME",
        type=schema_name,
        default=job.schema,
        help=f"the schema to work in (default: {job.schema or 'that of the database user'})",
    )
    options.add_argument(
        "--timezone",
        metavar="ZONE",
        type=time_zone,
        default="UTC",
        help="IANA time zone in which the run date is decided (default: UTC)",
    )
    options.add_argument("--fresh", action="store_true", help="empty the stand-in's warehouse first")
    options.add_argument(
        "--state-folder",
        metavar="FOLDER",
        type=Path,
        default=job.folder / STATE_FOLDER,
        help=f"where the stand-in keeps its data (default: {STATE_FOLDER} in the project's folder)",
    )


def iso_date(text: str) -> date:
    """Read a date written YYYY-MM-DD; argparse turns the error into its message."""
    try:
        # fromisoformat also takes 20261122; strptime also 2026-2-3.
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; write YYYY-MM-DD, such as 2026-11-22"
        ) from None


def iso_dates(text: str) -> Sequence[date]:
    """Read dates that are separated by commas."""
    return [iso_date(part.strip()) for part in text.split(",")]


def number_of_days(text: str) -> int:
    """Read a number of days, at least one."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; write 1 or more")
    return int(text)


def block_name(text: str) -> str:
    """Read a name that Prefect accepts for a block."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a block's name; use lower case letters, digits and dashes"
        )
    return text


def schema_name(text: str) -> str:
    """Read the name of a schema."""
    try:
        return identifier(text, "The schema")
    except PipelineError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def time_zone(text: str) -> str:
    """Read the name of a time zone."""
    try:
        scheduled_run_date(text, datetime.now(UTC))
    except PipelineError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
