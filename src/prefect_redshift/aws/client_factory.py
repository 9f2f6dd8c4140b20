"""boto3 clients as the blocks want them: made once, at their first use, in the process that uses them."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from prefect_aws import AwsCredentials

from prefect_redshift.aws.client import Calls, classified

_MAKING_A_CLIENT = threading.Lock()

# What botocore has read of its files about AWS's services and endpoints, by the folders they are in. Each session reads
# them anew, which takes longer than all else a client needs, and leaves so many objects that a full garbage collection
# follows now and then. They are the same for all clients, and know nothing of credentials.
_models: dict[tuple[str, ...], Any] = {}


class Client:
    """The calls of a block's client; a block that is sent to another process makes its own there."""

    def __init__(self) -> None:
        self._calls: Calls | None = None

    def __reduce__(self) -> tuple[type["Client"], tuple[()]]:
        return (type(self), ())

    async def calls(self, make: Callable[[], Calls]) -> Calls:
        """What `make` returned when it was called first.

        Raises:
            CallError: There are no credentials, or no region.
        """
        if self._calls is None:
            # Making a client reads the service's model from disk, and may ask for credentials over the network.
            return await asyncio.to_thread(self._made, make)
        return self._calls

    def _made(self, make: Callable[[], Calls]) -> Calls:
        with _MAKING_A_CLIENT:
            self._calls = self._calls or make()
            return self._calls


def make_client(
    service: str, credentials: AwsCredentials, connections: int, region: str | None = None
) -> Any:
    """A boto3 client of `service` for so many calls at once, without botocore's own retries.

    Raises:
        CallError: There are no credentials, or no region.
    """
    overrides = credentials.aws_client_parameters.get_params_override()
    ours = Config(
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
    )
    config = overrides.pop("config", None)
    if region:
        overrides["region_name"] = region
    try:
        session = credentials.get_boto3_session()
        _share_models(session)
        return session.client(service, config=config.merge(ours) if config else ours, **overrides)
    except (BotoCoreError, ClientError, ValueError) as error:
        raise classified(service, error) from error


def _share_models(session: Any) -> None:
    """Has the session find the models that an earlier one of the same folders has read."""
    inner = session._session  # boto3 has no public name for it
    own = inner.get_component("data_loader")
    inner.register_component("data_loader", _models.setdefault(tuple(own.search_paths), own))
