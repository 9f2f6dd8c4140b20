"""Blocks keep to the rates that the stand-in enforces: together in one process, and beside other processes."""

import asyncio
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect_aws import AwsCredentials

from local_aws import Admin, Served, running
from prefect_redshift.aws.pacing import accounts
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

# More than a burst of the service's, far less than each pacer of its own would let through at once.
BLOCKS, EACH = 4, 15
ROLE = "arn:aws:iam::{account}:role/loader"


@pytest.fixture(scope="module")
def strict(no_aws_configuration: None) -> Iterator[Served]:
    """A stand-in that throttles calls beyond the published rates."""
    with tempfile.TemporaryDirectory(prefix="local_aws-rates-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL passes through, under root as another user
        with running(folder / "data", rates=True) as served:
            yield served


@pytest.fixture
def admin(strict: Served, monkeypatch: pytest.MonkeyPatch) -> Admin:
    """Its admin API, with an empty history; the environment names the stand-in."""
    for name, value in strict.environment.items():
        monkeypatch.setenv(name, value)
    client = Admin(strict.url)
    client.clear_history()
    return client


def block(shared_limit: str | None = None, **credentials: Any) -> RedshiftDataApi:
    return RedshiftDataApi(
        workgroup_name="local-workgroup",
        shared_limit=shared_limit,
        aws_credentials=AwsCredentials(**credentials),
    )


def outcomes(admin: Admin) -> list[str]:
    """How each submission was answered."""
    return [call["outcome"] for call in admin.calls() if call["operation"] == "ExecuteStatement"]


async def run_each(blocks: list[RedshiftDataApi]) -> None:
    await asyncio.gather(*(warehouse.run("select 1") for warehouse in blocks for _ in range(EACH)))


async def test_the_blocks_of_a_process_share_what_the_account_may_call(admin: Admin) -> None:
    await run_each([block() for _ in range(BLOCKS)])
    assert outcomes(admin) == ["ok"] * BLOCKS * EACH


@pytest.mark.usefixtures("prefect_server")
async def test_processes_with_a_shared_limit_are_not_throttled(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"limit-{uuid.uuid4()}"
    processes = []
    for _ in range(BLOCKS):
        # As in a process of its own: it finds no pacer.
        monkeypatch.setattr(accounts, "_pacers", {})
        processes.append(block(name))
        await processes[-1].data_api().connection.client.opened()
    await run_each(processes)
    made = outcomes(admin)
    assert made.count("ok") == BLOCKS * EACH
    # Without the limit nearly half of them are; a machine that stands still now and then may cost a few.
    assert len(made) - made.count("ok") <= 3


async def test_accounts_that_are_known_to_differ_do_not_share(admin: Admin) -> None:
    """A role names its account; keys do not, and such blocks are taken to be of one account."""

    async def pacer(**credentials: str) -> object:
        client = block(**credentials).data_api().connection.client
        await client.opened()
        return client._pacer

    numbers = ("1" * 12, "1" * 12, "2" * 12)
    one, same, other = [await pacer(assume_role_arn=ROLE.format(account=number)) for number in numbers]
    assert one is same
    assert one is not other
    keys = {"aws_access_key_id": "another", "aws_secret_access_key": "secret"}
    assert await pacer() is await pacer(**keys)
    assert await pacer() is not one
    assert await pacer() is not await pacer(region_name="eu-west-1")
