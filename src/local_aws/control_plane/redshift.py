"""Redshift's own API (query protocol, XML): the cluster and credentials for it."""

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

from local_aws.control_plane import place
from local_aws.identity import Caller
from local_aws.wire.service_errors import ApiError

NAMESPACE_URI = "http://redshift.amazonaws.com/doc/2012-12-01/"
Members = dict[str, Any]


def call(body: bytes, caller: Caller) -> bytes | None:
    """Answer DescribeClusters and GetClusterCredentials, with or without IAM; None for any other operation.

    Raises ApiError as AWS would.
    """
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    action = form.get("Action", "")
    match action:
        case "DescribeClusters":
            _check_cluster(form.get("ClusterIdentifier", place.CLUSTER_NAME))
            return _answer(action, {"Clusters": {"Cluster": place.CLUSTER}})
        case "GetClusterCredentials":
            _check_cluster(form.get("ClusterIdentifier"))
            if not form.get("DbUser"):
                raise ApiError("MissingParameter", "The request must contain the parameter DbUser")
            prefix = "IAMA:" if form.get("AutoCreate") == "true" else "IAM:"
            return _answer(action, _credentials(prefix + form["DbUser"], form))
        case "GetClusterCredentialsWithIAM":
            _check_cluster(form.get("ClusterIdentifier"))
            return _answer(action, _credentials(caller.database_user, form))
    return None


def _check_cluster(name: str | None) -> None:
    if name != place.CLUSTER_NAME:
        raise ApiError("ClusterNotFound", f"Cluster {name} not found.", http_status=404)


def _credentials(user: str, form: dict[str, str]) -> Members:
    seconds = int(form.get("DurationSeconds", place.DEFAULT_SECONDS))
    if not place.DEFAULT_SECONDS <= seconds <= place.LONGEST_SECONDS:
        raise ApiError("InvalidParameterValue", "DurationSeconds must be between 900 and 3600.")
    password, expires_at = place.credentials(seconds)
    expiration = datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"DbUser": user, "DbPassword": password, "Expiration": expiration}


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(member)}</{name}>" for name, member in value.items())
    return escape(value, quote=False)


def _answer(action: str, members: Members) -> bytes:
    return (
        f'<{action}Response xmlns="{NAMESPACE_URI}"><{action}Result>{_xml(members)}</{action}Result>'
        f"<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></{action}Response>"
    ).encode()
