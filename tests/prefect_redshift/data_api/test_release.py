"""A process that a signal ends is not kept by the threads of a client."""

import subprocess
import sys

PROGRAM = """
import asyncio, threading, time
from contextlib import suppress
from unittest.mock import Mock
from blocks.calls import Calls
from blocks.client import Client

start = threading.Thread.start
broken = 0

def broken_into(thread):
    global broken
    start(thread)
    broken += 1
    raise KeyboardInterrupt

calls = asyncio.run(Client().calls(lambda: Calls(Mock(), 2)))
threading.Thread.start = broken_into
for _ in range(3):
    with suppress(KeyboardInterrupt):
        calls.in_background(lambda: time.sleep(1))
print(broken)
"""


def test_threads_that_their_pool_does_not_know_of_keep_nobody() -> None:
    """As a signal's exception leaves them that broke into the start of each."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60, capture_output=True)
    assert int(ended.stdout) >= 1
