"""A signal reaches every task, wherever its flow waits, and the process ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

FLOWS = "tests.prefect_redshift.runner.interrupted_flows"
NAMES = re.findall(
    r"^@on_event_loop\n(?:async )?def (\w+)",
    Path(__file__).with_name("interrupted_flows.py").read_text(),
    re.M,
)
# Wide: it tells a cancellation from none at all. A run lasts 600 seconds if nothing ends it.
END_SECONDS = 60.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", NAMES)
def test_every_task_sees_it(
    name: str, number: signal.Signals, prefect_server: str, record_property: Callable[[str, object], None]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", FLOWS, name],
        env={**os.environ, "PREFECT_API_URL": prefect_server},
        # A background shell has its processes ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "running\n" and process.stdout.readline() == "running\n":
                break
        time.sleep(0.2)  # the flow, too, has come to where it waits
        sent = time.time()
        process.send_signal(number)
        try:
            output, _ = process.communicate(timeout=END_SECONDS)
        finally:
            process.kill()
        ended = time.time() - sent
    seen = [float(at) - sent for at in re.findall(r"^cancelled (\S+)", output, re.M)]
    record_property(f"{name}, {number.name}", f"seen after {seen} s, ended after {ended:.2f} s")
    assert len(seen) == 2
    # Not only once the flow has cleaned up.
    assert "cancelled" not in output.partition("cleaned up")[2]
    assert process.returncode != 0


def test_a_flow_of_a_worker_ends_that_was_terminated_before_its_runner_started(prefect_server: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", FLOWS, "terminated_at_its_start"],
        env={**os.environ, "PREFECT_API_URL": prefect_server, "PREFECT__FLOW_RUN_ID": str(uuid4())},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=END_SECONDS,
        check=False,
    )
    # asyncio has swallowed the signal: the flow has begun.
    assert (ended.stdout, ended.returncode) == (b"started\n", -signal.SIGTERM)
