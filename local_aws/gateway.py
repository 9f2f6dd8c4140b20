"""The one endpoint: an ASGI application that sends each request to whom it is for."""

import json
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from local_aws.data_api.service import DataApi
from local_aws.identity import caller_of, refusal
from local_aws.rest_of_aws import RestOfAws
from local_aws.wire import model, validation
from local_aws.wire.errors import ApiError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
DATA_API = b"RedshiftData."


class Gateway:
    """Routes by the header that names an operation; everything unknown is moto's."""

    def __init__(self, data_api: DataApi, rest: RestOfAws) -> None:
        self._data_api = data_api
        self._rest = rest
        self._model = model.load("redshift-data", "2019-12-20")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        target = headers.get(b"x-amz-target", b"")
        if target.startswith(DATA_API):
            await self._call_data_api(target[len(DATA_API) :].decode(), headers, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _call_data_api(
        self, operation: str, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        body = await read_body(receive)
        try:
            caller = caller_of(headers.get(b"authorization", b"").decode())
            if (refused := refusal(caller)) or caller is None:
                raise refused or ApiError("AccessDeniedException", "")
            if operation not in self._model.operations:
                raise ApiError("UnknownOperationException", f"Unknown operation {operation}", http_status=404)
            request = parse(body)
            validation.check(self._model, operation, request)
            answer = await self._data_api.call(operation, request, caller)
            await respond(send, 200, answer)
        except ApiError as error:
            await respond(send, error.http_status, error.body(), error.code)


def parse(body: bytes) -> dict[str, Any]:
    """Return a request's members; raise SerializationException for anything but a JSON object."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        raise ApiError("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(request, dict):
        raise ApiError("SerializationException", "The request body must be a JSON object.")
    return request


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def respond(send: Send, status: int, answer: dict[str, Any] | bytes, error: str | None = None) -> None:
    """Send an answer of AWS's JSON 1.1 protocol."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    headers = [
        (b"content-type", b"application/x-amz-json-1.1"),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-requestid", str(uuid.uuid4()).encode()),
    ]
    if error:
        headers.append((b"x-amzn-errortype", error.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
