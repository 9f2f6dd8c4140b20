"""The Data API from a script: no block, no run of Prefect's."""

import boto3

from local_aws import Served
from prefect_redshift.data_api.api import DataApi, redshift_data_client
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.data_api.statement import Statement


class Told(Listener):
    def __init__(self) -> None:
        self.words: list[str] = []

    def submitted(self, statement: Statement) -> None:
        self.words.append(f"submitted {statement.name}")

    def ended(self, statement: Statement) -> None:
        self.words.append(f"{statement.status} {statement.name}")


async def test_a_script_runs_a_statement_and_listens(aws: Served, database: str) -> None:
    listener = Told()
    target = {"WorkgroupName": "local-workgroup", "Database": database}
    api = DataApi(redshift_data_client(boto3.Session()), target, listener=listener)
    statement = await api.run("select :n as n", {"n": "7"}, name="one")
    assert [row.n async for row in api.rows(statement)] == ["7"]
    assert [word.split("/")[0] for word in listener.words] == ["submitted one", "FINISHED one"]


def test_methods_keep_their_signature_and_documentation() -> None:
    assert "never twice under the same name" in str(DataApi.run.__doc__)
    assert DataApi.run.__name__ == "run"
