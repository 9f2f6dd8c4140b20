"""The rest of AWS by moto: loaded at its first use, because loading takes a second and 55 MB."""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]
THREADS = 20


class RestOfAws:
    """An ASGI application in front of moto's server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._application: Application | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        application = self._application or await self.load()
        await application(scope, receive, send)

    async def load(self) -> Application:
        """Return moto's server, loaded if it was not."""
        async with self._loading:
            if self._application is None:
                self._application = await asyncio.to_thread(_load, self._port)
        return self._application


def _load(port: int) -> Application:
    # Its state machine interpreter calls back to localhost on this port.
    os.environ["MOTO_PORT"] = str(port)
    # It advises to install an extra with packages for services that are not used here.
    warnings.filterwarnings("ignore", message="When using MotoServer")
    from a2wsgi import WSGIMiddleware
    from moto.core import config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    config.default_user_config["stepfunctions"] = {"execute_state_machine": True}
    moto: Any = DomainDispatcherApplication(create_backend_app)
    return WSGIMiddleware(moto, workers=THREADS)
