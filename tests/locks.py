"""Holds statements back for as long as a test needs, however fast or slow the machine is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def locked(data_api: Any, target: Mapping[str, str], table: str) -> Iterator[None]:
    """Hold back whatever needs a table, in a transaction of another session.

    Args:
        data_api: boto3's client.
        target: Where the table is: ClusterIdentifier or WorkgroupName, and Database.
        table: Its name.
    """

    def run(sql: str, **more: Any) -> str:
        started = data_api.execute_statement(Sql=sql, **more)
        assert data_api.describe_statement(Id=started["Id"], WaitTimeSeconds=30)["Status"] == "FINISHED"
        return str(started["SessionId"])

    session = run("begin", SessionKeepAliveSeconds=300, **target)
    run(f"lock table {table}", SessionId=session)
    try:
        yield
    finally:
        run("commit", SessionId=session, SessionKeepAliveSeconds=0)
