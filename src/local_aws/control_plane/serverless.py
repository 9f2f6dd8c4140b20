"""Redshift Serverless: the workgroup, its namespace and credentials for it."""

from typing import Any

from local_aws.control_plane import place
from local_aws.identity import Caller
from local_aws.wire.service_errors import ApiError


async def call(operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Run one operation of the API `RedshiftServerless`."""
    match operation:
        case "GetWorkgroup":
            _check(request, place.WORKGROUP, "workgroup")
            return {"workgroup": place.WORKGROUP}
        case "ListWorkgroups":
            return {"workgroups": [place.WORKGROUP]}
        case "GetNamespace":
            _check(request, place.NAMESPACE, "namespace")
            return {"namespace": place.NAMESPACE}
        case "ListNamespaces":
            return {"namespaces": [place.NAMESPACE]}
        case "ListTagsForResource":
            arn = request["resourceArn"]
            if arn not in (place.WORKGROUP["workgroupArn"], place.NAMESPACE["namespaceArn"]):
                raise ApiError("ResourceNotFoundException", "resource not found", resourceName=arn)
            return {"tags": []}
        case "GetCredentials":
            _check(request, place.WORKGROUP, "workgroup")
            password, expires_at = place.credentials(request.get("durationSeconds"))
            return {"dbUser": caller.database_user, "dbPassword": password, "expiration": expires_at}
    raise ApiError(
        "UnknownOperationException", f"local stand-in does not support {operation}", http_status=404
    )


def _check(request: dict[str, Any], ours: dict[str, Any], kind: str) -> None:
    name = request.get(f"{kind}Name")
    if name != ours[f"{kind}Name"]:
        raise ApiError("ResourceNotFoundException", f"{kind} {name} not found", resourceName=name)
