"""One pacer for all of a process's clients of an account in a region, since the service counts their calls together."""

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from prefect_redshift.aws.pacing.pacer import Pacer, Sharing


class _Account(NamedTuple):
    endpoint: str
    region: str
    # None where it is not known without a call; such clients are taken to be of one account.
    number: str | None


# For the life of the process: a client that is made anew has no burst of its own.
_pacers: dict[_Account, Pacer] = {}
_lock = threading.Lock()


def pacer_of(rates: Mapping[str, float], sharing: Sharing | None, client: Any) -> Pacer:
    """Return the pacer of a boto3 client's account, region and endpoint.

    Args:
        rates: Calls a second that the service allows an account, by operation.
        sharing: Divides them among processes.
        client: The boto3 client; no call is made.
    """
    account = _Account(client.meta.endpoint_url, client.meta.region_name, _number(client))
    with _lock:
        pacer = _pacers.setdefault(account, Pacer(rates))
    if sharing is not None:
        pacer.share(sharing)
    return pacer


def _number(client: Any) -> str | None:
    """Return the account's number where the credentials have it already."""
    credentials = client._request_signer._credentials
    # The property of a role's credentials would fetch them, without the retries that a call has.
    known = vars(credentials) if credentials else {}
    number: str | None = known.get("account_id") or known.get("_account_id")
    return number
