"""Names and ARNs of the one cluster and the one workgroup."""

import secrets
import time
from datetime import UTC, datetime

from local_aws.engine.warehouse import CLUSTER, DATABASE, NAMESPACE, WORKGROUP, WORKGROUP_ID
from local_aws.identity import ACCOUNT, REGION

NAMESPACE_ID = "0c0ffee0-0000-4000-8000-000000000002"
CLUSTER_ARN = f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:{CLUSTER}"
CLUSTER_NAMESPACE_ARN = f"arn:aws:redshift:{REGION}:{ACCOUNT}:namespace:{NAMESPACE_ID}"
WORKGROUP_ARN = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/{WORKGROUP_ID}"
NAMESPACE_ARN = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:namespace/{NAMESPACE_ID}"
ADMIN = "awsuser"
CREATED_AT = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
DEFAULT_SECONDS, LONGEST_SECONDS = 900, 3600

__all__ = ["CLUSTER", "DATABASE", "NAMESPACE", "WORKGROUP", "WORKGROUP_ID"]


def credentials(seconds: int | None) -> tuple[str, float]:
    """Return a password of the right shape and when it expires; no port listens for it, the Data API needs none."""
    return secrets.token_urlsafe(24), time.time() + (seconds or DEFAULT_SECONDS)
