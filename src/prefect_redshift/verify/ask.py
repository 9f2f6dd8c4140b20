"""What a probe asks with: statements in the run's own schema, sessions, and statements that are held back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probe import NotAskedError, UnexpectedEndError
from prefect_redshift.verify.statements import ENDED, REFUSED, value
from prefect_redshift.verify.wire import DATA_API, Answer, Wire

HOLD_SECONDS = 60
_LOOKS = 12
_TRIES = 40
_WAIT_SECONDS = 10


@dataclass(frozen=True)
class Means:
    """What a run may use beside the warehouse.

    Attributes:
        role: The ARN of a role that Step Functions assumes, empty where none is given.
        make_secret: Whether a secret, database users and a schema of one of them may be made.
        make_queue: Whether a queue and a rule of EventBridge may be made.
    """

    role: str = ""
    make_secret: bool = False
    make_queue: bool = False


@dataclass
class Ask:
    """The questions of one probe.

    In SQL, `{own}` is the probe's own name in the run's own schema, with which its tables and procedures begin.

    Attributes:
        wire: Makes the calls.
        place: Where they go.
        probe: The probe's id.
        means: What the run may use beside the warehouse.
        holding: How many probes may hold statements back at once: each has three in flight.
    """

    wire: Wire
    place: Place
    probe: str
    means: Means = Means()
    holding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _tokens: int = 0

    @property
    def own(self) -> str:
        """The probe's own name in the schema."""
        return f"{self.place.name}.{self.probe.replace('.', '_').replace('-', '_')}"

    def text(self, sql: str) -> str:
        """Return the SQL with the probe's own names."""
        return sql.replace("{own}", self.own).replace("{schema}", self.place.name)

    def token(self) -> str:
        """Return a ClientToken that no other run and no other probe has."""
        self._tokens += 1
        return f"{self.place.name}-{self.probe}-{self._tokens}"[:64]

    async def service(self, service: str, operation: str, inputs: Mapping[str, Any]) -> Answer:
        """Call an operation of any service; a refusal is an answer.

        Raises:
            NotAskedError: The refusal says nothing about the question, such as a permission that is missing.
        """
        answer = await self.wire.call(service, operation, inputs)
        if answer.says_nothing:
            raise NotAskedError(f"{operation} was refused: {answer.code}: {answer.words}")
        return answer

    async def call(self, operation: str, **inputs: Any) -> Answer:
        """Call an operation of the Data API; see `service`."""
        return await self.service(DATA_API, operation, inputs)

    async def call_once(self, operation: str, **inputs: Any) -> Answer:
        """Call an operation of the Data API; that it was throttled is an answer as well."""
        return await self.wire.call(DATA_API, operation, inputs, once=True)

    async def execute(self, sql: str, **inputs: Any) -> Answer:
        """Submit a statement (API: ExecuteStatement)."""
        return await self._submit("ExecuteStatement", {"Sql": self.text(sql)}, inputs)

    async def batch(self, *sqls: str, **inputs: Any) -> Answer:
        """Submit a batch (API: BatchExecuteStatement)."""
        return await self._submit("BatchExecuteStatement", {"Sqls": [self.text(sql) for sql in sqls]}, inputs)

    async def _submit(self, operation: str, sql: Mapping[str, Any], inputs: Mapping[str, Any]) -> Answer:
        target = {} if "SessionId" in inputs else self.place.target
        name = {"StatementName": f"{self.place.name}/{self.probe}"}
        answer = await self.service(DATA_API, operation, {**target, **name, **sql, **inputs})
        if answer["SessionId"]:
            self.place.sessions.add(answer["SessionId"])
        return answer

    async def end(self, submitted: Answer | str) -> Answer:
        """Wait for a statement's end, and return its description (API: DescribeStatement).

        That of a submission that was refused has the Status REFUSED, and code and words of the refusal as its Error.

        Raises:
            NotAskedError: It does not end, or cannot be described.
        """
        if isinstance(submitted, Answer) and submitted.code:
            return Answer({"Status": REFUSED, "Error": f"{submitted.code}: {submitted.words}"})
        statement_id = submitted if isinstance(submitted, str) else submitted["Id"]
        for _ in range(_LOOKS):
            looked = await self.call("DescribeStatement", Id=statement_id, WaitTimeSeconds=_WAIT_SECONDS)
            if needed(looked)["Status"] in ENDED:
                return looked
        raise NotAskedError(f"a statement did not end within {_LOOKS * _WAIT_SECONDS} seconds")

    async def submit(self, *sqls: str, **inputs: Any) -> Answer:
        """Submit a statement, or a batch; again while its session is not done with the statement before."""
        answer = Answer()
        for _ in range(_TRIES):
            answer = await (self.execute(*sqls, **inputs) if len(sqls) == 1 else self.batch(*sqls, **inputs))
            if "SessionId" not in inputs or "not available" not in answer.words:
                break
            await self.wire.pause(0.5)
        return answer

    async def run(self, *sqls: str, **inputs: Any) -> Answer:
        """Run a statement, or a batch, to its end; see `submit`."""
        return await self.end(await self.submit(*sqls, **inputs))

    async def prepare(self, *sqls: str, **inputs: Any) -> Answer:
        """Run what the question needs beforehand.

        Raises:
            NotAskedError: It did not finish.
        """
        ended = await self.run(*sqls, **inputs)
        if ended["Status"] != "FINISHED":
            raise NotAskedError(
                f"what it needs ended {ended['Status']}: {ended['Error'] or 'no error is told'}"
            )
        return ended

    async def finish(self, *sqls: str, **inputs: Any) -> Answer:
        """Run what the probe asks about, which finishes, as it assumes.

        Raises:
            UnexpectedEndError: It ended otherwise, which is the probe's answer.
        """
        ended = await self.run(*sqls, **inputs)
        if ended["Status"] != "FINISHED":
            raise UnexpectedEndError(ended["Status"], ended["Error"] or "")
        return ended

    async def fields(self, result_id: str) -> list[list[dict[str, Any]]]:
        """Return the first page of a result, as the API sends it (API: GetStatementResult)."""
        records: list[list[dict[str, Any]]] = needed(await self.call("GetStatementResult", Id=result_id))[
            "Records"
        ]
        return records

    async def rows(self, *sqls: str, **inputs: Any) -> list[list[Any]]:
        """Run statements that finish, as the probe assumes, and return the rows of the last one; see `finish`."""
        ended = await self.finish(*sqls, **inputs)
        result = ended["Id"] if len(sqls) == 1 else f"{ended['Id']}:{len(sqls)}"
        return [[value(item) for item in record] for record in await self.fields(result)]

    async def until(self, looks: Callable[[], Awaitable[Any]], tries: int = 60) -> Any:
        """Look until something is there, and return it; None where it does not come.

        Raises:
            NotAskedError: What `looks` raises.
        """
        for _ in range(tries):
            if found := await looks():
                return found
            await self.wire.pause(0.5)
        return None

    async def session(self, sql: str, **inputs: Any) -> str:
        """Open a session with a statement that has to finish, and return its id."""
        ended = await self.prepare(sql, SessionKeepAliveSeconds=HOLD_SECONDS, **inputs)
        if not ended["SessionId"]:
            raise NotAskedError("no session was opened")
        return str(ended["SessionId"])

    @asynccontextmanager
    async def hold(self) -> AsyncIterator["Hold"]:
        """Make a table `{own}_gate`, locked by a transaction in a session: whatever reads it waits for the end of that.

        Raises:
            NotAskedError: A session keeps no transaction open.
        """
        async with self.holding:
            await self.prepare("create table {own}_gate (a int)")
            hold = Hold(self, await self.session("begin"))
            await self.prepare("lock table {own}_gate", SessionId=hold.session)
            try:
                yield hold
            finally:
                await hold.release()


@dataclass
class Hold:
    """A transaction that keeps a table from others."""

    ask: Ask
    session: str
    is_open: bool = True

    async def inside(self, sql: str) -> None:
        """Run a statement in the transaction."""
        await self.ask.prepare(sql, SessionId=self.session)

    async def release(self) -> None:
        """Commit, so that those who wait go on."""
        if self.is_open:
            self.is_open = False
            await self.ask.prepare("commit", SessionId=self.session, SessionKeepAliveSeconds=1)

    async def started(self, statement_id: str) -> None:
        """Wait until a statement has begun, which then waits for the lock.

        Raises:
            NotAskedError: It has ended, or does not begin.
        """

        async def looks() -> Any:
            status = needed(await self.ask.call("DescribeStatement", Id=statement_id))["Status"]
            if status in ENDED:
                raise NotAskedError(f"a statement was {status} instead of waiting for a lock")
            return status == "STARTED"

        if not await self.ask.until(looks):
            raise NotAskedError("a statement did not start")


def needed(answer: Answer) -> Answer:
    """Return an answer that must not be a refusal.

    Raises:
        NotAskedError: It is one.
    """
    if answer.code:
        raise NotAskedError(f"a call that it needs was refused: {answer.code}: {answer.words}")
    return answer
