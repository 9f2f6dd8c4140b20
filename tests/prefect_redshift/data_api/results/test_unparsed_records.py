"""Records that botocore's parser does not see are those that it would have found."""

from typing import Any

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import CallError

SQL = "select n, n / 2.0::float8 as half, 'é' || n as text, null::date as day from generate_series(1, 1500) n"


async def test_the_answer_is_the_same(warehouse: RedshiftDataApi, data_api: Any) -> None:
    statement = await warehouse.run(SQL)
    client = warehouse.data_api().connection.client
    ours = client.request_once("GetStatementResult", {"Id": statement.id})
    plain = data_api.get_statement_result(Id=statement.id)
    for answer in (ours, plain):
        del answer["ResponseMetadata"]
    assert ours == plain
    assert len(ours["Records"]) == 1000


async def test_a_refusal_is_still_a_refusal(warehouse: RedshiftDataApi) -> None:
    client = warehouse.data_api().connection.client
    with pytest.raises(
        CallError, match="GetStatementResult: ResourceNotFoundException: Query does not exist"
    ):
        client.request_once("GetStatementResult", {"Id": "00000000-0000-0000-0000-000000000000"})
