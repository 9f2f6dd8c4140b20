"""Puts the parts of the stand-in together."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from local_aws.admin.api import AdminApi
from local_aws.admin.faults import Faults
from local_aws.admin.history import History, Run
from local_aws.control_plane import serverless
from local_aws.data_api import answers
from local_aws.data_api.records.query_log import QueryLog
from local_aws.data_api.records.statement import Statement
from local_aws.data_api.records.store import Store
from local_aws.data_api.running.collaborators import Collaborators, Ran
from local_aws.data_api.running.runner import Runner, end_interrupted
from local_aws.data_api.running.sessions import Sessions
from local_aws.data_api.service import DataApi
from local_aws.engine.postmaster import Postmaster
from local_aws.engine.warehouse import Warehouse
from local_aws.folder import DataFolder
from local_aws.gateway import Gateway
from local_aws.identity import REGION
from local_aws.rest_of_aws import RestOfAws
from local_aws.scheduler.firing import Schedules
from local_aws.server import Options
from local_aws.transfer.transfers import Transfers
from local_aws.wire import model
from local_aws.wire.rates import Rates

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

    def __init__(self, postmaster: Postmaster, folder: DataFolder, options: Options, port: int) -> None:
        self._rates = Rates(enforced=options.rates)
        self._faults = Faults()
        self._history = History()
        self._rest = RestOfAws(port)
        self._schedules = Schedules(port)
        self._warehouse = Warehouse(postmaster)
        self._store = Store(folder.statements)
        self._sessions = Sessions(self._warehouse, self._faults)
        self._log = QueryLog(self._warehouse)
        tools = Collaborators(
            store=self._store,
            drop_idle=self._warehouse.drop_idle,
            observe=self._observe,
            before_look=self._log.flush,
            kept_out=self._log.kept_out,
            transfer=Transfers(self._rest, self._log, self._warehouse.mailbox),
        )
        self._runner = Runner(self._warehouse, tools, self._sessions, self._faults, options.max_executing)
        self._runner.on_end.append(self._tell)
        self.server = Server(_config(self._gateway()))

    def _gateway(self) -> Gateway:
        data_api = DataApi(
            self._warehouse, self._store, self._sessions, self._runner, self._rest, self._faults
        )
        services = {
            "RedshiftData": (model.load("redshift-data", "2019-12-20"), data_api.call),
            "RedshiftServerless": (model.load("redshift-serverless", "2021-04-21"), serverless.call),
        }
        admin = AdminApi(self._faults, self._history, self._reset, self._schedules.fire)
        return Gateway(services, self._rest, admin, self._faults, self._history, self._rates)

    async def __aenter__(self) -> "Assembly":
        """Make the warehouse ready."""
        await self._warehouse.prepare()
        end_interrupted(self._store)
        regularly = {self._log.flush_all: 1.0, self._schedules.fire_due: 1.0, self._warehouse.sweep: 5.0}
        self._tasks = [asyncio.create_task(_every(seconds, work)) for work, seconds in regularly.items()]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop what runs."""
        await self._runner.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._sessions.close_all()
        await self._log.flush_all()
        await self._warehouse.drop_idle()
        self._store.close()

    def wake_waiting(self) -> None:
        """Let every parked request answer with what is known now."""
        for statement in self._store.live():
            for ended in (statement.ended, *(part.ended for part in statement.parts)):
                ended.set()

    async def _reset(self) -> None:
        await self._runner.cancel_all()
        self._sessions.close_all()
        await self._warehouse.empty()
        self._store.clear()
        await self._rest.reset()

    async def _tell(self, statement: Statement) -> None:
        if statement.with_event:
            await self._rest.put_event(answers.event(statement), REGION)

    def _observe(self, ran: Ran) -> None:
        statement, part = ran.statement, ran.part
        run = Run(
            statement_id=f"{statement.id}:{ran.number + 1}" if statement.is_batch else statement.id,
            statement_name=statement.name,
            sql=part.sql,
            database=statement.database,
            db_user=statement.db_user,
            started_at=ran.started,
            ended_at=part.updated_at,
            status=part.status,
        )
        self._history.add_run(run)
        self._log.add(ran)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        await work()


def _config(gateway: Gateway) -> uvicorn.Config:
    return uvicorn.Config(
        gateway,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        ws="none",
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=4096,
        server_header=False,
    )
