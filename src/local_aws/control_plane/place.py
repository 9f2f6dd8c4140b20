"""The one cluster, the one workgroup and its namespace, and credentials for them."""

import secrets
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from local_aws.identity import ACCOUNT, REGION

_RESOURCES = tomllib.loads(Path(__file__).with_name("resources.toml").read_text(encoding="utf-8"))
CLUSTER, WORKGROUP, NAMESPACE = (_RESOURCES[kind] for kind in ("cluster", "workgroup", "namespace"))
CLUSTER_NAME, WORKGROUP_NAME = CLUSTER["ClusterIdentifier"], WORKGROUP["workgroupName"]
DEFAULT_SECONDS, LONGEST_SECONDS = 900, 3600

_REDSHIFT, _SERVERLESS = (
    f"arn:aws:{name}:{REGION}:{ACCOUNT}" for name in ("redshift", "redshift-serverless")
)
CLUSTER_ARN = f"{_REDSHIFT}:cluster:{CLUSTER_NAME}"
CLUSTER["ClusterNamespaceArn"] = f"{_REDSHIFT}:namespace:{NAMESPACE['namespaceId']}"
WORKGROUP["workgroupArn"] = f"{_SERVERLESS}:workgroup/{WORKGROUP['workgroupId']}"
NAMESPACE["namespaceArn"] = f"{_SERVERLESS}:namespace/{NAMESPACE['namespaceId']}"
for _one in (WORKGROUP, NAMESPACE):
    _one["creationDate"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def credentials(seconds: int | None) -> tuple[str, float]:
    """Return a password of the right shape and when it expires; no port listens for it, the Data API needs none."""
    return secrets.token_urlsafe(24), time.time() + (seconds or DEFAULT_SECONDS)
