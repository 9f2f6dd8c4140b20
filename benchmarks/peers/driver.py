"""Drives one client through stages of statements; the standard library only, since it runs in peers' environments.

A stage is a list of statements that run at once; stages follow one another. The first line of standard input holds
them. When the client is warm it says `ready`, and waits for another line. What it noticed goes to standard output as
JSON: times in seconds since the epoch, memory in MB.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Stages = list[list[str]]
WARM_UP = "select 1"


def drive(run: Callable[[str], object]) -> None:
    """Run the stages by a blocking `run`, each statement of a stage on a thread."""
    stages = stages_asked_for()
    noticed: dict[str, float] = {}
    failed: dict[str, str] = {}

    def one(sql: str) -> None:
        try:
            run(sql)
            noticed[sql] = time.time()
        except Exception as error:
            failed[sql] = repr(error)

    with ThreadPoolExecutor(max(map(len, stages))) as pool:
        run(WARM_UP)
        before = ready()
        for stage in stages:
            list(pool.map(one, stage))
        tell(before, noticed, failed)


def drive_async(run: Callable[[str], Awaitable[object]]) -> None:
    """Run the stages by a coroutine function, each statement of a stage as an asyncio task."""
    asyncio.run(_drive_async(run))


async def _drive_async(run: Callable[[str], Awaitable[object]]) -> None:
    stages = stages_asked_for()
    noticed: dict[str, float] = {}
    failed: dict[str, str] = {}

    async def one(sql: str) -> None:
        try:
            await run(sql)
            noticed[sql] = time.time()
        except Exception as error:
            failed[sql] = repr(error)

    await run(WARM_UP)
    before = ready()
    for stage in stages:
        await asyncio.gather(*(one(sql) for sql in stage))
    tell(before, noticed, failed)


def stages_asked_for() -> Stages:
    """Return what the first line of standard input names."""
    stages: Stages = json.loads(sys.stdin.readline())
    return stages


def ready() -> tuple[float, float, float]:
    """Wait for the word to begin; return the time, CPU seconds of this process, and its memory in MB."""
    print("ready", flush=True)
    sys.stdin.readline()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return time.time(), time.process_time(), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def tell(
    before: tuple[float, float, float],
    noticed: dict[str, float],
    failed: dict[str, str] | None = None,
    **more: float,
) -> None:
    """Report what was noticed, what failed in which words, what it took since `before`, and other figures."""
    began, cpu, at_rest = before
    found: dict[str, Any] = {
        "noticed": noticed,
        "failed": failed or {},
        "wall": time.time() - began,
        "cpu": time.process_time() - cpu,
        "grown": max(0.0, peak_megabytes() - at_rest),
        **more,
    }
    print(json.dumps(found))


def peak_megabytes() -> float:
    """Return the most memory that this process has had; what getrusage tells begins with its parent's."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024 / 1e6
