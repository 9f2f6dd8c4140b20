"""How far a run has come, as a terminal shows it."""

import asyncio
import logging
import os
import re

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact
from prefect.logging.handlers import PrefectConsoleHandler

from prefect_redshift.reports import progress


def test_in_a_terminal_there_is_a_bar_below_the_log(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        handler = PrefectConsoleHandler(terminal)
        monkeypatch.setattr(logging.getLogger(), "handlers", [handler])

        @flow
        async def work() -> None:
            async with progress.progress_of("job", 60) as show:
                show(20)
                logging.getLogger("prefect").warning("A line of the log")
                show(60)

        asyncio.run(work())
        terminal.flush()
        shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", screen.read(100_000).decode())
    assert "A line of the log" in shown
    assert "20 of 60" in shown, shown
    assert re.search(r"A line of the log\s+days ━.*days ━+ 60 of 60", shown, re.DOTALL)


def test_without_a_terminal_there_is_none(prefect_server: str, capfd: pytest.CaptureFixture[str]) -> None:
    @flow
    async def work() -> None:
        async with progress.progress_of("job", 60) as show:
            show(60)

    asyncio.run(work())
    assert "of 60" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(("seconds", "percents"), [(0.0, [100]), (60.0, [])])
def test_prefect_knows_the_last_number_of_a_long_run_and_nothing_of_one_that_ends_before_it_was_told(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch, seconds: float, percents: list[int]
) -> None:
    monkeypatch.setattr(progress, "FIRST_TOLD_SECONDS", seconds)
    job = f"job-{seconds:.0f}"

    @flow
    async def work() -> list[Artifact]:
        async with progress.progress_of(job, 60) as show:
            show(15)
            if seconds == 0.0:
                await until_told(job)
            show(60)
        return await told(job)

    assert [artifact.data for artifact in asyncio.run(work())] == percents


async def until_told(job: str) -> None:
    while not await told(job):
        pass


async def told(job: str) -> list[Artifact]:
    """Return the artifacts that Prefect's API has of the job's progress."""
    key = ArtifactFilterKey(any_=[f"{job}-progress"])
    async with get_client() as client:
        return await client.read_artifacts(artifact_filter=ArtifactFilter(key=key))
