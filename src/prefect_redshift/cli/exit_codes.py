"""What the shell reports for a process that a signal ended."""

import signal

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
