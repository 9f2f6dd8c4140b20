"""Takes the data directory and the port, starts PostgreSQL, serves until told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.engine.postmaster import cluster
from local_aws.folder import DataFolder
from local_aws.start_errors import StartError

if TYPE_CHECKING:
    from local_aws.assembly import Assembly

HOST = "127.0.0.1"
SESSIONS = 500


@dataclass(frozen=True)
class Options:
    """How to serve: `port` 0 takes any free one; `max_executing` bounds statements that run at a time.

    With `rates` calls beyond the published rates are throttled. The end of the pipe `until_closed` (a descriptor) ends
    the serving.
    """

    data_dir: Path
    port: int = 0
    fresh: bool = False
    max_executing: int = 50
    rates: bool = False
    until_closed: int | None = None


Ready = Callable[[str], None]


def serve(options: Options, ready: Ready) -> None:
    """Serve until SIGINT, SIGTERM or the end of a pipe; raise StartError if that cannot begin.

    `ready` is called with the URL.
    """
    folder = DataFolder(options.data_dir)
    folder.claim()
    try:
        with _listen(options.port) as listener:
            if options.fresh:
                folder.wipe()
            asyncio.run(_serve(options, folder, listener, ready))
    finally:
        folder.withdraw()


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, each answer is 40 ms late.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise StartError(f"cannot listen on {HOST}:{port}: {error.strerror}; choose another --port") from None
    return listener


async def _serve(options: Options, folder: DataFolder, listener: socket.socket, ready: Ready) -> None:
    def announce(url: str) -> None:
        folder.announce(url)
        ready(url)

    postmaster = cluster(folder, max_connections=options.max_executing + SESSIONS + 20)
    try:
        # initdb is a process of its own: the imports of the slow libraries go on beside it.
        initialising = asyncio.get_running_loop().run_in_executor(None, postmaster.initialise)
        from local_aws.assembly import Assembly

        await initialising
        # From this thread: PostgreSQL dies with the thread that started it.
        postmaster.start()
        port = listener.getsockname()[1]
        async with Assembly(postmaster, folder, options, port) as assembly:
            await _answer(assembly, listener, options, announce)
    finally:
        postmaster.stop()


async def _answer(assembly: Assembly, listener: socket.socket, options: Options, ready: Ready) -> None:
    server = assembly.server
    loop = asyncio.get_running_loop()

    def leave() -> None:
        server.should_exit = True
        assembly.wake_waiting()

    def leave_at_end(pipe: int) -> None:
        if not os.read(pipe, 1024):
            loop.remove_reader(pipe)
            leave()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    if (pipe := options.until_closed) is not None:
        # Not read in a thread, which could not be interrupted when the end comes from elsewhere.
        loop.add_reader(pipe, leave_at_end, pipe)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.002)
    ready(f"http://{HOST}:{listener.getsockname()[1]}")
    await serving
