"""`python -m blocks`: what it stores, what it asks, and the one line that it says where something is wrong."""

import asyncio
import logging
import os
import pty
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import BlockDocument
from prefect.settings import PREFECT_API_URL, temporary_settings

from blocks.__main__ import main
from local_aws import Admin, Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.history import History

pytestmark = pytest.mark.one_database
NAME = "set-up"
T = TypeVar("T")


@pytest.fixture(autouse=True)
def as_a_user_begins(
    prefect_server: str, aws: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """No block of the name; the environment names the warehouse."""
    level = logging.getLogger("prefect").level
    monkeypatch.setenv("REDSHIFT_WORKGROUP_NAME", "local-workgroup")
    monkeypatch.setenv("REDSHIFT_DATABASE", database)
    yield
    logging.getLogger("prefect").setLevel(level)
    for document in stored():
        ask(lambda client, document=document: client.delete_block_document(document.id))  # type: ignore[misc]


def ask(question: Callable[[PrefectClient], Awaitable[T]]) -> T:
    """Return what Prefect's API answers."""

    async def asked() -> T:
        async with get_client() as client:
            return await question(client)

    return asyncio.run(asked())


def stored() -> list[BlockDocument]:
    """Return the blocks of the name, secrets shown."""

    async def read(client: PrefectClient) -> list[BlockDocument]:
        documents = await client.read_block_documents(include_secrets=True)
        return [document for document in documents if document.name == NAME]

    return ask(read)


def set_up(*options: str) -> int:
    return main(["--name", NAME, *options])


def test_it_creates_the_block_after_a_real_query_and_again_changes_nothing(
    database: str, history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_up() == 0
    said = f"redshift-data-api/{NAME}: local-workgroup, database {database}; `select 1` was FINISHED.\n"
    assert capsys.readouterr().out == f"Created {said}"
    [run] = history.executions("")
    assert run["sql"] == "select 1"

    [created] = stored()
    assert created.data["workgroup_name"] == "local-workgroup"
    assert created.data["aws_credentials"]["region_name"] == "us-east-1"
    # Whoever runs the flow brings credentials; and an endpoint is this machine's.
    text = str(created.data)
    assert "local-secret" not in text
    assert not created.data["aws_credentials"].get("aws_access_key_id")
    assert "http" not in text

    assert set_up() == 0
    assert capsys.readouterr().out == f"Updated {said}"
    [updated] = stored()
    assert (updated.id, updated.data) == (created.id, created.data)
    assert len(history.executions("")) == 2


def test_an_update_takes_what_the_environment_names_and_keeps_the_rest(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    RedshiftDataApi(cluster_identifier="other", database="old", statement_timeout_seconds=60).save(NAME)
    assert set_up() == 0
    [updated] = stored()
    assert (updated.data["workgroup_name"], updated.data["cluster_identifier"]) == ("local-workgroup", None)
    assert (updated.data["database"], updated.data["statement_timeout_seconds"]) == (database, 60)

    monkeypatch.delenv("REDSHIFT_WORKGROUP_NAME")
    monkeypatch.delenv("REDSHIFT_DATABASE")
    assert set_up() == 0
    assert stored()[0].data == updated.data


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A terminal for standard input; what it is called with has been typed."""
    keyboard, line = pty.openpty()
    with os.fdopen(line) as standard_input:
        monkeypatch.setattr(sys, "stdin", standard_input)
        monkeypatch.delenv("REDSHIFT_WORKGROUP_NAME")
        monkeypatch.delenv("REDSHIFT_DATABASE")
        yield lambda text: [os.write(keyboard, text.encode())].clear()
    os.close(keyboard)


def test_it_asks_for_a_workgroup(terminal: Callable[[str], None], database: str) -> None:
    terminal(f"local-workgroup\n{database}\n\n")
    assert set_up() == 0
    [document] = stored()
    assert (document.data["workgroup_name"], document.data["database"]) == ("local-workgroup", database)


def test_it_asks_for_a_cluster_and_its_user(terminal: Callable[[str], None]) -> None:
    terminal("\nlocal-cluster\n\n\netl\n")
    assert set_up() == 0
    [document] = stored()
    named = ("cluster_identifier", "database", "db_user", "secret_arn", "workgroup_name")
    assert [document.data[name] for name in named] == ["local-cluster", "dev", "etl", None, None]


def test_who_leaves_the_questions_leaves_no_block(
    terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("local-workgroup\n\x04")
    assert set_up() == 1
    assert capsys.readouterr().err == "error: interrupted; nothing was stored.\n"
    assert stored() == []


@pytest.mark.parametrize(
    ("variables", "options", "line"),
    [
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            [],
            "Check AWS_ENDPOINT_URL, the region and the network.",
        ),
        ({"AWS_ACCESS_KEY_ID": "REFUSED"}, [], "Check the AWS credentials"),
        ({"AWS_ACCESS_KEY_ID": "EXPIRED"}, [], "Check the AWS credentials"),
        ({"REDSHIFT_WORKGROUP_NAME": "nowhere"}, [], "error: nowhere, database test_"),
        ({"REDSHIFT_DATABASE": "nowhere"}, [], "nowhere"),
        ({"REDSHIFT_CLUSTER_IDENTIFIER": "local-cluster"}, [], "name one target"),
        ({"REDSHIFT_DB_USER": "etl"}, [], "db_user and workgroup_name clash"),
        ({"REDSHIFT_WORKGROUP_NAME": ""}, [], "No warehouse is named"),
        ({"AWS_SESSION_TOKEN": "short-lived"}, ["--store-credentials"], "these credentials are temporary"),
        ({"AWS_ACCESS_KEY_ID": ""}, ["--store-credentials"], "boto3 finds no AWS credentials here"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    options: list[str],
    line: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("prefect_redshift.aws.retries.UNREACHABLE_SECONDS", 0.5)
    assert set_up(*options) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert line in err
    assert stored() == []


def test_a_prefect_server_that_is_down_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert set_up() == 1
    err = capsys.readouterr().err
    assert err.startswith("error: Prefect's API at http://127.0.0.1:9/api: ")
    assert err.count("\n") == 1


def test_stored_credentials_are_enough_by_themselves_and_are_not_shown(
    aws: Served, admin: Admin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    assert set_up("--store-credentials") == 0
    assert "hunter2" not in "".join(capsys.readouterr())
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    async def used() -> Any:
        warehouse: Any = await RedshiftDataApi.aload(NAME)
        return await warehouse.run("select 2")

    assert asyncio.run(used()).status == "FINISHED"


@pytest.mark.parametrize("name", ["Sales", "sales_warehouse", ""])
def test_a_name_that_prefect_would_refuse_is_refused_first(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--name", name])
    assert "use lower case letters, digits and dashes" in capsys.readouterr().err
