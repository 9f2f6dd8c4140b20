"""Signals of processes that tests start."""

import signal


def heed_interrupts() -> None:
    """For `preexec_fn`: a shell that runs the tests in the background has them, and their children, ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
