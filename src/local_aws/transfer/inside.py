"""COPY and UNLOAD inside procedures: answers the steps that compat/17_transfers.sql asks for.

The engine asks by a notice with SQLSTATE `LA002` and a JSON object, and waits for an answer in the mailbox:

    {id, command, columns, table, oid}   begin; the answer tells COPY to read, UNLOAD to write, the file <id>.rows
    {id, finish: true, rows}             the engine has moved so many rows
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from local_aws.data_api.records.query_log import QueryLog
from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.results import columns as metadata
from local_aws.data_api.running.collaborators import Ran
from local_aws.data_api.running.execution import QUERY_IDS
from local_aws.dialect import DialectError, Mailbox
from local_aws.engine.connection import Answer
from local_aws.rest_of_aws import RestOfAws
from local_aws.transfer import load, table, unload
from local_aws.transfer.command import Copy, Unload, parse
from local_aws.transfer.source import TooManyRejected
from local_aws.transfer.transfer_errors import TransferProblem

REQUEST = "LA002"
REFUSED = "the engine refused its rows, or the procedure was ended"
BYTES_A_TURN = 1 << 18
LOG = logging.getLogger(__name__)

# Yields the answer to the first request, and ends at the second.
Step = AsyncGenerator[dict[str, Any], None]


@dataclass(frozen=True)
class Running:
    """A command at work: `part` is what the history shows of it, `rows` is the file through which its rows pass."""

    step: Step
    hear: Answer
    part: Part
    started: float
    rows: Path


@dataclass(eq=False)
class Attendant(AbstractAsyncContextManager["Attendant"]):
    """Serves the commands of the procedures that one part of a statement calls, for as long as a block lasts."""

    rest: RestOfAws
    log: QueryLog
    mailbox: Mailbox
    statement: Statement
    number: int
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _answers: list[str] = field(default_factory=list)
    # The engine runs one after the other.
    _running: Running | None = None

    async def __aexit__(self, *_: object) -> None:
        """Drop what is not done: the procedure has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._close("FAILED", REFUSED)
        for name in self._answers:
            (self.mailbox.folder / name).unlink(missing_ok=True)

    def hear(self, sqlstate: str, message: str) -> bool:
        """Take a notice of the engine; return whether it was meant for this."""
        if sqlstate != REQUEST:
            return self._running is not None and self._running.hear(sqlstate, message)
        request = json.loads(message)
        self._put(request["id"], "")
        task = asyncio.ensure_future(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _answer(self, request: dict[str, Any]) -> None:
        try:
            answer = await (self._finish(request) if "finish" in request else self._begin(request))
        except (TransferProblem, DialectError) as problem:
            message, _, detail = str(problem).partition("\n  Detail: ")
            answer = {"error": message, "detail": detail}
            self._close("FAILED", message)
            await self.log.flush(self.statement.database)  # for a handler that looks into stl_load_errors
        except Exception:
            LOG.exception("COPY or UNLOAD in a procedure")
            answer = {"error": "the local stand-in failed; see its log", "detail": ""}
        self._put(request["id"], json.dumps(answer))

    async def _begin(self, request: dict[str, Any]) -> dict[str, Any]:
        self._close("FAILED", REFUSED)  # the one before, whose error the procedure has handled
        part = Part(sql=request["command"], query_id=next(QUERY_IDS))
        rows = self.mailbox.folder / f"{request['id']}.rows"
        command = parse(request["command"])
        backend = await self.rest.s3()
        hear: Answer = lambda *_: False  # noqa: E731
        if isinstance(command, Copy):
            target = table.choose(command, request["oid"], request["table"], request["columns"])
            report = partial(self.log.add_load_errors, self.statement.database, part.query_id)
            loading = load.Load(command, target, backend, report)
            step, hear = _copying(loading, target, rows), loading.hear
        else:
            assert isinstance(command, Unload)  # noqa: S101 - the dialect hands over nothing else
            columns = [(column["name"], _type(column)) for column in request["columns"]]
            step = _unloading(unload.prepare(command, backend, columns), rows)
        self._running = Running(step, hear, part, time.time(), rows)
        return {"id": request["id"], "query": str(part.query_id), **await anext(step)}

    async def _finish(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._running is not None  # noqa: S101 - compat/17_transfers.sql begins first
        self._running.part.rows = request["rows"]
        await anext(self._running.step, None)
        self._close("FINISHED")
        return {"id": request["id"]}

    def _close(self, status: str, error: str | None = None) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        running.rows.unlink(missing_ok=True)
        running.part.duration = int((time.time() - running.started) * 1e9)
        running.part.move(status, error)
        self.log.add(Ran(self.statement, self.number, running.part, running.started, ()))

    def _put(self, name: str, text: str) -> None:
        self._answers.append(name)
        self.mailbox.put(name, text)


async def _copying(loading: load.Load, target: table.Table, rows: Path) -> Step:
    """COPY: all rows go into the file first, as the engine reads it at once."""
    try:
        with rows.open("wb") as file:
            async for piece in loading.pieces():
                await asyncio.to_thread(file.write, piece)
    except TooManyRejected:
        await loading.judge()
    await asyncio.to_thread(rows.chmod, 0o644)
    yield {"columns": [column.name for column in target.columns], "reject_limit": loading.reject_limit}
    await loading.judge()


async def _unloading(files: unload.Files, rows: Path) -> Step:
    """UNLOAD: the engine writes all rows into the file before they go to S3."""
    yield {}
    await unload.write(files, _turns(rows))


async def _turns(rows: Path) -> AsyncIterator[list[bytes]]:
    with rows.open("rb") as file:
        while lines := await asyncio.to_thread(file.readlines, BYTES_A_TURN):
            yield lines


def _type(column: dict[str, Any]) -> tuple[str, int, int]:
    oid, modifier = column["type"], column["modifier"]
    return metadata.facts(oid).name, *metadata.precision_and_scale(oid, modifier)
