"""Where AWS's own console shows the queries of a warehouse."""

from urllib.parse import quote, urlsplit

from prefect_redshift.aws.console_host import console_host
from prefect_redshift.data_api.connection import Connection

_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn")


class Console(Connection):
    """Links to AWS's console."""

    async def console_url(self) -> str | None:
        """The page that shows the warehouse's queries; None at an endpoint that is not AWS's own.

        Raises:
            CallError: There are no credentials, or no region.
        """
        meta = (await self.calls()).client.meta
        is_aws = (urlsplit(meta.endpoint_url).hostname or "").endswith(_AWS_HOSTS)
        return (
            query_monitoring_url(meta.region_name, self.target().get("ClusterIdentifier")) if is_aws else None
        )


def query_monitoring_url(region: str, cluster: str | None) -> str:
    """The query monitoring page of a provisioned cluster, or without one that of all serverless workgroups."""
    page = (
        f"/cluster-details?cluster={quote(cluster, safe='')}&tab=queries"
        if cluster
        else "serverless-query-and-database-monitoring"
    )
    return f"https://{console_host(region)}/redshiftv2/home?region={region}#{page}"
