"""A shorthand for statements, and what a test orders of the stand-in, taken back after it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from local_aws import Served
from tests.statements import Statements

if TYPE_CHECKING:
    from tests.local_aws.transfer_bucket import Bucket


@pytest.fixture
def bucket(stand_in: Served, statements: Statements) -> Iterator["Bucket"]:
    """A bucket named as this test's database."""
    from tests.local_aws.transfer_bucket import Bucket

    s3 = boto3.client(
        "s3",
        endpoint_url=stand_in.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(s3={"addressing_style": "path"}),
    )
    name = statements.where["Database"].replace("_", "-")
    s3.create_bucket(Bucket=name)
    made = Bucket(s3, name, statements)
    yield made
    for key in made.names():
        s3.delete_object(Bucket=name, Key=key)
    s3.delete_bucket(Bucket=name)
    s3.close()
