"""What a run makes on AWS: a schema of its own with a random name, and whatever a probe needs beside it.

All of it is made under names that begin with the run's own, and is removed again, also after an interruption. No other
object is ever named.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.verify.statements import ENDED, REFUSED, value
from prefect_redshift.verify.wire import DATA_API, Answer, Wire

_LOOKS = 6
_WAIT_SECONDS = 15
_TRIES = 20
# How the names of database users, and of a schema of one of them, go on behind the run's own.
LOGIN, OWNER, OWNED = "_login", "_owner", "_owned"
# The table that tells that a schema was made by a run, and when.
MARK = "prefect_redshift_verify"
# How services say that something is not there.
_GONE = ("NotFound", "DoesNotExist", "does not exist")


@dataclass(frozen=True)
class Removal:
    """How something is removed.

    Attributes:
        look: The operation with the same inputs that fails once it is gone; empty where the removal is done at once.
    """

    service: str
    operation: str
    inputs: Mapping[str, Any]
    look: str = ""


def new_name() -> str:
    """Return a random name for a run."""
    return f"verify_{secrets.token_hex(6)}"


@dataclass
class Place:
    """What one run has made.

    Attributes:
        wire: Makes the calls.
        target: The inputs of the API that name the warehouse and the login.
        name: The schema, with which the names of all else begin.
        user: The database user that the statements run as; empty before it is known.
        sessions: The sessions that were opened.
        schemas: The schemas that were made beside that of the run.
        users: The database users that were made.
        others: What else was made, by what a person would call it.
        may_be_there: Whether the schema may have been made.
    """

    wire: Wire
    target: Mapping[str, str]
    name: str = field(default_factory=new_name)
    user: str = ""
    sessions: set[str] = field(default_factory=set)
    schemas: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    others: dict[str, Removal] = field(default_factory=dict)
    may_be_there: bool = False

    async def make(self) -> str:
        """Make the schema, and return what the warehouse says of its version.

        Raises:
            PipelineError: It cannot be made; says why.
        """
        self.may_be_there = True
        made = await self._run(
            "make",
            [
                "select version(), current_user",
                f"create schema {self.name}",
                f"create table {self.name}.{MARK} (made_at timestamp)",
                f"insert into {self.name}.{MARK} values (sysdate)",  # noqa: S608 - names of our own
            ],
        )
        if made["Status"] != "FINISHED":
            self.may_be_there = False
            raise PipelineError(f"No schema can be made: {made['Error'] or made['Status']}")
        answer = await self.wire.call(DATA_API, "GetStatementResult", {"Id": f"{made['Id']}:1"})
        if not answer.data:
            return ""
        version, self.user = (str(value(item)) for item in answer.data["Records"][0])
        return version

    async def clear(self) -> list[str]:
        """Remove all that was made, and return what could not be removed, each with the reason."""
        if not self.may_be_there:
            return []
        await self._cancel_statements()
        for session in sorted(self.sessions):
            await self._end_session(session)
        sqls = [f"drop schema if exists {schema} cascade" for schema in sorted(self.schemas)]
        # The schema with the mark is the last: until then a run that is killed can be found.
        sqls += [*self._drop_users(), f"drop schema if exists {self.name} cascade"]
        left = [reason for sql in sqls if (reason := await self._remove(sql))]
        for what, removal in self.others.items():
            if reason := await self._take_away(removal):
                left.append(f"{what}: {reason}")
        return left

    async def _take_away(self, removal: Removal) -> str:
        """Remove what is not of the warehouse, and return the reason where it is still there."""
        removed = await self.wire.call(removal.service, removal.operation, removal.inputs)
        if removed.code:
            is_gone = any(word in f"{removed.code} {removed.words}" for word in _GONE)
            return "" if is_gone else f"{removed.code}: {removed.words}"
        for _ in range(_TRIES if removal.look else 0):
            looked = await self.wire.call(removal.service, removal.look, removal.inputs)
            if looked.code:
                return ""
            await self.wire.pause(2.0)
        return "it is still being deleted" if removal.look else ""

    def _drop_users(self) -> list[str]:
        return [f"drop user if exists {user}" for user in sorted(self.users)]

    async def _cancel_statements(self) -> None:
        """Cancel what still runs, and learn of sessions whose opening was not answered."""
        inputs: dict[str, Any] = {"StatementName": f"{self.name}/", "Status": "ALL", "MaxResults": 100}
        while True:
            page = await self.wire.call(DATA_API, "ListStatements", inputs)
            for statement in page.data.get("Statements", []):
                self.sessions |= {statement["SessionId"]} if statement.get("SessionId") else set()
                if statement["Status"] not in ENDED:
                    await self._cancel(statement["Id"])
            if not page["NextToken"]:
                return
            inputs = inputs | {"NextToken": page["NextToken"]}

    async def _cancel(self, statement_id: str) -> None:
        for _ in range(_TRIES):
            cancelled = await self.wire.call(DATA_API, "CancelStatement", {"Id": statement_id})
            looked = await self.wire.call(DATA_API, "DescribeStatement", {"Id": statement_id})
            if not cancelled.code or looked["Status"] in ENDED:
                return
            await self.wire.pause(0.5)

    async def _end_session(self, session: str) -> None:
        """Roll back what is open in a session, whose locks would keep the schema, and let it go."""
        inputs = {"SessionId": session, "Sql": "rollback", "SessionKeepAliveSeconds": 0}
        for _ in range(_TRIES):
            answer = await self.wire.call(
                DATA_API, "ExecuteStatement", {**inputs, "StatementName": f"{self.name}/rollback"}
            )
            if not answer.code:
                await self._end(answer)
                return
            listed = await self.wire.call(DATA_API, "ListSessions", {"SessionId": session})
            if all(found["Status"] == "CLOSED" for found in listed.data.get("Sessions", [])):
                return
            await self.wire.pause(0.5)

    async def _remove(self, sql: str) -> str:
        """Run what removes something, three times at most; return the reason where it is still there."""
        reason = ""
        for _ in range(3):
            ended = await self._run("remove", [sql])
            if ended["Status"] == "FINISHED":
                return ""
            reason = f"{sql}: {ended['Error'] or ended['Status']}"
            await self.wire.pause(1.0)
        return reason

    async def _run(self, name: str, sqls: list[str]) -> Answer:
        more = {"Sqls": sqls, "StatementName": f"{self.name}/{name}"}
        submitted = await self.wire.call(DATA_API, "BatchExecuteStatement", {**self.target, **more})
        return await self._end(submitted)

    async def _end(self, submitted: Answer) -> Answer:
        if submitted.code:
            return Answer({"Status": REFUSED, "Error": f"{submitted.code}: {submitted.words}"})
        answer = submitted
        for _ in range(_LOOKS):
            looked = {"Id": submitted["Id"], "WaitTimeSeconds": _WAIT_SECONDS}
            answer = await self.wire.call(DATA_API, "DescribeStatement", looked)
            if answer["Status"] in ENDED:
                break
        return answer
