"""The Data API's operations by name: `DataApi.call` takes a checked request and returns its answer."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from local_aws.data_api import answers, listing, paging, submit
from local_aws.data_api.runner import Runner
from local_aws.data_api.sessions import Sessions
from local_aws.data_api.statement import Statement
from local_aws.data_api.store import Store
from local_aws.data_api.waiting import WaitingRoom
from local_aws.engine.warehouse import Warehouse
from local_aws.identity import Caller
from local_aws.wire.errors import ApiError, not_found, validation

Request = dict[str, Any]
Answer = dict[str, Any] | bytes
Handler = Callable[[Request, Caller], Awaitable[Answer]]
NO_RESULT = "Query does not have result. Please check query status with DescribeStatement."


class DataApi:
    """All operations on one warehouse."""

    def __init__(self, warehouse: Warehouse, store: Store, sessions: Sessions, runner: Runner) -> None:
        self._warehouse = warehouse
        self._store = store
        self._sessions = sessions
        self._runner = runner
        self.waiting = WaitingRoom()
        self._handlers: dict[str, Handler] = {
            "ExecuteStatement": self._submit,
            "BatchExecuteStatement": self._submit,
            "DescribeStatement": self._describe,
            "CancelStatement": self._cancel,
            "GetStatementResult": self._result,
            "GetStatementResultV2": self._result_v2,
            "ListStatements": self._list_statements,
        }

    async def call(self, operation: str, request: Request, caller: Caller) -> Answer:
        """Run one operation; raise ApiError as AWS would."""
        handler = self._handlers.get(operation)
        if handler is None:
            raise ApiError(
                "UnknownOperationException", f"local stand-in does not support {operation}", http_status=404
            )
        return await handler(request, caller)

    async def _submit(self, request: Request, caller: Caller) -> Answer:
        token = request.get("ClientToken")
        known = self._store.by_token(token) if token else None
        statement = known or self._start(request, caller)
        await self.waiting.wait(statement, request.get("WaitTimeSeconds"))
        return answers.submitted(statement)

    def _start(self, request: Request, caller: Caller) -> Statement:
        if request.get("SessionId"):
            session = self._sessions.get(request["SessionId"])
            statement = submit.build_in_session(request, caller, session)
            self._sessions.enter(statement)
        else:
            statement = submit.build(request, caller, None)
            if request.get("SessionKeepAliveSeconds"):
                self._sessions.open(statement)
        try:
            self._runner.submit(statement)
        except ApiError:
            if statement.session_id:
                self._sessions.leave(statement)
            raise
        return statement

    def _find(self, request: Request) -> tuple[Statement, int | None]:
        statement_id, _, suffix = request["Id"].partition(":")
        statement = self._store.get(statement_id)
        number = int(suffix) if suffix else None
        if statement is None or (number is not None and not self._has_part(statement, number)):
            raise not_found("Query does not exist.", request["Id"])
        return statement, number

    @staticmethod
    def _has_part(statement: Statement, number: int) -> bool:
        return statement.is_batch and 1 <= number <= len(statement.parts)

    async def _describe(self, request: Request, _: Caller) -> Answer:
        statement, number = self._find(request)
        await self.waiting.wait(statement, request.get("WaitTimeSeconds"))
        return answers.described(statement) if number is None else answers.described_part(statement, number)

    async def _cancel(self, request: Request, _: Caller) -> Answer:
        statement, number = self._find(request)
        if number is not None:
            raise validation("Can not cancel a sub-statement of a batch: cancel the batch.")
        if statement.has_ended or not await self._runner.cancel(statement):
            raise validation(
                f"Could not cancel a query that is already in {statement.status} state with ID: {statement.id}"
            )
        return {"Status": True}

    async def _result(self, request: Request, _: Caller) -> Answer:
        return await self._page(request, "JSON")

    async def _result_v2(self, request: Request, _: Caller) -> Answer:
        return await self._page(request, "CSV")

    async def _page(self, request: Request, result_format: str) -> bytes:
        statement, number = self._find(request)
        await self.waiting.wait(statement, request.get("WaitTimeSeconds"))
        if statement.is_batch and number is None:
            raise validation("BatchExecuteStatement result can only be retrieved with sub-statement id.")
        part_number = (number or 1) - 1
        part = statement.parts[part_number]
        if part.status != "FINISHED" or not statement.has_ended or not part.has_result:
            raise not_found(NO_RESULT, request["Id"])
        if statement.result_format != result_format:
            other = "GetStatementResult" if result_format == "CSV" else "GetStatementResultV2"
            raise validation(
                f"The result of this statement is in {statement.result_format} format: use {other}."
            )
        kind = f"result {request['Id']}"
        page_number = paging.unpack(kind, request.get("NextToken")) or 0
        found = self._store.page(statement.id, part_number, page_number)
        if found is None:
            raise not_found(NO_RESULT, request["Id"])
        body, more = found
        rest: dict[str, Any] = {"ColumnMetadata": part.columns, "TotalNumRows": part.rows}
        if result_format == "CSV":
            rest["ResultFormat"] = "CSV"
        if more:
            rest["NextToken"] = paging.pack(kind, page_number + 1)
        # The page was rendered when the rows came in, so it is not parsed and written again.
        return b'{"Records":' + body + b"," + json.dumps(rest).encode()[1:]

    async def _list_statements(self, request: Request, caller: Caller) -> Answer:
        return listing.statements(self._store, request, caller)
