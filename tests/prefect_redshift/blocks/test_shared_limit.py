"""Processes that make calls at the same time know of each other by a limit of a real Prefect server."""

import logging
import pickle
import uuid

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_redshift.blocks import shared_limit
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.blocks.shared_limit import SharedLimit
from tests.statements import eventually


def held(name: str) -> int:
    with get_client(sync_client=True) as client:
        return client.read_global_concurrency_limit_by_name(name).active_slots


@pytest.mark.usefixtures("prefect_server")
def test_each_of_two_has_half_and_whoever_is_left_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_limit, "_IDLE_SECONDS", 1.0)
    name = f"limit-{uuid.uuid4()}"
    first, second = SharedLimit(name), SharedLimit(name)
    told: list[float] = []
    told_second: list[float] = []

    def half() -> bool:
        first.use(told.append)
        second.use(told_second.append)
        return 0.5 in told and 0.5 in told_second

    eventually(half)

    def whole() -> bool:
        first.use(told.append)
        return told[-1] == 1.0

    eventually(whole)
    eventually(lambda: held(name) == 0)


def test_without_prefect_each_goes_at_its_own_pace(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    told: list[float] = []
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        SharedLimit("limit").use(told.append)
    eventually(lambda: told == [1.0])
    eventually(lambda: any("The limit limit is not kept to" in message for message in caplog.messages))


def test_a_block_with_a_limit_can_be_sent_to_another_process() -> None:
    block = RedshiftDataApi(workgroup_name="etl", shared_limit="limit")
    block.data_api()
    assert pickle.loads(pickle.dumps(block)).shared_limit == "limit"
