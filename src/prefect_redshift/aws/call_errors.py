"""botocore's errors as ours: what is worth another try, what is not, and whose fault it is."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

from prefect_redshift.exceptions import (
    CallError,
    CredentialsRefusedError,
    EndpointUnreachableError,
    TransientCallError,
)

# What botocore raises for a call; ValueError for an endpoint that is no URL.
CALL_EXCEPTIONS = (BotoCoreError, ClientError, ValueError)

# botocore's own retries leave out the Active…Exceeded errors and hide from the log: they are switched off.
_TRANSIENT_CODES = frozenset(
    {
        "ActiveSessionsExceededException",
        "ActiveStatementsExceededException",
        "ActiveWaitingRequestsExceededException",
        "BatchExecuteStatementException",
        "DatabaseConnectionException",
        "ExecuteStatementException",
        "ExecutionLimitExceeded",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "KmsThrottlingException",
        "QueryTimeoutException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# Refused before any work, because calls come too fast.
THROTTLE_CODES = frozenset(
    {"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
_CREDENTIAL_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_CREDENTIAL_ERRORS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
# What new credentials may help against: the old ones are over, or were replaced.
OUTDATED_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
    }
)
CHECK_ENDPOINT = "Check AWS_ENDPOINT_URL, the region and the network."
CHECK_CREDENTIALS = "Check the AWS credentials and that they allow this action."


def classified(operation: str, error: Exception) -> CallError:
    """Return botocore's error as ours: transient, unreachable, credentials or final."""
    if isinstance(error, ClientError):
        return _service_error(operation, error)
    code, message = type(error).__name__, str(error)
    if isinstance(error, EndpointConnectionError):
        return EndpointUnreachableError(operation, code, message, CHECK_ENDPOINT)
    # What no retry helps; botocore wraps what its HTTP library raises.
    cause = getattr(error, "kwargs", {}).get("error", error)
    if isinstance(cause, ValueError) and "header value" in str(cause):
        # Its message holds the value, which is a key or a token.
        no_header = "a key or token has a character that HTTP does not allow, such as a line break"
        return CredentialsRefusedError(operation, code, no_header, CHECK_CREDENTIALS)
    if isinstance(cause, ValueError):
        return CallError(operation, code, message, CHECK_ENDPOINT)
    if isinstance(error, _CREDENTIAL_ERRORS):
        return CredentialsRefusedError(operation, code, message, CHECK_CREDENTIALS)
    if isinstance(error, HTTPClientError | ConnectTimeoutError):
        return TransientCallError(operation, code, message)
    if isinstance(error, NoRegionError):
        return CallError(
            operation, code, message, "Set AWS_DEFAULT_REGION, or region_name of the credentials block."
        )
    return CallError(operation, code, message)


def _service_error(operation: str, error: ClientError) -> CallError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    message = error.response.get("Error", {}).get("Message") or error.response.get("Message") or "no message"
    http_status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _CREDENTIAL_CODES:
        return CredentialsRefusedError(operation, code, message, CHECK_CREDENTIALS)
    # Serverless hides its throttle in the text of a ValidationException.
    wrapped_throttle = code == "ValidationException" and "ThrottlingException" in message
    if code in _TRANSIENT_CODES or http_status >= 500 or wrapped_throttle:
        return TransientCallError(operation, code, message)
    return CallError(operation, code, message)
