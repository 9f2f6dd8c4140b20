"""A process that a signal ends is not kept by the threads of a client."""

import subprocess
import sys

PROGRAM = """
import asyncio, threading, time
from contextlib import suppress
from unittest.mock import Mock
from prefect_redshift.aws.aws_client import AwsClient

start = threading.Thread.start
broken = 0

def broken_into(thread):
    global broken
    start(thread)
    broken += 1
    raise KeyboardInterrupt

client = AwsClient(Mock, 2)
asyncio.run(client.opened())
threading.Thread.start = broken_into
for _ in range(3):
    with suppress(KeyboardInterrupt):
        client.clean_up(lambda: time.sleep(1))
print(broken)
"""


def test_threads_that_their_pool_does_not_know_of_keep_nobody() -> None:
    """As a signal's exception leaves them that broke into the start of each."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60, capture_output=True)
    assert int(ended.stdout) >= 1
