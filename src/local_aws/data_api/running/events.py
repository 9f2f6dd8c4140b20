"""WithEvent: tells EventBridge that a statement has ended."""

from typing import Any

from local_aws.control_plane import place
from local_aws.data_api import answers
from local_aws.data_api.records.statement import RETENTION_SECONDS, Statement


def event(statement: Statement) -> dict[str, Any]:
    """Return the entry for PutEvents, with Detail as an object and Time in seconds since the epoch."""
    rows = [part.rows for part in statement.parts if part.rows >= 0]
    return {
        "Source": "aws.redshift-data",
        "DetailType": "Redshift Data Statement Status Change",
        "Time": statement.updated_at,
        "Resources": [place.WORKGROUP["workgroupArn"] if statement.workgroup else place.CLUSTER_ARN],
        "Detail": {
            "principal": statement.principal,
            "statementName": statement.name or "",
            "statementId": statement.id,
            "redshiftQueryId": answers.query_id(statement),
            "state": statement.status,
            "rows": rows[-1] if rows else 0,
            "expireAt": int(statement.created_at) + RETENTION_SECONDS,
        },
    }
