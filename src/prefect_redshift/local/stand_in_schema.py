"""The schema of a job on the stand-in; on AWS, whoever owns the database makes it."""

import boto3

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.services import STAND_IN_WAREHOUSE
from prefect_redshift.pipeline.identifiers import identifier


def make_schema(name: str) -> None:
    """Make a schema in the stand-in's database where there is none (API: ExecuteStatement).

    Raises:
        PipelineError: The name is not a plain identifier, or the schema cannot be made.
    """
    sql = f"create schema if not exists {identifier(name, 'The schema')}"
    target = {
        "WorkgroupName": STAND_IN_WAREHOUSE["REDSHIFT_WORKGROUP_NAME"],
        "Database": STAND_IN_WAREHOUSE["REDSHIFT_DATABASE"],
    }
    client = boto3.client("redshift-data")
    try:
        submitted = client.execute_statement(**target, Sql=sql, WaitTimeSeconds=30)
        made = client.describe_statement(Id=submitted["Id"], WaitTimeSeconds=30)
    finally:
        client.close()
    if made["Status"] != "FINISHED":
        raise PipelineError(
            f"The schema {name} is {made['Status']}: {made.get('Error', 'no reason is given')}"
        )
