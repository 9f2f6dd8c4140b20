"""Which operation of S3 a request is: S3 has no header that names it."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from local_aws.admin.faults import Fault
from local_aws.wire.service_errors import ApiError

_OF_AN_OBJECT = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
REFUSING = ("throttle", "server_error", "error")
_HTTP_STATUSES = {"AccessDenied": 403, "NoSuchKey": 404, "NoSuchBucket": 404, "SlowDown": 503}


def operation_of(method: str, path: str, query: str, headers: Mapping[bytes, bytes]) -> str:
    """Return the operation of a path-style request, an empty text for one that is none of those that faults concern."""
    inputs = parse_qs(query, keep_blank_values=True)
    bucket, _, key = path.strip("/").partition("/")
    if key and not inputs.keys() & {"uploadId", "uploads", "acl", "tagging"}:
        return "" if b"x-amz-copy-source" in headers else _OF_AN_OBJECT.get(method, "")
    if bucket and method == "GET" and "list-type" in inputs:
        return "ListObjectsV2"
    return "DeleteObjects" if bucket and method == "POST" and "delete" in inputs else ""


def error_of(fault: Fault) -> ApiError:
    """Return what S3 answers where a fault refuses a call."""
    if fault.kind == "throttle":
        return ApiError("SlowDown", "Please reduce your request rate.", http_status=503)
    if fault.kind == "server_error":
        return ApiError(
            "InternalError", "We encountered an internal error. Please try again.", http_status=500
        )
    return ApiError(fault.code, fault.message, http_status=_HTTP_STATUSES.get(fault.code, 400))
