"""Ends a flow at once by the signal that ends its process, wherever the main thread is, and once only."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any
from weakref import WeakSet

from prefect.exceptions import TerminationSignal
from prefect.utilities.engine import is_prefect_sigterm_handler_installed

from prefect_redshift.runner.wakeup import Wakeup

# How long a signal may wait for a flow to begin.
BEGIN_SECONDS = 3.0
# In which the main thread leaves what it is in when Python's own handler of a signal runs.
LEAVING_SECONDS = 0.03
# In which an event loop turns, unless the flow blocks it.
TURN_SECONDS = 1.0
# After which it is looked again whether the cancellation that a flow is in is its end.
SCOPE_SECONDS = 0.02
# After which SIGTERM ends a flow that goes on once more, since it was lost: Prefect kills the process after 30 seconds.
AGAIN_SECONDS = 20.0

_wakeup = Wakeup()
_heeding: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
_watching: list["SignalWatch"] = []
_has_begun = threading.Event()
_on_its_way: set[int] = set()
_cancelled_by: set[int] = set()


def note_signals() -> None:
    """Note the signals from before a flow's start, where SIGTERM ends the process unless Prefect's handler hears it.

    To be called as early as can be; on another thread than the main one it does nothing.
    """
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    ):
        _wakeup.note()


def _renew() -> None:
    """Begin anew in a fork, which has none of its parent's threads and none of its flows."""
    _wakeup.renew()
    _watching.clear()
    _has_begun.clear()
    _on_its_way.clear()


os.register_at_fork(after_in_child=_renew)


def has_begun() -> bool:
    """Return whether a flow has begun in this process: before, its run may be being created."""
    return _has_begun.is_set()


def has_cancelled(number: int) -> bool:
    """Return whether that signal has cancelled a flow of this process, by `end_flow`."""
    return number in _cancelled_by


def end_flow(number: int) -> None:
    """Have a signal that came before the flow, or that the flow has not seen, end it; return at once.

    It ends the flow once that has begun, or comes again after `BEGIN_SECONDS`; and only once, for a second one would
    break into what the first has the flow do at its end. An async flow is cancelled, as by Ctrl-C: it sees that where
    it awaits, while an exception in the midst of its work may be lost, or taken for another (pydantic does so).
    """
    if number not in _on_its_way:
        _on_its_way.add(number)
        threading.Thread(target=_end_flow, args=(number,), name="signal", daemon=True).start()


def _end_flow(number: int) -> None:
    begun = _has_begun.wait(BEGIN_SECONDS)
    watching = _watching.copy()
    is_cancelled = bool(watching) and watching[0].cancel_flow(number)
    time.sleep(LEAVING_SECONDS)
    _on_its_way.discard(number)
    goes_on = bool(_watching) or not begun
    if goes_on and not is_cancelled and callable(signal.getsignal(number)):
        os.kill(os.getpid(), number)


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
            end_flow(signal.SIGTERM)
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
            end_flow(signal.SIGTERM)
        else:
            self._before(unraisable)


class SignalWatch:
    """Cancels the tasks of a flow on the main thread as soon as Ctrl-C or SIGTERM ends it.

    The flow sees the signal as an exception, but it may clean up first, and Prefect takes up to a second to leave it.

    Args:
        cancel_tasks: Cancels the flow's tasks, from any thread.
    """

    def __init__(self, cancel_tasks: Callable[[], None]) -> None:
        self._cancel_tasks = cancel_tasks
        self._flow = _current_task()
        self._stopped = threading.Event()
        self._is_to_end = False
        self._listens = threading.current_thread() is threading.main_thread()
        if not self._listens:
            return
        if not isinstance(sys.unraisablehook, _UnraisableHook):
            sys.unraisablehook = _UnraisableHook()
        if self._flow is not None:
            heed_termination(self._flow.get_loop())
        # Had the flow seen it, it would not have come here.
        if signal.SIGTERM in _wakeup.listen(self._note):
            end_flow(signal.SIGTERM)
            self._see_to_the_end()
        _watching.append(self)
        _has_begun.set()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self in _watching:
            _watching.remove(self)
        if self._listens and threading.current_thread() is threading.main_thread():
            _wakeup.forget(self._note)

    def _see_to_the_end(self) -> None:
        """Have SIGTERM end the flow again as long as it goes on: the exception may be lost in another asyncio task."""

        def end_again() -> None:
            while not self._stopped.wait(AGAIN_SECONDS):
                if (
                    not self.cancel_flow(signal.SIGTERM, again=True)
                    and is_prefect_sigterm_handler_installed()
                ):
                    os.kill(os.getpid(), signal.SIGTERM)

        if not self._is_to_end:
            self._is_to_end = True
            threading.Thread(target=end_again, name="signal again", daemon=True).start()

    def cancel_flow(self, number: int, *, again: bool = False) -> bool:
        """Cancel the flow for that signal, `again` even if it has been; not to be called on the flow's thread.

        Returns:
            Whether it has been: a sync flow cannot be, nor one that blocks its event loop.
        """
        flow = self._flow
        if flow is None:
            return False
        loop = flow.get_loop()
        turn: Future[None] = Future()

        def take_turn() -> None:
            if turn.set_running_or_notify_cancel():
                cancel()
                turn.set_result(None)

        def cancel() -> None:
            if again or not flow.cancelling():
                _cancelled_by.add(number)
                flow.cancel()
            elif not flow.done():
                # It is ending already; or it leaves a cancel scope, as anyio does once it has connected, and goes on.
                loop.call_later(SCOPE_SECONDS, cancel)

        try:
            loop.call_soon_threadsafe(take_turn)
        except RuntimeError:
            return True  # the event loop is closed: the flow has ended
        wait([turn], TURN_SECONDS)
        return not turn.cancel()

    def _note(self, number: int) -> None:
        if self._ends_the_flow(number):
            self._cancel_tasks()
            if number == signal.SIGTERM and self in _watching[:1]:
                self._see_to_the_end()

    def _ends_the_flow(self, number: int) -> bool:
        if number == signal.SIGTERM:
            return is_prefect_sigterm_handler_installed()
        if number != signal.SIGINT:
            return False
        if self._flow is None:
            return signal.getsignal(signal.SIGINT) is signal.default_int_handler
        # asyncio.run() cancels the main task.
        _wakeup.await_handlers()
        return self._flow.cancelling() > 0


def _current_task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
