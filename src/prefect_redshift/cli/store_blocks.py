"""The command `python -m blocks` of a project: register the block types, store its blocks once they work."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import boto3
import httpx
from botocore.exceptions import BotoCoreError
from prefect.blocks.core import Block
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL
from prefect_aws import AwsCredentials, S3Bucket
from pydantic import SecretStr, ValidationError

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.state_machine import StateMachine
from prefect_redshift.cli.options import block_name
from prefect_redshift.exceptions import PipelineError, RedshiftError

# A serverless workgroup that was idle takes a while to wake.
CHECK_SECONDS = 180.0


def blocks_main(warehouse: str, state_machine: str, arguments: Sequence[str] | None = None) -> int:
    """Create or update a project's blocks after a query has worked, and return the exit code.

    0: the block works and is stored. 1: it does not, told in one line, and nothing was stored. 2: a wrong option.

    Args:
        warehouse: The name of the project's redshift-data-api block.
        state_machine: The name of its redshift-etl-state-machine block.
        arguments: What follows the command's name; by default, what this process was started with.
    """
    options = blocks_options(warehouse, state_machine).parse_args(arguments)
    with _silence():
        return _exit_code(options, state_machine)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Prefect's log still: what it would say is in the one line that is printed."""
    logger = logging.getLogger("prefect")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _exit_code(options: argparse.Namespace, state_machine: str) -> int:
    try:
        stored = store_blocks(options.name, state_machine, store_credentials=options.store_credentials)
        print(asyncio.run(stored))  # noqa: T201
    except (RedshiftError, BotoCoreError) as error:
        return _failed(str(error))
    except ValidationError as error:
        return _failed(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        return _failed(f"Prefect's API at {PREFECT_API_URL.value() or 'this machine'}: {reason}")
    except (KeyboardInterrupt, EOFError):
        return _failed("interrupted; nothing was stored.")
    return 0


def blocks_options(warehouse: str, state_machine: str) -> argparse.ArgumentParser:
    """Return the options, each explained."""
    options = argparse.ArgumentParser(
        prog="python -m blocks",
        description="Create or update the redshift-data-api block that a deployment names, once `select 1` has run "
        "through it. The warehouse is the one that REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER (with "
        "REDSHIFT_DATABASE, REDSHIFT_DB_USER, REDSHIFT_SECRET_ARN) names, else the block's own, else you are asked.",
        epilog="Where REDSHIFT_ETL_STATE_MACHINE_ARN names a state machine, the block "
        f"redshift-etl-state-machine/{state_machine} is stored as well. "
        "The block holds the warehouse and the region, and no credentials: whoever runs the flow brings theirs, "
        "found as boto3 finds them. AWS_ENDPOINT_URL is never stored.",
    )
    options.add_argument(
        "--name", type=block_name, default=warehouse, help=f"the block's name (default: {warehouse})"
    )
    options.add_argument(
        "--store-credentials",
        action="store_true",
        help="copy this environment's access key into the block, for workers that have none of their own",
    )
    return options


async def store_blocks(warehouse: str, state_machine: str, *, store_credentials: bool = False) -> str:
    """Store the warehouse's block and, where the environment names a state machine, the block of that.

    Raises:
        PipelineError: One of them does not work.
        RedshiftError: The query does not run.
    """
    machine = StateMachine.from_environment()
    if machine is None:
        return await _store_warehouse(warehouse, store_credentials)
    try:
        await machine.acheck()
    except RedshiftError as error:
        raise PipelineError(str(error)) from error
    done = await _store_warehouse(warehouse, store_credentials)
    machine.warehouse = await RedshiftDataApi.aload(warehouse)
    machine.aws_credentials = machine.warehouse.aws_credentials
    await machine.asave(state_machine, overwrite=True)
    return f"{done}\nStored redshift-etl-state-machine/{state_machine}: {machine.state_machine_arn}."


async def _store_warehouse(name: str, store_credentials: bool) -> str:
    """Check the connection, store it, and return what was done.

    Raises:
        PipelineError: No warehouse or no credentials are found, or the query does not run.
    """
    stored = await _stored(name)
    warehouse = _named_warehouse(stored)
    warehouse.aws_credentials = _credentials(warehouse.aws_credentials, store_credentials)
    target = f"{warehouse.workgroup_name or warehouse.cluster_identifier}, database {warehouse.database}"
    try:
        statement = await warehouse.arun("select 1", timeout=CHECK_SECONDS)
    except RedshiftError as error:
        raise PipelineError(f"{target}: {error}") from error
    for block_type in (AwsCredentials, S3Bucket, RedshiftDataApi):
        await _register(block_type)
    await warehouse.asave(name, overwrite=True)
    done = "Updated" if stored else "Created"
    return f"{done} redshift-data-api/{name}: {target}; `select 1` was {statement.status}."


async def _register(block_type: type[Block]) -> None:
    try:
        await block_type.aregister_type_and_schema()
    except ObjectAlreadyExists:
        # A server that has just started registers the same types, too, and was quicker.
        await block_type.aregister_type_and_schema()


async def _stored(name: str) -> RedshiftDataApi | None:
    try:
        block = await RedshiftDataApi.aload(name)
    except ValidationError as error:
        raise PipelineError(
            f"The stored block {name} is no longer valid: delete it, then run this again."
        ) from error
    except ValueError:
        return None
    return block if isinstance(block, RedshiftDataApi) else None


def _named_warehouse(stored: RedshiftDataApi | None) -> RedshiftDataApi:
    """Return what the environment names, all else as it is stored; without it, what is stored; else what is asked."""
    named = RedshiftDataApi.from_environment()
    if named and stored:
        named.aws_credentials = stored.aws_credentials
        named.statement_timeout_seconds = stored.statement_timeout_seconds
        named.max_concurrent_waits = stored.max_concurrent_waits
    found = named or stored
    if found:
        return found
    if not sys.stdin.isatty():
        raise PipelineError(
            "No warehouse is named: set REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER, "
            "or run this in a terminal."
        )
    return _asked()


def _asked() -> RedshiftDataApi:
    workgroup = input("Serverless workgroup (leave empty for a cluster): ").strip() or None
    cluster = None if workgroup else input("Cluster identifier: ").strip() or None
    database = input("Database [dev]: ").strip() or "dev"
    secret = input("Secret ARN (leave empty to log in by IAM): ").strip() or None
    user = None if workgroup or secret else input("Database user (leave empty for the IAM identity's own): ")
    return RedshiftDataApi(
        workgroup_name=workgroup,
        cluster_identifier=cluster,
        database=database,
        secret_arn=secret,
        db_user=(user or "").strip() or None,
    )


def _credentials(stored: AwsCredentials, store: bool) -> AwsCredentials:
    """Return the block's credentials with this environment's region and, if asked for, its access key."""
    if stored._block_document_id is not None:
        if store:
            raise PipelineError(
                "The block refers to a credentials block of its own: change that one in Prefect's UI."
            )
        return stored
    session = boto3.Session()
    changes: dict[str, object] = {"region_name": session.region_name or stored.region_name}
    if store:
        found = session.get_credentials()
        if found is None:
            raise PipelineError("--store-credentials: boto3 finds no AWS credentials here.")
        key = found.get_frozen_credentials()
        if key.token:
            raise PipelineError(
                "--store-credentials: these credentials are temporary and would soon be worthless in a block; "
                "let the worker have a role or a profile instead."
            )
        changes |= {"aws_access_key_id": key.access_key, "aws_secret_access_key": SecretStr(key.secret_key)}
    return stored.model_copy(update=changes)


def _failed(reason: str) -> int:
    print(f"error: {' '.join(reason.split())}", file=sys.stderr)  # noqa: T201
    return 1
