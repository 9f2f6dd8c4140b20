"""The Data API's operations by name: `DataApi.call` takes a checked request and returns its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_aws.admin.faults import Faults
from local_aws.data_api import answers, submit
from local_aws.data_api.catalog import listing, metadata
from local_aws.data_api.records.statement import Statement
from local_aws.data_api.records.store import Store
from local_aws.data_api.results.reading import read_page
from local_aws.data_api.running.runner import Runner
from local_aws.data_api.running.sessions import Sessions
from local_aws.data_api.target import check_place, choose_user, read_secret
from local_aws.data_api.waiting import WaitingRoom
from local_aws.engine.connection import Connection
from local_aws.engine.warehouse import Warehouse
from local_aws.identity import Caller
from local_aws.rest_of_aws import RestOfAws
from local_aws.wire.service_errors import ApiError, not_found, validation

Request = dict[str, Any]
Answer = dict[str, Any] | bytes
Handler = Callable[[Request, Caller], Awaitable[Answer]]


@dataclass(eq=False)
class DataApi:
    """All operations on one warehouse."""

    warehouse: Warehouse
    store: Store
    sessions: Sessions
    runner: Runner
    rest: RestOfAws
    faults: Faults

    def __post_init__(self) -> None:
        self._waiting = WaitingRoom(self.faults)
        self._handlers: dict[str, Handler] = {
            "ExecuteStatement": self._submit,
            "BatchExecuteStatement": self._submit,
            "DescribeStatement": self._describe,
            "CancelStatement": self._cancel,
            "GetStatementResult": partial(self._result, "JSON"),
            "GetStatementResultV2": partial(self._result, "CSV"),
            "ListStatements": partial(listing.statements, self.store),
            "ListSessions": partial(listing.sessions, self.sessions),
            "ListDatabases": self._by_catalogue(metadata.databases),
            "ListSchemas": self._by_catalogue(metadata.schemas),
            "ListTables": self._by_catalogue(metadata.tables),
            "DescribeTable": self._by_catalogue(metadata.table),
        }

    async def call(self, operation: str, request: Request, caller: Caller) -> Answer:
        """Run one operation; raise ApiError as AWS would."""
        name = request.get("StatementName")
        if "WaitTimeSeconds" in request and self.faults.hit("ignore_wait", operation, name):
            request = {member: value for member, value in request.items() if member != "WaitTimeSeconds"}
        answer = await self._handlers[operation](request, caller)
        if isinstance(answer, dict) and answer.get("Status", True) is not True:
            odd = self.faults.hit("unknown_status", operation, name)
            answer["Status"] = odd.status if odd else answer["Status"]
        return answer

    async def _submit(self, request: Request, caller: Caller) -> Answer:
        if request.get("SessionId"):  # a busy one refuses even the repetition of a request
            self.sessions.available(request["SessionId"])
        statement = self._known(request) or await self._start(request, caller)
        await self._waiting.wait(statement, request)
        return answers.submitted(statement)

    async def _start(self, request: Request, caller: Caller) -> Statement:
        refusal: str | None = None
        if request.get("SessionId"):
            session = self.sessions.available(request["SessionId"])
            statement = submit.build_in_session(request, caller, session)
            self.sessions.enter(statement)
        else:
            check_place(request)
            user, refusal = await self._user(request, caller)
            # The same request may have come in twice while the secret was read.
            if known := self._known(request):
                return known
            statement = submit.build(request, caller, user)
            if request.get("SessionKeepAliveSeconds") and not refusal:
                self.sessions.open(statement)
        try:
            self.runner.submit(statement, refusal)
        except ApiError:
            if statement.session_id:
                self.sessions.leave(statement)
            raise
        return statement

    def _known(self, request: Request) -> Statement | None:
        token = request.get("ClientToken")
        if not token or self.faults.hit("forget_token", None, request.get("StatementName")):
            return None
        return self.store.by_token(token)

    async def _user(self, request: Request, caller: Caller) -> tuple[str, str | None]:
        """Return the database user, and why it may not log in."""
        secret_arn = request.get("SecretArn")
        if not secret_arn:
            return choose_user(request, caller), None
        user, password = await read_secret(secret_arn, caller.region, self.rest)
        if await self.warehouse.admits(user, password):
            return user, None
        return user, f'FATAL: password authentication failed for user "{user}"'

    def _by_catalogue(self, read: Callable[[Connection, Request], Awaitable[Answer]]) -> Handler:
        async def handle(request: Request, caller: Caller) -> Answer:
            check_place(request)
            user, refusal = await self._user(request, caller)
            if refusal:
                raise ApiError("DatabaseConnectionException", refusal)
            async with metadata.connected(self.warehouse, request, user) as connection:
                return await read(connection, request)

        return handle

    def _find(self, request: Request) -> tuple[Statement, int | None]:
        statement_id, _, suffix = request["Id"].partition(":")
        statement = self.store.get(statement_id)
        number = int(suffix) if suffix else None
        parts = len(statement.parts) if statement and statement.is_batch else 0
        if statement is None or (number is not None and not 1 <= number <= parts):
            raise not_found("Query does not exist.", request["Id"])
        return statement, number

    async def _describe(self, request: Request, _: Caller) -> Answer:
        statement, number = self._find(request)
        await self._waiting.wait(statement, request, number)
        return answers.described(statement, number)

    async def _cancel(self, request: Request, _: Caller) -> Answer:
        statement, number = self._find(request)
        if number is not None:
            raise validation("Can not cancel a sub-statement of a batch: cancel the batch.")
        if statement.has_ended or not await self.runner.cancel(statement):
            state = f"in {statement.status} state with ID: {statement.id}"
            raise validation(f"Could not cancel a query that is already {state}")
        return {"Status": True}

    async def _result(self, result_format: str, request: Request, _: Caller) -> Answer:
        statement, number = self._find(request)
        await self._waiting.wait(statement, request, number)
        return read_page(self.store, statement, number, request, result_format)
