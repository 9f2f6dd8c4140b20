"""How far a run has come, as a terminal shows it."""

import asyncio
import logging
import os
import re

import pytest
from prefect import flow
from prefect.logging.handlers import PrefectConsoleHandler

from prefect_redshift.reports.progress import progress_of


def test_in_a_terminal_there_is_a_bar_below_the_log(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
        handler = PrefectConsoleHandler(terminal)
        monkeypatch.setattr(logging.getLogger(), "handlers", [handler])

        @flow
        async def work() -> None:
            async with progress_of("job", 60) as show:
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
        async with progress_of("job", 60) as show:
            show(60)

    asyncio.run(work())
    assert "of 60" not in "".join(capfd.readouterr())
