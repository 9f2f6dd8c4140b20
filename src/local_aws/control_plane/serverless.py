"""Redshift Serverless: the workgroup, its namespace and credentials for it."""

from typing import Any

from local_aws.control_plane import place
from local_aws.identity import Caller
from local_aws.wire.service_errors import ApiError

_OURS = {"workgroup": place.WORKGROUP, "namespace": place.NAMESPACE}


async def call(operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Run one operation of the API `RedshiftServerless`."""
    match operation:
        case "GetWorkgroup" | "GetNamespace":
            kind = operation.removeprefix("Get").lower()
            _check(request, kind)
            return {kind: _OURS[kind]}
        case "ListWorkgroups" | "ListNamespaces":
            kind = operation.removeprefix("List").removesuffix("s").lower()
            return {f"{kind}s": [_OURS[kind]]}
        case "ListTagsForResource":
            arn = request["resourceArn"]
            if arn not in (place.WORKGROUP["workgroupArn"], place.NAMESPACE["namespaceArn"]):
                raise ApiError("ResourceNotFoundException", "resource not found", resourceName=arn)
            return {"tags": []}
        case "GetCredentials":
            _check(request, "workgroup")
            password, expires_at = place.credentials(request.get("durationSeconds"))
            return {"dbUser": caller.database_user, "dbPassword": password, "expiration": expires_at}
    raise ApiError(
        "UnknownOperationException", f"local stand-in does not support {operation}", http_status=404
    )


def _check(request: dict[str, Any], kind: str) -> None:
    name = request.get(f"{kind}Name")
    if name != _OURS[kind][f"{kind}Name"]:
        raise ApiError("ResourceNotFoundException", f"{kind} {name} not found", resourceName=name)
