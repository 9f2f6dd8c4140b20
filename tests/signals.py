"""Signals of processes that tests start."""

import signal


def heed_interrupts() -> None:
    """For `preexec_fn`, or for this process: a shell that runs the tests in the background has all ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
