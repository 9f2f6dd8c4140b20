"""boto3 clients from the credentials of a block."""

from typing import Any

from prefect_aws import AwsCredentials

from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, classified


def client_of(service: str, credentials: AwsCredentials, connections: int, region: str | None = None) -> Any:
    """Make a boto3 client of `service`, in `region` or the block's own, for so many calls at once.

    Raises:
        CallError: There are no credentials, or no region.
    """
    options = credentials.aws_client_parameters.get_params_override()
    if region:
        options["region_name"] = region
    try:
        session = credentials.get_boto3_session()
    except CALL_EXCEPTIONS as error:
        raise classified(service, error) from error
    return make_client(service, session, connections, options)
