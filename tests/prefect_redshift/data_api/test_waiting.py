"""How a statement's end is waited for, by the calls that went over the wire."""

import asyncio
import gzip
import json
from pathlib import Path

import botocore
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from tests.history import History

pytestmark = pytest.mark.anyio


async def sleep_in_the_engine(warehouse: RedshiftDataApi, seconds: float, name: str = "sleep") -> None:
    statement = await warehouse.run(f"select pg_sleep({seconds})", name=name)
    assert statement.status == "FINISHED"


async def test_a_statement_of_a_second_costs_two_calls(warehouse: RedshiftDataApi, history: History) -> None:
    await sleep_in_the_engine(warehouse, 1)
    assert len(history.calls("ExecuteStatement")) == 1
    assert len(history.calls("DescribeStatement")) == 1


async def test_a_statement_longer_than_a_poll_costs_one_more(
    warehouse: RedshiftDataApi, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prefect_redshift.data_api.running.waiting.LONGEST_POLL_SECONDS", 1)
    await sleep_in_the_engine(warehouse, 2.5)
    assert len(history.calls("DescribeStatement")) == 3


async def test_an_endpoint_that_ignores_long_polls_is_not_spun_on(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("ignore_wait")
    await sleep_in_the_engine(warehouse, 2)
    # Pauses of a tenth of the time waited, 0.1 s at least: some 20 polls in 2 s at the most.
    assert 3 <= len(history.calls("DescribeStatement")) <= 30


async def test_too_many_waiting_requests_fall_back_to_short_polls(
    warehouse: RedshiftDataApi, admin: Admin, history: History
) -> None:
    admin.add_fault("waiting_limit", limit=0)
    await sleep_in_the_engine(warehouse, 1)
    refused = [call for call in history.calls("DescribeStatement") if call["outcome"] != "ok"]
    assert [call["outcome"] for call in refused] == ["ActiveWaitingRequestsExceededException"]


async def test_a_botocore_whose_model_lacks_the_field(
    warehouse: RedshiftDataApi, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_path = "data/redshift-data/2019-12-20/service-2.json.gz"
    model = json.loads(gzip.decompress((Path(botocore.__file__).parent / model_path).read_bytes()))
    for shape in model["shapes"].values():
        shape.get("members", {}).pop("WaitTimeSeconds", None)
    older = tmp_path / "redshift-data" / "2019-12-20" / "service-2.json"
    older.parent.mkdir(parents=True)
    older.write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))

    await sleep_in_the_engine(warehouse, 1)
    assert not warehouse.data_api().connection.client.accepts("DescribeStatement", "WaitTimeSeconds")
    assert 3 <= len(history.calls("DescribeStatement")) <= 20


async def test_more_statements_than_long_polls(warehouse: RedshiftDataApi) -> None:
    narrow = warehouse.model_copy(update={"max_concurrent_waits": 2})
    async with asyncio.timeout(30):
        await asyncio.gather(*(sleep_in_the_engine(narrow, 1, f"sleep-{n}") for n in range(8)))


async def test_a_wait_that_times_out_leaves_the_statement_alone(warehouse: RedshiftDataApi) -> None:
    submitted = await warehouse.execute_statement("select pg_sleep(3)")
    assert not (await warehouse.wait(submitted, timeout=0.5)).has_ended
    assert (await warehouse.wait(submitted)).status == "FINISHED"
