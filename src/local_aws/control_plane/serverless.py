"""Redshift Serverless: the workgroup, its namespace and credentials for it."""

from typing import Any

from local_aws.control_plane import place
from local_aws.identity import Caller
from local_aws.wire.service_errors import ApiError


async def call(operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Run one operation of the API `RedshiftServerless`."""
    match operation:
        case "GetWorkgroup":
            _check(request.get("workgroupName"), place.WORKGROUP, "workgroup")
            return {"workgroup": _workgroup()}
        case "ListWorkgroups":
            return {"workgroups": [_workgroup()]}
        case "GetNamespace":
            _check(request.get("namespaceName"), place.NAMESPACE, "namespace")
            return {"namespace": _namespace()}
        case "ListNamespaces":
            return {"namespaces": [_namespace()]}
        case "ListTagsForResource":
            if request["resourceArn"] not in (place.WORKGROUP_ARN, place.NAMESPACE_ARN):
                raise ApiError(
                    "ResourceNotFoundException", "resource not found", resourceName=request["resourceArn"]
                )
            return {"tags": []}
        case "GetCredentials":
            _check(request.get("workgroupName"), place.WORKGROUP, "workgroup")
            password, expires_at = place.credentials(request.get("durationSeconds"))
            return {"dbUser": caller.database_user, "dbPassword": password, "expiration": expires_at}
    raise ApiError(
        "UnknownOperationException", f"local stand-in does not support {operation}", http_status=404
    )


def _check(name: str | None, ours: str, kind: str) -> None:
    if name != ours:
        raise ApiError("ResourceNotFoundException", f"{kind} {name} not found", resourceName=name)


def _workgroup() -> dict[str, Any]:
    return {
        "workgroupName": place.WORKGROUP,
        "workgroupId": place.WORKGROUP_ID,
        "workgroupArn": place.WORKGROUP_ARN,
        "namespaceName": place.NAMESPACE,
        "status": "AVAILABLE",
        "baseCapacity": 8,
        "creationDate": place.CREATED_AT,
        "publiclyAccessible": False,
        "enhancedVpcRouting": False,
        # The host and port that a driver would want; only the Data API is served here.
        "endpoint": {"address": "localhost", "port": 5439},
    }


def _namespace() -> dict[str, Any]:
    return {
        "namespaceName": place.NAMESPACE,
        "namespaceId": place.NAMESPACE_ID,
        "namespaceArn": place.NAMESPACE_ARN,
        "adminUsername": place.ADMIN,
        "dbName": place.DATABASE,
        "status": "AVAILABLE",
        "creationDate": place.CREATED_AT,
    }
