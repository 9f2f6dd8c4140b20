"""Tells at once of each signal of the process, on a thread, and wakes the main thread for its handlers."""

import signal
import socket
import threading
import time
from collections.abc import Callable

# A signal that wakes the main thread: ignored by default, and by nearly every program. How often it is sent until seen.
WAKING = signal.SIGURG
WAKING_SECONDS = 0.01


class Wakeup:
    """The signals of the process, as Python's wakeup file descriptor tells them; no handler is replaced.

    But for `WAKING`'s while somebody listens: a signal that comes just as the main thread begins to wait, for input or
    for a time, does not interrupt that, and its handler would run once the main thread has waited.
    """

    def __init__(self) -> None:
        self._main_thread = threading.get_ident()
        self._wakings = 0
        self._listeners: set[Callable[[int], None]] = set()
        self._sender: socket.socket | None = None
        self._receiver: socket.socket | None = None

    def note(self) -> None:
        """Keep the signals that come from now on for `listen`; to be called on the main thread."""
        if self._sender is None:
            self._receiver, self._sender = socket.socketpair()
            self._sender.setblocking(False)
        other = signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        if other not in (-1, self._sender.fileno()):
            # Somebody else's: nothing is told, and the flow sees the signal itself.
            signal.set_wakeup_fd(other)

    def renew(self) -> None:
        """Begin anew in a fork, whose threads and listeners are its parent's."""
        if self._sender is None:
            return
        before = signal.set_wakeup_fd(-1)
        was_ours = before == self._sender.fileno()
        self._sender.close()
        self._sender, self._receiver = None, None
        self._listeners.clear()
        if was_ours:
            self.note()
        else:
            signal.set_wakeup_fd(before)

    def listen(self, listener: Callable[[int], None]) -> bytes:
        """Have the listener told of each signal, on a thread; to be called on the main thread.

        Returns:
            The signals since `note`.
        """
        self.note()
        self._listeners.add(listener)
        self._main_thread = threading.get_ident()
        if signal.getsignal(WAKING) == signal.SIG_DFL:
            signal.signal(WAKING, self._count_waking)
        if self._receiver is None:
            return b""
        receiver, self._receiver = self._receiver, None
        noted = _received(receiver)
        threading.Thread(target=self._tell, args=(receiver,), name="signals", daemon=True).start()
        return noted

    def forget(self, listener: Callable[[int], None]) -> None:
        """Undo `listen`; to be called on the main thread."""
        self._listeners.discard(listener)
        if self._listeners:
            return
        if self._can_wake:
            signal.signal(WAKING, signal.SIG_DFL)
        if self._sender is not None:
            other = signal.set_wakeup_fd(-1)
            if other != self._sender.fileno():
                signal.set_wakeup_fd(other)

    def _tell(self, receiver: socket.socket) -> None:
        while numbers := receiver.recv(64):
            for number in numbers.replace(bytes([WAKING]), b""):
                for listener in self._listeners.copy():
                    listener(number)
                self.await_handlers()

    def await_handlers(self) -> None:
        """Return once the main thread has run the handlers of the signals that have come; not to be called on it.

        They run in the order of the signals' numbers, and `WAKING` has a higher one than those that end a flow.
        """
        before = self._wakings
        while self._can_wake and self._wakings == before:
            signal.pthread_kill(self._main_thread, WAKING)
            time.sleep(WAKING_SECONDS)

    @property
    def _can_wake(self) -> bool:
        return signal.getsignal(WAKING) == self._count_waking

    def _count_waking(self, *_signal: object) -> None:
        self._wakings += 1


def _received(receiver: socket.socket) -> bytes:
    try:
        return receiver.recv(64, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return b""
