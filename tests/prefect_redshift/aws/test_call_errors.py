"""botocore's errors are sorted into what is worth another try, what is not, and whose fault it is."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
)

from prefect_redshift.aws.call_errors import classified
from prefect_redshift.exceptions import (
    CallError,
    CredentialsRefusedError,
    EndpointUnreachableError,
    TransientCallError,
)

URL = {"endpoint_url": "http://127.0.0.1:1"}


def service_error(code: str, message: str = "words", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item,unused-ignore]
        "ExecuteStatement",
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (service_error("ThrottlingException"), TransientCallError),
        (service_error("ActiveStatementsExceededException"), TransientCallError),
        (service_error("ActiveSessionsExceededException"), TransientCallError),
        (service_error("ActiveWaitingRequestsExceededException"), TransientCallError),
        (service_error("InternalServerException", status=500), TransientCallError),
        (service_error("SomethingNew", status=503), TransientCallError),
        (
            service_error("ValidationException", "ThrottlingException (RedshiftServerless)"),
            TransientCallError,
        ),
        (service_error("ValidationException"), CallError),
        (service_error("ResourceNotFoundException"), CallError),
        (service_error("AccessDeniedException"), CredentialsRefusedError),
        (service_error("ExpiredTokenException"), CredentialsRefusedError),
        (service_error("UnrecognizedClientException"), CredentialsRefusedError),
        (NoCredentialsError(), CredentialsRefusedError),
        (EndpointConnectionError(**URL), EndpointUnreachableError),
        (ConnectTimeoutError(**URL), TransientCallError),
        (ReadTimeoutError(**URL), TransientCallError),
        (NoRegionError(), CallError),
        (ParamValidationError(report="no"), CallError),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value)[:60],
)
def test_classification(error: Exception, kind: type[CallError]) -> None:
    found = classified("ExecuteStatement", error)
    assert type(found) is kind
    assert found.operation == "ExecuteStatement"
    assert str(found).startswith(f"ExecuteStatement: {found.code}: ")
