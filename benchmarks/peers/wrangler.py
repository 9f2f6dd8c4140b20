"""awswrangler's Data API interface: `python wrangler.py`, in an environment that has it."""

import awswrangler as wr
import boto3

from benchmarks.peers.driver import drive

boto3.setup_default_session()
CONNECTION = wr.data_api.redshift.connect(workgroup_name="local-workgroup", database="dev")


def run(sql: str) -> None:
    """Run one query to its end and read its one row: the interface has no other way to wait."""
    wr.data_api.redshift.read_sql_query(sql, CONNECTION)


if __name__ == "__main__":
    drive(run)
