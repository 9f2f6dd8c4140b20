"""Where a statement goes and as whom: cluster or workgroup, database, user, by name or by a secret."""

import json
from typing import Any

from local_aws.control_plane import place
from local_aws.identity import Caller
from local_aws.rest_of_aws import RestOfAws
from local_aws.wire.service_errors import validation


def check_place(request: dict[str, Any]) -> None:
    """Check that exactly one of cluster and workgroup is named, that it exists, and that a database is named."""
    cluster, workgroup = request.get("ClusterIdentifier"), request.get("WorkgroupName")
    if (cluster is None) == (workgroup is None):
        raise validation(
            "Either ClusterIdentifier, WorkgroupName or SessionId must be provided."
            if cluster is None
            else "Only one of ClusterIdentifier and WorkgroupName can be provided."
        )
    names = [place.WORKGROUP_NAME]
    if workgroup and workgroup.startswith("arn:"):
        workgroup = workgroup.rpartition("/")[2]
        names.append(place.WORKGROUP["workgroupId"])
    if cluster not in (None, place.CLUSTER_NAME) or workgroup not in (None, *names):
        raise validation("Redshift endpoint doesn't exist in this region.")
    if not request.get("Database"):
        raise validation("Database must be provided when SessionId is not.")


def choose_user(request: dict[str, Any], caller: Caller) -> str:
    """Return the database user: the named one, or the caller's own identity."""
    if not request.get("DbUser"):
        return caller.database_user
    if request.get("WorkgroupName"):
        raise validation("DbUser can not be provided with WorkgroupName.")
    return str(request["DbUser"])


async def read_secret(secret_id: str, region: str, rest: RestOfAws) -> tuple[str, str]:
    """Return user name and password in a secret; raise ValidationException for a missing or malformed one.

    A secret is a JSON object with username, password and, as the query editor makes it, dbClusterIdentifier.
    """
    text = await rest.secret(secret_id, region)
    try:
        secret = json.loads(text)
    except ValueError:
        secret = None
    # The words never quote the secret.
    if not isinstance(secret, dict):
        raise validation("The secret must be a JSON object with username and password.")
    if not secret.get("username") or not secret.get("password"):
        raise validation("username and password in secret cannot be empty")
    if secret.get("dbClusterIdentifier", place.CLUSTER_NAME) != place.CLUSTER_NAME:
        raise validation("The cluster identifier in the secret does not match the cluster in the request.")
    return str(secret["username"]), str(secret["password"])
