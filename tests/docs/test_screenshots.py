"""The pictures show a completed run, or stay as they are."""

import asyncio
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect import flow, get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.client.schemas.objects import State, StateType
from prefect.states import Completed, Failed, Scheduled

from docs import screenshots

ADDRESSES = """#!{python}
import sys
[target] = [a.partition("=")[2] for a in sys.argv if a.startswith("--screenshot=")]
open(target, "w").write(sys.argv[-1])
"""
NOTHING = "#!/bin/sh\n"


@pytest.fixture
def ui(prefect_server: str) -> str:
    """The address of the UI of a server without runs of the flow."""

    async def forget() -> None:
        async with get_client() as client:
            for run in await client.read_flow_runs():
                await client.delete_flow_run(run.id)

    asyncio.run(forget())
    return prefect_server.removesuffix("/api")


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one picture; the browser writes the address of the page instead of rendering it."""
    (programs := tmp_path / "programs").mkdir()
    for name, code in {"chromium": ADDRESSES.format(python=sys.executable), "pngquant": NOTHING}.items():
        (programs / name).write_text(code)
        (programs / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    (folder := tmp_path / "images").mkdir()
    (folder / "run-graph.png").write_text("the picture before")
    return folder


def run_of_the_flow(state: "State[None]", started: datetime | None = None, *, artifacts: bool = True) -> UUID:
    """Record a run that ended in a state."""

    @flow(name=screenshots.FLOW)
    def pipeline() -> None: ...

    async def recorded() -> UUID:
        async with get_client() as client:
            run = await client.create_flow_run(pipeline)
            if started:
                # The server takes a run's start from its first state that runs.
                running = State(type=StateType.RUNNING, name="Running", timestamp=started)
                await client.set_flow_run_state(run.id, running, force=True)
            await client.set_flow_run_state(run.id, state, force=True)
            return run.id

    run_id = asyncio.run(recorded())
    if artifacts:
        for name in screenshots.ARTIFACTS:
            record_artifact(f"{screenshots.FLOW}-{name}", run_id)
    return run_id


def record_artifact(key: str, run_id: UUID) -> None:
    """Record an artifact as a run's."""

    async def recorded() -> None:
        async with get_client() as client:
            await client.create_artifact(
                ArtifactCreate(key=key, type="markdown", data="", flow_run_id=run_id)
            )

    asyncio.run(recorded())


def test_the_pictures_are_of_the_latest_completed_run(ui: str, images: Path) -> None:
    now = datetime.now(UTC)
    run_of_the_flow(Completed(), now - timedelta(hours=2))
    completed = run_of_the_flow(Completed(), now - timedelta(hours=1))
    run_of_the_flow(Failed(), now)
    run_of_the_flow(Scheduled(scheduled_time=now + timedelta(days=1)), artifacts=False)
    assert screenshots.main([ui, "--folder", str(images)]) == 0
    assert {path.stem for path in images.iterdir()} == screenshots.HEIGHTS.keys()
    assert (images / "run-graph.png").read_text() == f"{ui}/runs/flow-run/{completed}"
    assert (images / "timeline.png").read_text().startswith(f"{ui}/artifacts/artifact/")


def test_without_a_completed_run_the_pictures_stay(
    ui: str, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_of_the_flow(Scheduled(scheduled_time=datetime.now(UTC) + timedelta(days=1)), artifacts=False)
    assert screenshots.main([ui, "--folder", str(images)]) == 1
    assert "No run of sales-data-pipeline is completed" in capsys.readouterr().err
    assert [path.read_text() for path in images.iterdir()] == ["the picture before"]


def test_a_run_without_its_artifacts_changes_no_picture(
    ui: str, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_of_the_flow(Completed(), datetime.now(UTC), artifacts=False)
    assert screenshots.main([ui, "--folder", str(images)]) == 1
    assert "has no artifact sales-data-pipeline-timeline" in capsys.readouterr().err
    assert [path.read_text() for path in images.iterdir()] == ["the picture before"]


def test_a_browser_that_takes_no_picture_changes_none(
    ui: str, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_of_the_flow(Completed(), datetime.now(UTC))
    (images.parent / "programs" / "chromium").write_text(NOTHING)
    assert screenshots.main([ui, "--folder", str(images)]) == 1
    assert "took no picture" in capsys.readouterr().err
    assert [path.read_text() for path in images.iterdir()] == ["the picture before"]


@pytest.mark.parametrize("name", screenshots.HEIGHTS)
def test_the_committed_pictures_are_small(name: str) -> None:
    assert (screenshots.IMAGES / f"{name}.png").stat().st_size < 40_000
