"""A process that a signal ends is not kept by the threads of a client."""

import subprocess
import sys

PROGRAM = """
from concurrent.futures import thread
from unittest.mock import Mock
from blocks.calls import Calls, release_all_threads

calls = Calls(Mock(), 1)
calls.in_background(lambda: None).result()
# As a signal's exception leaves it that broke into the start of the thread: Python does not know of the thread.
thread._threads_queues.clear()
release_all_threads()
"""


def test_a_thread_that_python_does_not_know_of_keeps_nobody() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
