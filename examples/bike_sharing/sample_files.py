"""For a run on a laptop: what the database's owner has done elsewhere, and the files that arrive."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3

HERE = Path(__file__).resolve().parent
FILES, BUCKET = HERE / "sample_files", "bike-sharing-sample"


def deliver() -> None:
    """Run sql/once.sql on the stand-in, and put the sample files into its S3, for each of the last 14 days."""
    target = {
        "WorkgroupName": os.environ["REDSHIFT_WORKGROUP_NAME"],
        "Database": os.environ["REDSHIFT_DATABASE"],
    }
    once = (HERE / "sql" / "once.sql").read_text()
    boto3.client("redshift-data").batch_execute_statement(**target, Sqls=[once], WaitTimeSeconds=30)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for file in FILES.rglob("*.csv"):
        for day in (str(datetime.now(UTC).date() - timedelta(ago)) for ago in range(14)):
            key = file.relative_to(FILES).as_posix().replace("DAY", day)
            boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())
