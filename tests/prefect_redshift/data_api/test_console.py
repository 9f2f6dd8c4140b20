"""Links to AWS's console."""

import pytest
from prefect_aws import AwsCredentials
from pydantic import SecretStr

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi

PAGES = {
    "cluster_identifier": "#/cluster-details?cluster=sales&tab=queries",
    "workgroup_name": "#serverless-query-and-database-monitoring",
}


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_page_of_the_warehouses_queries(target: str, region: str, host: str) -> None:
    credentials = AwsCredentials(
        aws_access_key_id="a", aws_secret_access_key=SecretStr("b"), region_name=region
    )
    warehouse = RedshiftDataApi.model_validate({target: "sales", "aws_credentials": credentials})
    url = warehouse.console_url_sync()
    assert url == f"https://{host}/redshiftv2/home?region={region}{PAGES[target]}"


def test_the_stand_in_has_no_console(aws: Served) -> None:
    assert RedshiftDataApi(workgroup_name="local-workgroup").console_url_sync() is None
