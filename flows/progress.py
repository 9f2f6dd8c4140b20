"""How far a run has come: a progress artifact in Prefect's UI and, in a terminal, a bar below the log."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging.handlers import PrefectConsoleHandler
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# The artifact's key: under one key, the UI keeps those of all runs together.
KEY = "days-loaded"

Show = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def progress_of(total: int) -> AsyncIterator[Show]:
    """What shows how many days, of `total`, are done; to be awaited with that number."""
    artifact = await acreate_progress_artifact(0.0, key=KEY, description=f"Loading {total} days")
    console = _terminal()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) if console else nullcontext() as bar:
        days = bar.add_task("days", total=total) if bar else None

        async def show(done: int) -> None:
            if bar and days is not None:
                bar.update(days, completed=done)
            await aupdate_progress_artifact(artifact, 100 * done / total)

        yield show


def _terminal() -> Console | None:
    """The console to which Prefect's log goes, so that the bar stays below its lines; none without a terminal."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler) and handler.console.is_terminal:
            return handler.console
    return None
