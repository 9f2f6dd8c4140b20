"""What the probes read of the Data API's answers."""

from collections.abc import Mapping
from typing import Any

ENDED = ("FINISHED", "FAILED", "ABORTED")
# Not one of the API's: of a statement that was not taken.
REFUSED = "REFUSED"


def value(field: Mapping[str, Any]) -> Any:
    """Return what a Field of a result holds; None for NULL."""
    if field.get("isNull"):
        return None
    return next((field[name] for name in field if name != "isNull"), None)


def kind(field: Mapping[str, Any]) -> str:
    """Return the name of the member that a Field has, such as `longValue`."""
    return next(iter(field), "")


def sub_statuses(described: Mapping[str, Any]) -> list[str]:
    """Return the status of each sub-statement of a batch."""
    return [sub["Status"] for sub in described.get("SubStatements", [])]


def sub_errors(described: Mapping[str, Any]) -> list[str]:
    """Return the error of each sub-statement of a batch; empty where there is none."""
    return [sub.get("Error", "") for sub in described.get("SubStatements", [])]
