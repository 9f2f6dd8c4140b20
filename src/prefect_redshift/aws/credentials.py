"""Credentials that end: a role's are fetched anew before they do."""

from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session
from botocore.credentials import DeferredRefreshableCredentials, create_assume_role_refresher

from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, classified


class _RoleCredentials(DeferredRefreshableCredentials):  # type: ignore[misc] # botocore has no types
    # botocore's own 15 and 10 minutes would fetch a role's shortest credentials, of 15 minutes, at every call.
    _advisory_refresh_timeout = 5 * 60
    _mandatory_refresh_timeout = 2 * 60


def session_of_role(
    session: boto3.Session, parameters: Mapping[str, Any], options: Mapping[str, Any] | None = None
) -> boto3.Session:
    """Return a session with a role's credentials: fetched at their first use, and anew before they expire.

    Args:
        session: Who assumes the role, and the region.
        parameters: The inputs of the API's operation AssumeRole.
        options: Further arguments of `boto3.Session.client` for the client of STS.

    Raises:
        CallError: There are no credentials, or no region.
    """
    sts = make_client("sts", session, 2, options)
    inner = botocore.session.get_session()
    credentials = _RoleCredentials(create_assume_role_refresher(sts, dict(parameters)), "assume-role")
    # Known before they are fetched, from arn:aws:iam::ACCOUNT:role/NAME.
    credentials.account_id = next(iter(parameters["RoleArn"].split(":")[4:]), None)
    inner._credentials = credentials
    return boto3.Session(botocore_session=inner, region_name=session.region_name)


def have_same_credentials(one: Any, other: Any) -> bool:
    """Return whether two boto3 clients sign with the same credentials; a role's are fetched for it.

    Raises:
        CallError: They cannot be fetched.
    """
    try:
        mine, theirs = (client._request_signer._credentials for client in (one, other))
        return mine is not None and theirs is not None and _keys(mine) == _keys(theirs)
    except CALL_EXCEPTIONS as error:
        raise classified("AssumeRole", error) from None


def _keys(credentials: Any) -> Any:
    return credentials.get_frozen_credentials()
