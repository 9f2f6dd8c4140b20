"""The loop that everybody writes first: submit, sleep, describe. `python boto3_loop.py SECONDS_BETWEEN_POLLS`.

With 5 seconds it is the published state machine's loop, which waits before it looks.
"""

import sys
import time

import boto3
from botocore.config import Config

from benchmarks.peers.driver import drive

PAUSE = float(sys.argv[1])
CLIENT = boto3.client("redshift-data", config=Config(max_pool_connections=512))


def run(sql: str) -> None:
    """Run one statement to its end."""
    statement = CLIENT.execute_statement(WorkgroupName="local-workgroup", Database="dev", Sql=sql)
    status = "SUBMITTED"
    while status not in ("FINISHED", "FAILED", "ABORTED"):
        time.sleep(PAUSE)
        status = CLIENT.describe_statement(Id=statement["Id"])["Status"]
    assert status == "FINISHED", status


if __name__ == "__main__":
    drive(run)
