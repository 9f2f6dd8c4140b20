"""Where the assumptions are from."""

_DOCS = "https://docs.aws.amazon.com"
DATA_API = f"{_DOCS}/redshift/latest/mgmt/data-api.html"
LONG_POLLING = f"{_DOCS}/redshift/latest/mgmt/data-api-calling-considerations-long-polling.html"
DESCRIPTION = f"{_DOCS}/redshift/latest/mgmt/data-api-calling-cli-describe-statement.html"
RESULT = f"{_DOCS}/redshift/latest/mgmt/data-api-calling-cli-get-statement-result.html"
EVENTS = f"{_DOCS}/redshift/latest/mgmt/data-api-monitoring-events.html"
QUOTAS = f"{_DOCS}/redshift/latest/mgmt/amazon-redshift-limits.html"
ISOLATION = f"{_DOCS}/redshift/latest/dg/c_serial_isolation.html"
BOTOCORE = "botocore's model of redshift-data"
NOT_DOCUMENTED = "not documented; the stand-in's own answer"
MCP_SERVER = "measured by awslabs.redshift-mcp-server 0.1.2"
DIALECT = "src/local_aws/DIALECT.md"


def operation(name: str) -> str:
    """Return the page of an operation of the Data API."""
    return f"{_DOCS}/redshift-data/latest/APIReference/API_{name}.html"


def guide(page: str) -> str:
    """Return a page of Redshift's developer guide."""
    return f"{_DOCS}/redshift/latest/dg/{page}.html"


def states(page: str) -> str:
    """Return a page of the developer guide of Step Functions."""
    return f"{_DOCS}/step-functions/latest/dg/{page}.html"
