"""A signal reaches every task, wherever its flow waits, and the process ends."""

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forking import Forked
from tests.statements import eventually

FLOWS = "tests.prefect_redshift.runner.interrupted_flows"
NAMES = re.findall(
    r"^@on_event_loop\n(?:async )?def (\w+)",
    Path(__file__).with_name("interrupted_flows.py").read_text(),
    re.M,
)
# Wide: it tells a cancellation from none at all. A run lasts 600 seconds if nothing ends it.
END_SECONDS = 60.0


def started(name: str) -> Forked:
    """Start a process that runs one of the flows."""
    return Forked(f"from {FLOWS} import run\nrun({name!r})")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", NAMES)
def test_every_task_sees_it(
    name: str, number: signal.Signals, prefect_server: str, record_property: Callable[[str, object], None]
) -> None:
    with started(name) as process:
        eventually(lambda: process.said().count("running\n") == 2, END_SECONDS)
        time.sleep(0.2)  # the flow, too, has come to where it waits
        sent = time.time()
        process.send_signal(number)
        said, _ = process.communicate(END_SECONDS)
        ended = time.time() - sent
    seen = [float(at) - sent for at in re.findall(r"^cancelled (\S+)", said, re.M)]
    record_property(f"{name}, {number.name}", f"seen after {seen} s, ended after {ended:.2f} s")
    assert len(seen) == 2
    # Not only once the flow has cleaned up.
    assert "cancelled" not in said.partition("cleaned up")[2]
    assert process.returncode not in (0, -signal.SIGKILL)


@pytest.mark.parametrize(
    "name",
    [
        "terminated_at_its_start",
        "terminated_in_a_cancelled_scope",
        "terminated_in_a_step_of_another_task",
        "terminated_as_it_awaits",
        "terminated_as_it_sleeps",
        "terminated_as_an_object_dies",
        "terminated_as_an_object_dies_and_blocks",
        "terminated_as_an_object_dies_sync",
    ],
)
def test_a_flow_ends_at_whatever_moment_it_is_terminated(
    name: str, prefect_server: str, record_property: Callable[[str, object], None]
) -> None:
    began = time.time()
    with started(name) as process:
        said, _ = process.communicate(END_SECONDS)
    record_property(name, f"ended {time.time() - began:.1f} s after its start")
    # At its start, asyncio has swallowed the signal: the flow has begun.
    assert said == "started\n"
    # Where it comes while the loop waits, Prefect's exception ends the program as any other does.
    assert process.returncode in (-signal.SIGTERM, 1)


def test_a_signal_that_is_lost_several_times_ends_the_flow_once(prefect_server: str) -> None:
    with started("terminated_in_three_callbacks_and_cleans_up") as process:
        said, _ = process.communicate(END_SECONDS)
    assert said == "started\ncleaned up\n"


def test_a_busy_flow_that_leaves_a_cancelled_scope_keeps_its_tasks(prefect_server: str) -> None:
    with started("busy_in_a_cancelled_scope") as process:
        said, _ = process.communicate(END_SECONDS)
    assert said == "ended\n"
    assert process.returncode == 0
