"""boto3 clients from the credentials of a block."""

from typing import Any
from uuid import uuid4

import boto3
from prefect_aws import AwsCredentials

from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, classified
from prefect_redshift.aws.credentials import session_of_role


def client_of(service: str, credentials: AwsCredentials, connections: int, region: str | None = None) -> Any:
    """Make a boto3 client of `service`, in `region` or the block's own, for so many calls at once.

    Raises:
        CallError: There are no credentials, or no region.
    """
    options = credentials.aws_client_parameters.get_params_override()
    if region:
        options["region_name"] = region
    try:
        session = session_of(credentials)
    except CALL_EXCEPTIONS as error:
        raise classified(service, error) from error
    return make_client(service, session, connections, options)


def session_of(credentials: AwsCredentials) -> boto3.Session:
    """Return a session that outlasts the credentials of an assumed role, which the block's own does not.

    Raises:
        CallError: There are no credentials, or no region.
    """
    if not credentials.assume_role_arn:
        return credentials.get_boto3_session()
    base = credentials.model_copy(update={"assume_role_arn": None}).get_boto3_session()
    parameters = {
        "RoleSessionName": f"prefect-session-{uuid4().hex[:8]}",
        **credentials.assume_role_kwargs.get_params_override(),
        "RoleArn": credentials.assume_role_arn,
    }
    options = credentials.aws_client_parameters.get_params_override()
    # It is the service's own, as is its version.
    for own in ("endpoint_url", "api_version"):
        options.pop(own, None)
    return session_of_role(base, parameters, options)
