"""Processes that make calls at the same time know of each other by a limit of a real Prefect server."""

import logging
import pickle
import subprocess
import sys
import uuid
from collections.abc import Callable

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_redshift.aws.pacing.pacer import NEWCOMER_PART
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
    told: list[tuple[str, float]] = []

    def use_both() -> None:
        first.use(lambda part: told.append(("first", part)))
        second.use(lambda part: told.append(("second", part)))

    def use_first() -> None:
        first.use(lambda part: told.append(("first", part)))

    def until(use: Callable[[], None], heard: tuple[str, float]) -> None:
        begun = len(told)

        def has_heard() -> bool:
            use()
            return heard in told[begun:]

        eventually(has_heard)

    until(use_first, ("first", 1.0))
    until(use_both, ("second", 0.5))
    # The newcomer makes hardly a call before the other knows of it.
    assert ("second", 1.0) not in told
    assert told.index(("second", NEWCOMER_PART)) < told.index(("first", 0.5)) < told.index(("second", 0.5))
    until(use_first, ("first", 1.0))
    eventually(lambda: held(name) == 0)


PROCESS = """
import sys, threading
from prefect_redshift.blocks.shared_limit import SharedLimit

heard = threading.Event()
SharedLimit(sys.argv[1]).use(lambda part: heard.set())
assert heard.wait(60)
"""


@pytest.mark.usefixtures("prefect_server")
def test_a_process_that_ends_keeps_no_slot() -> None:
    name = f"limit-{uuid.uuid4()}"
    subprocess.run([sys.executable, "-c", PROCESS, name], check=True, timeout=120)
    assert held(name) == 0


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
