"""Where AWS's own console shows the queries of a warehouse."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from prefect_redshift.aws.console_host import console_host
from prefect_redshift.data_api.connection import Connection

_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn")


@dataclass(frozen=True)
class Console:
    """Links to AWS's console."""

    connection: Connection

    async def console_url(self) -> str | None:
        """Return the page that shows the warehouse's queries; None at an endpoint that is not AWS's own.

        Raises:
            CallError: There are no credentials, or no region.
        """
        meta = (await self.connection.client.opened()).meta
        if not (urlsplit(meta.endpoint_url).hostname or "").endswith(_AWS_HOSTS):
            return None
        return query_monitoring_url(meta.region_name, self.connection.target.get("ClusterIdentifier"))


def query_monitoring_url(region: str, cluster: str | None) -> str:
    """Return the query monitoring page of a provisioned cluster, or without one that of all serverless workgroups."""
    page = (
        f"/cluster-details?cluster={quote(cluster, safe='')}&tab=queries"
        if cluster
        else "serverless-query-and-database-monitoring"
    )
    return f"https://{console_host(region)}/redshiftv2/home?region={region}#{page}"
