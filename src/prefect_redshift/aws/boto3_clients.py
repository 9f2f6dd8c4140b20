"""boto3 clients that make hundreds of calls at once and leave the retries to us."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from prefect_redshift.aws.bounded_http import bound_calls
from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, classified

CONNECT_SECONDS = 5
# What botocore has read of its files about AWS's services and endpoints, by the folders they are in. Each session reads
# them anew, which takes longer than all else a client needs, and leaves so many objects that a full garbage collection
# follows now and then. They are the same for all clients, and know nothing of credentials.
_models: dict[tuple[str, ...], Any] = {}


def make_client(
    service: str,
    session: boto3.Session,
    connections: int,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Make a boto3 client of `service` for so many calls at once, without botocore's own retries.

    Args:
        service: boto3's name of the service.
        session: Whose credentials and region the client has.
        connections: How many calls may be under way at once.
        options: Further arguments of `boto3.Session.client`, such as `endpoint_url` or `config`.

    Raises:
        CallError: There are no credentials, or no region.
    """
    ours = Config(
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
        connect_timeout=CONNECT_SECONDS,
    )
    others = dict(options or {})
    config = others.pop("config", None)
    try:
        _share_models(session)
        client = session.client(service, config=config.merge(ours) if config else ours, **others)
    except CALL_EXCEPTIONS as error:
        raise classified(service, error) from error
    bound_calls(client)
    return client


def _share_models(session: Any) -> None:
    """Have the session find the models that an earlier one of the same folders has read."""
    inner = session._session  # boto3 has no public name for it
    own = inner.get_component("data_loader")
    inner.register_component("data_loader", _models.setdefault(tuple(own.search_paths), own))
