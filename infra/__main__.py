"""The command `python -m infra`: definition, upload, deploy, run, delete; the same against AWS and the stand-in."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from flows.sales import SALES
from infra import definition as definitions
from infra.infra_error import InfraError
from infra.parameters import from_environment, parameters
from infra.stack import Stack
from infra.uploaded_files import definition_name, uploaded_files
from infra.uploads import Uploads
from prefect_redshift.blocks.state_machine import StateMachine
from prefect_redshift.cli.exit_codes import INTERRUPTED
from prefect_redshift.cli.options import iso_date
from prefect_redshift.exceptions import RedshiftError, one_line


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code.

    0: done. 1: something failed, told in one line on standard error. 2: the command line is wrong. 130: interrupted;
    what ran was cancelled.
    """
    options = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace, boto3.Session], None] = options.command
    try:
        command(options, boto3.Session())
    except (InfraError, RedshiftError, BotoCoreError, ClientError) as error:
        print(f"error: {one_line(error)}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    return 0


def definition(_: argparse.Namespace, __: boto3.Session) -> None:
    """Write the state machine's definition, as it follows from flows/sales.py, to infra/state_machine.asl.json."""
    definitions.FILE.write_text(definitions.text())
    tell(f"{definitions.FILE} is written.")


def upload(options: argparse.Namespace, session: boto3.Session) -> None:
    """Put the scripts and the definition into S3."""
    files = uploaded_files(SALES, options.scripts, options.schema)
    for key in _uploads(options, session).upload(files, create_bucket=options.create_bucket):
        tell(f"s3://{options.bucket}/{key}")


def deploy(options: argparse.Namespace, session: boto3.Session) -> None:
    """Upload, then make or change the stack."""
    from_environment(options)
    given = parameters(options, session)
    uploads = _uploads(options, session)
    files = uploaded_files(SALES, options.scripts, options.schema)
    uploads.upload(files, create_bucket=options.create_bucket)
    stack = Stack(session.client("cloudformation"), options.stack_name)
    done = stack.deploy({**given, "DefinitionKey": uploads.key(definition_name(SALES))})
    tell(f"The stack {stack.name} is {done}.")
    for name, value in stack.outputs().items():
        tell(f"  {name:20} {value}")


def run(options: argparse.Namespace, session: boto3.Session) -> None:
    """Run the machine for one day, and follow it."""
    outputs = Stack(session.client("cloudformation"), options.stack_name).outputs()
    machine = StateMachine(state_machine_arn=outputs["StateMachineArn"], cancels_statements=True)
    given = {"run_date": options.run_date.isoformat(), "setup": options.setup}
    output = asyncio.run(_output(machine, given))
    for step, found in output.items():
        if isinstance(found, dict) and "Duration" in found:
            tell(f"  {step:27} {found['Id']}   {found['Status']}   {found['Duration'] / 1e9:.2f} s")
    for warning in output["checks"]["warnings"]:
        tell(f"  warning: {warning}")


async def _output(machine: StateMachine, given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a new execution at its end; the block logs each state, and stops it with its statements at Ctrl-C."""
    execution = await machine.atrigger(given)
    output: dict[str, Any] = await execution.fetch_result()
    return output


def delete(options: argparse.Namespace, session: boto3.Session) -> None:
    """Delete the stack, then what was uploaded."""
    stack = Stack(session.client("cloudformation"), options.stack_name)
    # A stack that was never made whole has no outputs.
    bucket, _, prefix = stack.outputs().get("ScriptsLocation", "").removeprefix("s3://").partition("/")
    stack.delete()
    tell(f"The stack {stack.name} is deleted.")
    if not bucket:
        return
    removed, left = Uploads(session.client("s3"), bucket, prefix).delete()
    tell(f"{len(removed)} objects under s3://{bucket}/{prefix} are deleted.")
    for key in left:
        tell(f"Left alone: s3://{bucket}/{key}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the commands and their options."""
    commands = argparse.ArgumentParser(
        prog="python -m infra",
        description="The state machine that does the job without Prefect: deployed by CloudFormation, and run.",
        epilog="Credentials and region are found as boto3 finds them; AWS_ENDPOINT_URL points it at the stand-in.",
    )
    add = commands.add_subparsers(required=True, metavar="command").add_parser
    for command in (definition, upload, deploy, run, delete):
        options = add(command.__name__, help=command.__doc__, description=command.__doc__)
        options.set_defaults(command=command)
        if command not in (definition, upload):
            options.add_argument("--stack-name", default="redshift-etl", help="default: redshift-etl")
        if command in (upload, deploy):
            _add_upload_options(options)
        if command is deploy:
            _add_template_options(options)
        if command is run:
            options.add_argument("--run-date", type=iso_date, required=True, metavar="YYYY-MM-DD")
            options.add_argument("--setup", choices=["if_missing", "never"], default="if_missing")
    return commands


def _add_upload_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--bucket", required=True, help="where the scripts are to be")
    options.add_argument("--prefix", default="redshift-etl", type=prefix, help="default: redshift-etl")
    options.add_argument(
        "--scripts",
        type=Path,
        default=SALES.folder / SALES.scripts,
        help="the folder of the scripts (default: sql)",
    )
    options.add_argument(
        "--schema", default=SALES.schema, help="the schema to work in (default: the user's own search path)"
    )
    options.add_argument("--create-bucket", action="store_true", help="make the bucket where there is none")


def _add_template_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--workgroup-name", help="a serverless workgroup")
    add("--cluster-identifier", help="or a cluster, with --db-user or --secret-arn")
    add("--db-user")
    add("--secret-arn")
    add("--database", help="default: REDSHIFT_DATABASE, else dev")
    add("--name", help="of the state machine (default: RedshiftETLStepFunction)")
    add("--wait-seconds", type=int, help="the first wait for a statement, 5 to 30 (default: 5)")
    add(
        "--step-timeout",
        type=int,
        help="seconds after which a step's statement is cancelled (default: 10800)",
    )
    add("--schedule", help="such as 'cron(0 6 * * ? *)', the default")
    add("--timezone", help="IANA time zone of the schedule and of the day to load (default: UTC)")
    add("--schedule-state", choices=["ENABLED", "DISABLED"], help="default: DISABLED")
    add("--setup", choices=["if_missing", "never"], help="of the scheduled runs (default: if_missing)")


def prefix(text: str) -> str:
    """Return a prefix without slashes at its ends; argparse turns the error into its message."""
    if not text.strip("/"):
        raise argparse.ArgumentTypeError("must not be empty")
    return text.strip("/")


def tell(line: str) -> None:
    """Say it at once, also into a pipe."""
    print(line, flush=True)  # noqa: T201


def _uploads(options: argparse.Namespace, session: boto3.Session) -> Uploads:
    return Uploads(session.client("s3"), options.bucket, options.prefix)


if __name__ == "__main__":
    sys.exit(main())
