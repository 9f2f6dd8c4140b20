"""Puts the parts of the stand-in together."""

import contextlib
from collections.abc import Iterator
from types import TracebackType

import uvicorn

from local_aws.data_api.runner import Runner, conclude
from local_aws.data_api.service import DataApi
from local_aws.data_api.sessions import Sessions
from local_aws.data_api.statement import Part, Statement
from local_aws.data_api.store import Store
from local_aws.engine.postmaster import Postmaster
from local_aws.engine.warehouse import Warehouse
from local_aws.folder import DataFolder
from local_aws.gateway import Gateway
from local_aws.rest_of_aws import RestOfAws

# boto3 keeps connections for reuse and is not told when one is closed: keep them longer than it may idle.
KEEP_ALIVE_SECONDS = 600
GRACE_SECONDS = 2


class Server(uvicorn.Server):
    """uvicorn, but signals are handled by whoever runs it, so that the exit code is ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class Assembly:
    """Everything behind the endpoint, from entering the context to leaving it."""

    def __init__(self, postmaster: Postmaster, folder: DataFolder, max_executing: int, port: int) -> None:
        self._warehouse = Warehouse(postmaster)
        self._store = Store(folder.statements)
        self._sessions = Sessions(self._warehouse)
        self._runner = Runner(self._warehouse, self._store, self._sessions, max_executing, self._observe)
        data_api = DataApi(self._warehouse, self._store, self._sessions, self._runner)
        config = uvicorn.Config(
            Gateway(data_api, RestOfAws(port)),
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="warning",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            backlog=4096,
            server_header=False,
        )
        self.server = Server(config)

    async def __aenter__(self) -> "Assembly":
        """Make the warehouse ready."""
        await self._warehouse.prepare()
        self._end_interrupted()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what runs."""
        await self._runner.stop()
        self._sessions.close_all()
        await self._warehouse.stop()
        self._store.close()

    def wake_waiting(self) -> None:
        """Let every parked request answer with what is known now."""
        for statement in self._store.live():
            statement.ended.set()

    def _end_interrupted(self) -> None:
        """Say honestly what became of the statements that an earlier process did not end."""
        self._store.expire()
        for statement in self._store.interrupted():
            if statement.status == "SUBMITTED":
                conclude(statement, cancelled=True)
            else:
                for part in statement.parts:
                    if part.status == "STARTED":
                        part.move("FAILED", STOPPED)
                conclude(statement, cancelled=False)
            self._store.save(statement)

    def _observe(self, statement: Statement, number: int, started: float, part: Part) -> None:
        """Note an execution by the engine."""


STOPPED = "ERROR: the local stand-in was stopped while this statement was running"
