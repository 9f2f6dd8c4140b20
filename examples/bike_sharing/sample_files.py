"""For a run on a laptop: what the database's owner has done elsewhere, and the files that arrive."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3

HERE, BUCKET = Path(__file__).resolve().parent, "bike-sharing-sample"
FILES, ONCE = HERE / "sample_files", HERE / "sql" / "once.sql"


def deliver() -> None:
    """Run sql/once.sql on the stand-in, and put the sample files into its S3, for each of the last 14 days."""
    workgroup, database = os.environ["REDSHIFT_WORKGROUP_NAME"], os.environ["REDSHIFT_DATABASE"]
    run = boto3.client("redshift-data").batch_execute_statement
    run(WorkgroupName=workgroup, Database=database, Sqls=[ONCE.read_text()], WaitTimeSeconds=30)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for file in FILES.rglob("*.csv"):
        for day in (str(datetime.now(UTC).date() - timedelta(ago)) for ago in range(14)):
            key = file.relative_to(FILES).as_posix().replace("DAY", day)
            boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())
