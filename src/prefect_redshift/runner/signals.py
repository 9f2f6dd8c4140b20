"""Tells at once of a signal that ends the process, before the main thread has left what it is in."""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable

from prefect.utilities.engine import is_prefect_sigterm_handler_installed

# How long the main thread may take to run Python's own handler of a signal.
HANDLER_SECONDS = 0.03


class _Signals:
    """The signals of the process, as Python's wakeup file descriptor tells them; no handler is replaced."""

    def __init__(self) -> None:
        self._listeners: set[Callable[[int], None]] = set()
        self._sender: socket.socket | None = None

    def listen(self, listener: Callable[[int], None]) -> None:
        """Have the listener told of each signal, on a thread; to be called on the main thread."""
        self._listeners.add(listener)
        if self._sender is None:
            receiver, self._sender = socket.socketpair()
            self._sender.setblocking(False)
            threading.Thread(target=self._tell, args=(receiver,), name="signals", daemon=True).start()
        other = signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        if other not in (-1, self._sender.fileno()):
            signal.set_wakeup_fd(
                other
            )  # somebody else's: nothing is told, and the flow sees the signal itself

    def forget(self, listener: Callable[[int], None]) -> None:
        """Undo `listen`; to be called on the main thread."""
        self._listeners.discard(listener)
        if not self._listeners and self._sender is not None:
            other = signal.set_wakeup_fd(-1)
            if other != self._sender.fileno():
                signal.set_wakeup_fd(other)

    def _tell(self, receiver: socket.socket) -> None:
        while numbers := receiver.recv(64):
            for number in numbers:
                for listener in self._listeners.copy():
                    listener(number)


_signals = _Signals()


class SignalWatch:
    """Cancels the tasks of a flow on the main thread as soon as Ctrl-C or SIGTERM ends it.

    The flow sees the signal as an exception, but it may clean up first, and Prefect takes up to a second to leave it.

    Args:
        cancel_tasks: Cancels the flow's tasks, from any thread.
    """

    def __init__(self, cancel_tasks: Callable[[], None]) -> None:
        self._cancel_tasks = cancel_tasks
        self._flow = _current_task()
        self._listens = threading.current_thread() is threading.main_thread()
        if self._listens:
            _signals.listen(self._note)

    def stop(self) -> None:
        """Stop watching."""
        if self._listens and threading.current_thread() is threading.main_thread():
            _signals.forget(self._note)

    def _note(self, number: int) -> None:
        if self._ends_the_flow(number):
            self._cancel_tasks()

    def _ends_the_flow(self, number: int) -> bool:
        if number == signal.SIGTERM:
            return is_prefect_sigterm_handler_installed()
        if number != signal.SIGINT:
            return False
        if self._flow is None:
            return signal.getsignal(signal.SIGINT) is signal.default_int_handler
        # asyncio.run() cancels the main task.
        time.sleep(HANDLER_SECONDS)
        return self._flow.cancelling() > 0


def _current_task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
