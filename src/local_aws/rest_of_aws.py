"""The rest of AWS by moto: loaded at its first use, because loading takes a second and 55 MB."""

import asyncio
import json
import os
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from local_aws.identity import ACCOUNT, environment
from local_aws.wire.service_errors import validation

Application = Callable[[Any, Any, Any], Awaitable[None]]
THREADS = 20


class RestOfAws:
    """An ASGI application in front of moto's server, and the few things that the Data API wants of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._application: Application | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        application = await self._load()

        async def send_to_its_origin(message: Any) -> None:
            # A bucket's own CORS rules would let pages of other origins read.
            if "headers" in message:
                headers = [pair for pair in message["headers"] if not pair[0].startswith(b"access-control-")]
                message = message | {"headers": headers}
            await send(message)

        await application(scope, receive, send_to_its_origin)

    async def secret(self, secret_id: str, region: str) -> str:
        """Return a secret's text from Secrets Manager, by name or ARN; raise ValidationException."""
        await self._load()
        return await asyncio.to_thread(_secret, secret_id, region)

    async def s3(self) -> Any:
        """Return moto's S3."""
        await self._load()
        from moto.s3.models import s3_backends

        return s3_backends[ACCOUNT]["aws"]

    async def put_event(self, event: dict[str, Any], region: str) -> None:
        """Put an event on the default bus of EventBridge."""
        # Not loaded means that nobody has made a rule that could match.
        if self._application is not None:
            await asyncio.to_thread(_put_event, event, region)

    async def reset(self) -> None:
        """Forget every bucket, queue, secret and so on."""
        if self._application is not None:
            await asyncio.to_thread(_reset)

    async def _load(self) -> Application:
        if self._application is None:
            async with self._loading:
                if self._application is None:
                    self._application = await asyncio.to_thread(_load, self._port)
        return self._application


def _load(port: int) -> Application:
    _forget_the_developers_aws(f"http://127.0.0.1:{port}")
    # Its state machine interpreter calls back to localhost on this port.
    os.environ["MOTO_PORT"] = str(port)
    # It advises to install an extra with packages for services that are not used here.
    warnings.filterwarnings("ignore", message="When using MotoServer")
    from a2wsgi import WSGIMiddleware
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from local_aws.moto_patches import patch

    def patched(service: Any) -> Any:
        patch(service)
        return create_backend_app(service)

    moto: Any = _as_it_was_sent(DomainDispatcherApplication(patched))
    return WSGIMiddleware(moto, workers=THREADS)


def _as_it_was_sent(application: Any) -> Any:
    """Tell moto what the bridge from ASGI leaves out: paths as they were encoded, underscores in headers."""
    from moto.core import request

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        scope = environ["asgi.scope"]
        environ["RAW_URI"] = scope["raw_path"].decode("latin-1")
        environ[request.PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
            request.environ_key_for_header(name): name
            for name in (header.decode("latin-1") for header, _ in scope["headers"])
            if request.should_preserve_original_header_name(name)
        }
        return application(environ, start_response)

    return answer


def _forget_the_developers_aws(url: str) -> None:
    """See to it that moto's own clients can only reach this endpoint, with credentials that open nothing else."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= environment(url) | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _secret(secret_id: str, region: str) -> str:
    from moto.core.exceptions import JsonRESTError
    from moto.secretsmanager.models import secretsmanager_backends

    try:
        found = secretsmanager_backends[ACCOUNT][region].get_secret_value(secret_id, "", "")
    except JsonRESTError as error:
        raise validation(error.message) from None
    text = found.get("SecretString")
    if not isinstance(text, str):
        raise validation("The secret has no SecretString.")
    return text


def _put_event(event: dict[str, Any], region: str) -> None:
    from moto.events.models import events_backends

    events_backends[ACCOUNT][region].put_events([event | {"Detail": json.dumps(event["Detail"])}])


def _reset() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    from local_aws.moto_patches import state_machines

    state_machines.stop_all()
    moto_api_backend.reset()
