"""How far a run has come: a progress artifact in Prefect's UI and, in a terminal, a bar below the log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging.handlers import PrefectConsoleHandler
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

# Prefect's console has no theme of rich's, by which the bar would find its usual colours.
_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(style="bright_black", complete_style="cyan", finished_style="green", pulse_style="cyan"),
    TextColumn("{task.completed:.0f} of {task.total:.0f}"),
)

Show = Callable[[int], None]
# What has ended by then has no artifact: nobody would have seen it grow.
FIRST_TOLD_SECONDS = 1.0


@asynccontextmanager
async def progress_of(job_name: str, total: int) -> AsyncIterator[Show]:
    """Yield what shows how many days, of `total`, are done; to be called with that number.

    Prefect's API is told in the background, in order, after the first second: only the end waits for it.
    """
    artifact = _ProgressArtifact(f"{job_name}-progress", f"Loading {total} days")
    console = _terminal()
    with Progress(*_COLUMNS, console=console) if console else nullcontext() as bar:
        days = bar.add_task("days", total=total) if bar else None

        def show(done: int) -> None:
            if bar and days is not None:
                bar.update(days, completed=done, refresh=True)
            artifact.show(100 * done / total)

        yield show
        await artifact.told()


class _ProgressArtifact:
    """How far a run has come, as Prefect's API is told: what goes wrong is logged, and never raised."""

    def __init__(self, key: str, description: str) -> None:
        self._key = key
        self._description = description
        self._percent = 0.0
        self._is_made = False
        self._told = asyncio.create_task(self._make())

    def show(self, percent: float) -> None:
        """Tell a number, once the one before is told, so that the last is the one that stays."""
        self._percent = percent
        if self._is_made:
            self._told = asyncio.create_task(self._update(self._told, percent))

    async def told(self) -> None:
        """Wait until the last number is told, if any was."""
        if self._is_made:
            await self._told
        else:
            self._told.cancel()

    async def _make(self) -> UUID | None:
        await asyncio.sleep(FIRST_TOLD_SECONDS)
        self._is_made = True
        return await _logged(
            acreate_progress_artifact(self._percent, key=self._key, description=self._description)
        )

    async def _update(self, told_before: "asyncio.Task[UUID | None]", percent: float) -> UUID | None:
        artifact = await told_before
        if artifact:
            await _logged(aupdate_progress_artifact(artifact, percent))
        return artifact


async def _logged(call: Awaitable[UUID]) -> UUID | None:
    """Return the artifact's id; what goes wrong is logged, and never raised: the loads are worth more."""
    try:
        return await call
    except Exception as error:
        get_run_logger().warning("Prefect's API was not told of the progress: %s", error)
        return None


def _terminal() -> Console | None:
    """Return the console to which Prefect's log goes, below whose lines the bar stays; none without a terminal."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler) and handler.console.is_terminal:
            return handler.console
    return None
