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


@asynccontextmanager
async def progress_of(job_name: str, total: int) -> AsyncIterator[Show]:
    """Yield what shows how many days, of `total`, are done; to be called with that number.

    Prefect's API is told in the background, in order: only the end waits for it.
    """
    created = acreate_progress_artifact(0.0, key=f"{job_name}-progress", description=f"Loading {total} days")
    told = asyncio.create_task(_logged(created))
    console = _terminal()
    with Progress(*_COLUMNS, console=console) if console else nullcontext() as bar:
        days = bar.add_task("days", total=total) if bar else None

        def show(done: int) -> None:
            nonlocal told
            if bar and days is not None:
                bar.update(days, completed=done, refresh=True)
            told = asyncio.create_task(_updated(told, 100 * done / total))

        yield show
        await told


async def _logged(call: Awaitable[UUID]) -> UUID | None:
    """Return the artifact's id; what goes wrong is logged, and never raised: the loads are worth more."""
    try:
        return await call
    except Exception as error:
        get_run_logger().warning("Prefect's API was not told of the progress: %s", error)
        return None


async def _updated(told_before: "asyncio.Task[UUID | None]", percent: float) -> UUID | None:
    """Tell the next number once the one before is told, so that the last is the one that stays."""
    artifact = await told_before
    if artifact:
        await _logged(aupdate_progress_artifact(artifact, percent))
    return artifact


def _terminal() -> Console | None:
    """Return the console to which Prefect's log goes, below whose lines the bar stays; none without a terminal."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler) and handler.console.is_terminal:
            return handler.console
    return None
