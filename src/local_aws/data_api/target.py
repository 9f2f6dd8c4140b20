"""Where a statement goes and as whom: cluster or workgroup, database, user."""

from typing import Any

from local_aws.engine import warehouse
from local_aws.identity import Caller
from local_aws.wire.service_errors import validation


def check_place(request: dict[str, Any]) -> None:
    """Check that exactly one of cluster and workgroup is named, and that it exists."""
    cluster, workgroup = request.get("ClusterIdentifier"), request.get("WorkgroupName")
    if (cluster is None) == (workgroup is None):
        raise validation(
            "Either ClusterIdentifier, WorkgroupName or SessionId must be provided."
            if cluster is None
            else "Only one of ClusterIdentifier and WorkgroupName can be provided."
        )
    is_arn = (workgroup or "").startswith("arn:")
    name = (workgroup or "").rpartition("/")[2]
    if cluster not in (None, warehouse.CLUSTER) or not (
        workgroup in (None, warehouse.WORKGROUP)
        or (is_arn and name in (warehouse.WORKGROUP, warehouse.WORKGROUP_ID))
    ):
        raise validation("Redshift endpoint doesn't exist in this region.")


def choose_user(request: dict[str, Any], caller: Caller) -> str:
    """Return the database user: the named one, or the caller's own identity."""
    if not request.get("DbUser"):
        return caller.database_user
    if request.get("WorkgroupName"):
        raise validation("DbUser can not be provided with WorkgroupName.")
    return str(request["DbUser"])
