"""Who is calling: read from the request's signature, which is not verified; and what makes an SDK such a caller."""

import re
from dataclasses import dataclass

from local_aws.wire.service_errors import ApiError

ACCOUNT = "123456789012"
REGION = "us-east-1"
# Key ids that begin so are refused, so that a caller's handling of bad credentials can be tried.
REFUSED_PREFIXES = {
    "REFUSED": ("UnrecognizedClientException", "The security token included in the request is invalid."),
    "EXPIRED": ("ExpiredTokenException", "The security token included in the request is expired"),
}
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Caller:
    """A caller by access key id; `service` and `region` are those of its signature."""

    key_id: str
    region: str = REGION
    service: str = ""

    @property
    def arn(self) -> str:
        """Return the caller's identity."""
        return f"arn:aws:iam::{ACCOUNT}:user/{self.key_id}"

    @property
    def database_user(self) -> str:
        """Return the database user that Redshift derives from an IAM identity."""
        return f"IAM:{self.key_id}"


def caller_of(authorization: str) -> Caller | None:
    """Return who signed a request, None where nobody did."""
    found = CREDENTIAL.search(authorization)
    return Caller(found[1], found[3], found[4]) if found else None


def welcome(caller: Caller | None) -> Caller:
    """Return the caller; raise how AWS refuses one that is unknown."""
    if caller is None:
        raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if refused := refusal(caller):
        raise refused
    return caller


def refusal(caller: Caller) -> ApiError | None:
    """Return how AWS refuses such credentials, None where they are welcome."""
    refused = (how for prefix, how in REFUSED_PREFIXES.items() if caller.key_id.startswith(prefix))
    return next((ApiError(*how) for how in refused), None)


def environment(url: str) -> dict[str, str]:
    """Return the variables; any credentials would do but those that the stand-in refuses on purpose."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }
