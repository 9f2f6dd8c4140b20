"""The one endpoint: an ASGI application that sends each request to whom it is for."""

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_aws.admin.api import PREFIX, AdminApi
from local_aws.admin.faults import REFUSING, Fault, Faults
from local_aws.admin.history import History
from local_aws.control_plane import redshift
from local_aws.identity import Caller, caller_of, refusal, welcome
from local_aws.rest_of_aws import RestOfAws
from local_aws.wire import origins, s3_operations, validation
from local_aws.wire.model import ServiceModel
from local_aws.wire.rates import Rates
from local_aws.wire.service_errors import ApiError

Scope = MutableMapping[str, Any]
Headers = dict[bytes, bytes]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = dict[str, Any] | bytes
Operation = Callable[[str, dict[str, Any], Caller], Awaitable[Answer]]
_JSON, _XML = b"application/x-amz-json-1.1", b"text/xml"

LOG = logging.getLogger(__name__)


class Dropped(Exception):  # noqa: N818 - not an error: it was asked for
    """The connection is to be closed without an answer."""


@dataclass(eq=False)
class Gateway:
    """Routes by the header that names an operation; everything unknown is moto's.

    `services` maps the prefix of `X-Amz-Target` to a model and to what runs its operations.
    """

    services: Mapping[str, tuple[ServiceModel, Operation]]
    rest: RestOfAws
    admin: AdminApi
    faults: Faults
    history: History
    rates: Rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers: Headers = dict(scope["headers"])
        prefix, _, operation = headers.get(b"x-amz-target", b"").decode().partition(".")
        answer: Answer | None = None
        try:
            if refused := origins.refusal(headers):
                raise ApiError("AccessDeniedException", refused, http_status=403)
            if prefix in self.services:
                answer = await self._answer(prefix, operation, headers, await read_body(receive))
            elif scope["path"].startswith(PREFIX):
                query, body = scope["query_string"].decode(), await read_body(receive)
                answer = await self.admin.call(scope["method"], scope["path"], query, body)
        except ApiError as error:
            await respond(send, error.body(), error)
        except Dropped:
            await drop(send)
        except Exception:
            LOG.exception("%s.%s", prefix, operation)
            failed = ApiError("InternalServerException", "The local stand-in failed; see its log.")
            await respond(send, failed.body(), failed)
        else:
            if answer is None:
                await self._call_rest(scope, headers, receive, send)
            else:
                await respond(send, answer)

    async def _answer(self, prefix: str, operation: str, headers: Headers, body: bytes) -> Answer:
        model, run = self.services[prefix]
        caller = caller_of(headers.get(b"authorization", b"").decode())
        request = parse(body)
        call = self.history.begin(operation, request, caller.key_id if caller else None)
        answer: Answer = b""
        outcome = "dropped"
        try:
            name, key = call.statement_name, call.access_key_id
            hit = partial(self.faults.hit, operation=operation, name=name, access_key_id=key)
            await _meet_faults(hit, REFUSING, Fault.as_error)
            caller = welcome(caller)
            self.rates.take(operation, caller.region)
            if operation not in model.operations:
                raise ApiError("UnknownOperationException", f"Unknown operation {operation}", http_status=404)
            validation.check(model, operation, request)
            answer = await run(operation, request, caller)
            if hit("drop_after"):
                raise Dropped
            outcome = "ok"
        except ApiError as error:
            outcome = error.code
            raise
        finally:
            self.history.end(call, outcome, answer)
        return answer

    async def _call_rest(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        caller = caller_of(headers.get(b"authorization", b"").decode())
        try:
            if caller and (refused := refusal(caller)):
                code = "InvalidAccessKeyId" if caller.service == "s3" else "InvalidClientTokenId"
                raise ApiError(code, refused.message, http_status=403)
            if caller and caller.service == "s3" and self.faults.all():
                receive = _replay(await read_body(receive))
                if await self._meet_faults_of_s3(scope, headers, caller.key_id):
                    await self.rest(scope, receive, _into_nothing)
                    raise Dropped
            if caller and caller.service == "redshift" and scope["method"] == "POST":
                body = await read_body(receive)
                receive = _replay(body)
                if answer := redshift.call(body, caller):
                    await respond(send, answer, content_type=_XML)
                    return
        except ApiError as error:
            await respond(send, error.as_xml(), error, _XML)
        except Dropped:
            await drop(send)
        else:
            await self.rest(scope, receive, send)

    async def _meet_faults_of_s3(self, scope: Scope, headers: Headers, key: str) -> bool:
        """Meet the faults that name the operation of a request to S3; return whether its answer is to be lost."""
        method, path, query = scope["method"], scope["path"], scope["query_string"].decode()
        operation = s3_operations.operation_of(method, path, query, headers)
        hit = partial(self.faults.hit, operation=operation, access_key_id=key, is_named=True)
        await _meet_faults(hit, s3_operations.REFUSING, s3_operations.error_of)
        return hit("drop_after") is not None


async def _meet_faults(
    hit: Callable[..., Fault | None], refusing: tuple[str, ...], error_of: Callable[[Fault], ApiError]
) -> None:
    """Meet the faults that come before an operation is run; those of the kinds `refusing` become errors."""
    if slow := hit("latency"):
        await slow.hold()
    if hit("drop_before"):
        raise Dropped
    if refused := hit(refusing):
        raise error_of(refused)


def _replay(body: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _into_nothing(message: MutableMapping[str, Any]) -> None:
    """Send nothing."""


def parse(body: bytes) -> dict[str, Any]:
    """Return a request's members; raise SerializationException for anything but a JSON object."""
    try:
        request = json.loads(body or b"{}")
        if b"\\u" in body:  # an escaped half of a surrogate pair is no text that could be kept or run
            json.dumps(request, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
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


async def respond(
    send: Send, answer: Answer, error: ApiError | None = None, content_type: bytes = _JSON
) -> None:
    """Send an answer, which may be to an error, by default of AWS's JSON 1.1 protocol."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-requestid", str(uuid.uuid4()).encode()),
    ]
    if error:
        headers.append((b"x-amzn-errortype", error.code.encode()))
    status = error.http_status if error else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def drop(send: Send) -> None:
    """Close the connection without an answer."""
    # ASGI has no word for it; uvicorn's `send` belongs to the object that holds the connection.
    cycle: Any = getattr(send, "__self__")  # noqa: B009
    cycle.transport.abort()
    while not cycle.disconnected:  # noqa: ASYNC110 - it is a flag, set within the next turns of the loop
        await asyncio.sleep(0)
