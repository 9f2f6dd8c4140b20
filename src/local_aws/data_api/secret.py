"""SecretArn: the database user and the password in a secret of Secrets Manager."""

import json

from local_aws.control_plane.place import CLUSTER_NAME
from local_aws.rest_of_aws import RestOfAws
from local_aws.wire.service_errors import validation


async def read(secret_id: str, region: str, rest: RestOfAws) -> tuple[str, str]:
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
    if secret.get("dbClusterIdentifier", CLUSTER_NAME) != CLUSTER_NAME:
        raise validation("The cluster identifier in the secret does not match the cluster in the request.")
    return str(secret["username"]), str(secret["password"])
