"""A signal reaches every task, wherever its flow waits, and the process ends."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prefect_redshift.runner.signals import send_again

FLOWS = "tests.prefect_redshift.runner.interrupted_flows"
NAMES = re.findall(
    r"^@on_event_loop\n(?:async )?def (\w+)",
    Path(__file__).with_name("interrupted_flows.py").read_text(),
    re.M,
)
# Wide: it tells a cancellation from none at all. A run lasts 600 seconds if nothing ends it.
END_SECONDS = 60.0


@pytest.fixture(scope="module")
def forking(prefect_server: str) -> Iterator["subprocess.Popen[str]"]:
    """The process that has imported the flows, and forks one for each line."""
    with subprocess.Popen(
        [sys.executable, "-m", FLOWS],
        env={**os.environ, "PREFECT_API_URL": prefect_server},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    ) as process:
        yield process
        process.communicate(timeout=END_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", NAMES)
def test_every_task_sees_it(
    name: str,
    number: signal.Signals,
    forking: "subprocess.Popen[str]",
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    assert forking.stdin is not None
    assert forking.stdout is not None
    os.mkfifo(told := tmp_path / "told")
    forking.stdin.write(f"{name} {told}\n")
    pid = int(forking.stdout.readline())
    with told.open() as output, killed_later(pid):
        for line in output:
            if line == "running\n" and output.readline() == "running\n":
                break
        time.sleep(0.2)  # the flow, too, has come to where it waits
        sent = time.time()
        os.kill(pid, number)
        exit_code = int(forking.stdout.readline())
        ended = time.time() - sent
        said = output.read()
    seen = [float(at) - sent for at in re.findall(r"^cancelled (\S+)", said, re.M)]
    record_property(f"{name}, {number.name}", f"seen after {seen} s, ended after {ended:.2f} s")
    assert len(seen) == 2
    # Not only once the flow has cleaned up.
    assert "cancelled" not in said.partition("cleaned up")[2]
    assert exit_code not in (0, -signal.SIGKILL)


@contextmanager
def killed_later(pid: int) -> Iterator[None]:
    """Have a process end that does not do so by itself."""
    timer = threading.Timer(END_SECONDS, os.kill, (pid, signal.SIGKILL))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@pytest.mark.parametrize(
    "name",
    [
        "terminated_at_its_start",
        "terminated_as_it_awaits",
        "terminated_as_it_sleeps",
        "terminated_as_an_object_dies",
    ],
)
def test_a_flow_ends_at_whatever_moment_it_is_terminated(name: str, prefect_server: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", FLOWS, name],
        env={**os.environ, "PREFECT_API_URL": prefect_server},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=END_SECONDS,
        check=False,
    )
    # At its start, asyncio has swallowed the signal: the flow has begun.
    assert ended.stdout == b"started\n"
    # Where it comes while the loop waits, Prefect's exception ends the program as any other does.
    assert ended.returncode in (-signal.SIGTERM, 1)


def test_a_signal_that_several_send_again_comes_once() -> None:
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    for number in before:
        signal.signal(number, lambda number, _frame: came.append(number))
    try:
        send_again(signal.SIGUSR2, 0.0, lambda: False)
        for seconds in (0.1, 0.2, 0.3):
            send_again(signal.SIGUSR1, seconds)
        until = time.monotonic() + END_SECONDS
        while not came and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.4)  # the others would have come, too
        assert came == [signal.SIGUSR1]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
