"""The code of the pages on sync use, on values and on Prefect's idioms does what they say."""

import asyncio
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.deploy.deploying import forget_deployments
from tests.docs.pages import cells, run_cells, write_files
from tests.prefect_database import copy_without_blocks
from tests.statements import eventually

# Prefect's clients of sync code belong to event loops that end before they are closed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <function _Selector:pytest.PytestUnraisableExceptionWarning"
    ),
]
IDIOMS = "docs/prefect-idioms.md"
PREFECT_YAML = """
pull: [{prefect.deployments.steps.set_working_directory: {directory: /tmp}}]
deployments:
- {name: scheduled, entrypoint: "visits.py:visits_of", work_pool: {name: asked}, schedules: [{cron: "0 6 * * *"}]}
- {name: unscheduled, entrypoint: "visits.py:visits_of", work_pool: {name: asked}}
"""
# The harness makes a folder and a database in it, whose migrations take longer than the test: here it finds one.
MIGRATED = """
import shutil
import tempfile
from pathlib import Path
from prefect.testing import utilities

def folder():
    made = tempfile.mkdtemp()
    shutil.copy(Path(__file__).with_name("prefect.db"), Path(made, "prefect-test.db"))
    return made

utilities.mkdtemp = folder
"""


@pytest.fixture
async def warehouse(prefect_server: str, aws: Served, database: str) -> AsyncIterator[RedshiftDataApi]:
    """The stored block that the pages load, on a database of the test's own."""
    block = RedshiftDataApi(workgroup_name="local-workgroup", database=database)
    await block.asave("my-warehouse", overwrite=True)
    yield block
    await RedshiftDataApi.adelete("my-warehouse")


async def test_sync_use(warehouse: RedshiftDataApi) -> None:
    names = await run_cells(cells("docs/sync-use.md"), {"__name__": "notebook"})
    assert names["same"].equals(names["frame"])
    assert (names["count"], names["titles"]) == ((3,), [("Emma",), ("Ulysses",)])
    assert names["sold"] == [(1,), (2,)]
    found = await warehouse.fetch_all("select id, title, sold is null from book order by id")
    assert found == [(1, "Emma", False), (2, "Ulysses", False), (3, "", True)]
    (left,) = [row.n async for row in warehouse.rows(names["left"])]
    assert left == 1


async def test_values(warehouse: RedshiftDataApi) -> None:
    names = await run_cells(cells("docs/values.md"), {})
    assert names["found"] == [(7, Decimal("12.50"), date(2026, 11, 22), None, b"\x00\xff")]


async def test_idioms(warehouse: RedshiftDataApi, tmp_path: Path) -> None:
    write_files(IDIOMS, tmp_path)
    names = await run_cells(cells(IDIOMS), {"FOLDER": tmp_path, "__name__": "notebook"})
    assert names["found"] == [("north", 1), ("south", 1)]
    assert names["found_by_source"] == 1
    # The second try has found the insert of the first.
    assert len(names["tries"]) == 2
    assert await warehouse.fetch_one("select count(*) from visit where shop = 'once'") == (1,)

    run = asyncio.create_task(names["approved"].with_options(flow_run_name=f"of-{warehouse.database}")())
    await resume_when_paused(f"of-{warehouse.database}", run)
    await run
    assert await warehouse.fetch_all("select shop from visit where shop in ('staged', 'published')") == [
        ("published",)
    ]


async def resume_when_paused(name: str, run: "asyncio.Task[Any]") -> None:
    """Resume the flow run of that name as the button of the UI does."""
    async with get_client() as client, asyncio.timeout(120):
        while not run.done():
            found = await client.read_flow_runs(
                flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=[name]))
            )
            if found and found[0].state and found[0].state.is_paused():
                await client.resume_flow_run(found[0].id)
                return
            await asyncio.sleep(0.2)


async def test_prefect_deploy_asks_which_and_for_a_schedule(prefect_server: str, tmp_path: Path) -> None:
    write_files(IDIOMS, tmp_path)
    (tmp_path / "prefect.yaml").write_text(PREFECT_YAML)
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name="asked", type="process"))
        try:
            await asyncio.to_thread(answer_questions, tmp_path)
            deployment = await client.read_deployment_by_name("visits-of/unscheduled")
            assert (deployment.schedules, deployment.work_pool_name) == ([], "asked")
        finally:
            await asyncio.to_thread(forget_deployments)
            await client.delete_work_pool("asked")


def answer_questions(folder: Path) -> None:
    """Run `prefect deploy` at a terminal and answer what it asks, until it ends."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "prefect", "deploy"]
    terminal = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "50"}
    with subprocess.Popen(command, cwd=folder, stdin=its, stdout=its, stderr=its, env=terminal) as deploying:
        os.close(its)
        # The second of the two; no schedule.
        answers = {"existing deployment configuration": b"\x1b[B\r", "configure schedules": b"n\r"}
        shown = ""
        try:
            while select.select([ours], [], [], 120)[0] and (text := os.read(ours, 65_536)):
                shown += text.decode(errors="replace")
                for question in [each for each in answers if each in shown]:
                    answer = answers.pop(question)
                    if (
                        b"\x1b" in answer
                    ):  # a key, which a terminal that still waits for whole lines would swallow
                        eventually(lambda: not termios.tcgetattr(ours)[3] & termios.ICANON)
                    os.write(ours, answer)
        except OSError:  # the other end is closed
            pass
        finally:
            deploying.kill() if deploying.poll() is None and answers else None
            os.close(ours)
        assert deploying.wait(60) == 0, shown
    assert answers == {}, shown


def test_the_test_of_a_flow_passes(prefect_server: str, tmp_path: Path) -> None:
    write_files(IDIOMS, tmp_path)
    (tmp_path / "conftest.py").write_text(MIGRATED)
    copy_without_blocks(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_visits.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout
