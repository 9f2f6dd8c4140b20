"""Tells at once of a signal that ends the process, before the main thread has left what it is in."""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from prefect.exceptions import TerminationSignal
from prefect.utilities.engine import is_prefect_sigterm_handler_installed

# How long the main thread may take to leave what it is in when Python's own handler of a signal runs.
LEAVING_SECONDS = 0.03
# After which a flow that still goes on has not seen its SIGTERM. Prefect kills a run 30 seconds after it.
LOST_SECONDS = 10.0
# A signal that wakes the main thread: ignored by default, and by nearly every program. How often it is sent until seen.
WAKING = signal.SIGURG
WAKING_SECONDS = 0.01


class _Signals:
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


_signals = _Signals()
_heeding: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
_on_its_way: set[int] = set()


def note_signals() -> None:
    """Note the signals from before a flow's start, where SIGTERM ends the process unless Prefect's handler hears it.

    To be called as early as can be; on another thread than the main one it does nothing.
    """
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    ):
        _signals.note()


# A fork would share its parent's pair of sockets, and hear its signals; it has none of its threads.
os.register_at_fork(after_in_child=_signals.renew)
os.register_at_fork(after_in_child=_on_its_way.clear)


def heed_termination(loop: asyncio.AbstractEventLoop) -> None:
    """Have SIGTERM end a flow also if it comes while the loop runs a callback.

    Prefect's handler raises TerminationSignal, and asyncio lets only KeyboardInterrupt and SystemExit through: it takes
    all else for a fault of the callback, such as the writing to a socket, and the flow would run on.
    """
    if loop in _heeding:
        return
    _heeding.add(loop)
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(context.get("exception"), TerminationSignal):
            _terminate_soon(lambda: not loop.is_closed())
        elif before is None:
            loop.default_exception_handler(context)
        else:
            before(loop, context)

    loop.set_exception_handler(handle)


class _UnraisableHook:
    """Has SIGTERM end a flow also if it comes while an object is deleted, where Python lets no exception through."""

    def __init__(self) -> None:
        self._before = sys.unraisablehook

    def __call__(self, unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, TerminationSignal):
            _terminate_soon(lambda: False)  # which flow it was, is not known here
        else:
            self._before(unraisable)


def _terminate_soon(goes_on: Callable[[], bool]) -> None:
    """Send SIGTERM again, and once more each `LOST_SECONDS` as long as the flow goes on: any may be lost in turn."""
    send_again(signal.SIGTERM, LEAVING_SECONDS, is_prefect_sigterm_handler_installed)

    def look() -> None:
        if goes_on() and is_prefect_sigterm_handler_installed():
            _terminate_soon(goes_on)

    _later(LOST_SECONDS, look)


def send_again(number: int, seconds: float, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Send a signal to this process again after that time, unless one is on its way, or nobody wants it by then.

    A second one would break into what the first has a flow do at its end.
    """
    if number in _on_its_way:
        return
    _on_its_way.add(number)

    def send() -> None:
        _on_its_way.discard(number)
        if is_wanted():
            os.kill(os.getpid(), number)

    _later(seconds, send)


def _later(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


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
        if not self._listens:
            return
        if not isinstance(sys.unraisablehook, _UnraisableHook):
            sys.unraisablehook = _UnraisableHook()
        if self._flow is not None:
            heed_termination(self._flow.get_loop())
        # Had the flow seen it, it would not have come here.
        if signal.SIGTERM in _signals.listen(self._note):
            flow = self._flow
            _terminate_soon(lambda: flow is not None and not flow.done())

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
        _signals.await_handlers()
        return self._flow.cancelling() > 0


def _current_task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
