"""The options of `python -m prefect_redshift.verify`, each explained."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from prefect_redshift.cli.options import iso_date
from prefect_redshift.local.services import STATE_FOLDER

OUTPUT = "verified.json"


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(
        prog="python -m prefect_redshift.verify",
        description="Ask an endpoint whether what this library assumes of it holds: the Data API, Redshift's SQL, "
        "Step Functions. It works in a schema of its own with a random name, and drops it. Without a configured "
        "warehouse it asks the embedded stand-in.",
        epilog="A warehouse is configured by REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER (with "
        "REDSHIFT_DATABASE, REDSHIFT_DB_USER, REDSHIFT_SECRET_ARN) and AWS's own variables. Exit codes: 0: all that "
        "was asked holds. 1: something differs, or failed. 2: the command line is wrong. 130, 143: interrupted.",
    )
    options.add_argument("--yes", action="store_true", help="do not ask before it begins")
    options.add_argument(
        "--list", action="store_true", help="list the probes and their sources, and ask nothing"
    )
    options.add_argument(
        "--probes",
        metavar="ID,...",
        type=lambda text: tuple(text.split(",")),
        default=(),
        help="only those whose ids begin so, such as tokens,sql.merge",
    )
    options.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="another endpoint than AWS's (default: AWS_ENDPOINT_URL, if it is set)",
    )
    options.add_argument(
        "--role",
        metavar="ARN",
        default="",
        help="a role that Step Functions may assume and that may use the Data API: asks Step Functions as well",
    )
    options.add_argument(
        "--make-secret",
        action="store_true",
        help="make two secrets, two database users and a schema of one of them, to ask what a wrong password leads to "
        "and what the owner of a schema may do; all are removed",
    )
    options.add_argument(
        "--make-queue",
        action="store_true",
        help="make a queue and a rule of EventBridge, to ask what is told of a statement's end; both are removed",
    )
    options.add_argument(
        "--left-over",
        action="store_true",
        help="ask nothing: list what runs that were killed have left in the warehouse, and remove it",
    )
    options.add_argument(
        "--job",
        metavar="FILE",
        type=Path,
        help="a file of Python that declares a job, such as flows/orders.py: its steps and checks are run once",
    )
    options.add_argument(
        "--run-date",
        metavar="YYYY-MM-DD",
        type=iso_date,
        default=datetime.now(UTC).date(),
        help="the day that the job loads (default: today, in UTC)",
    )
    options.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        default=Path(OUTPUT),
        help=f"where the answers are written, without names of the account (default: {OUTPUT})",
    )
    options.add_argument(
        "--compare",
        metavar="FILE",
        type=Path,
        help="a file of an earlier run: answers that differ from it are told, and the exit code is 1",
    )
    options.add_argument(
        "--state-folder",
        type=Path,
        default=Path(STATE_FOLDER),
        help=f"where the stand-in keeps its data, if it is started (default: {STATE_FOLDER})",
    )
    return options
