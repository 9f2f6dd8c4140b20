"""Sharing what AWS allows an account: each process that makes calls holds a slot of one of Prefect's global limits.

With n slots held, each of them uses an nth of the rates. A process that begins beside others waits first until all of
them have looked how many slots are held: the parts never come to more than the whole. Prefect's own rate limits, a slot
for each call, lose what has decayed whenever a call is denied: eight processes came to a third of the rate.
"""

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import cache
from typing import Any
from uuid import UUID
from weakref import WeakSet

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.exceptions import ObjectAlreadyExists

from prefect_redshift.aws.pacing.pacer import NEWCOMER_PART
from prefect_redshift.blocks.statement_log import logger_of_run

# More processes than could do anything with their share of the rates.
MOST_PROCESSES = 1000
# How often it is looked how many slots are held, and how long a newcomer waits until all others have looked.
_LOOK_SECONDS, _NEWCOMER_SECONDS = 1.0, 1.5
# How long after its last call a process keeps its slot, and after a failure it does without.
_IDLE_SECONDS = 3.0
_FAILED_SECONDS = 30.0
# A process that is killed keeps its slot for so long; Prefect takes no less than 60 seconds.
_LEASE_SECONDS, _RENEWED_SECONDS = 60.0, 20.0
# How long the end of the process waits until its slots are free.
_ENDING_SECONDS = 2.0
_ending = threading.Event()
_threads: WeakSet[threading.Thread] = WeakSet()


class SharedLimit:
    """A limit of this name, which is made where it is missing; see `aws.pacing.pacer.Sharing`.

    Where Prefect does not answer, a warning says so, and this process goes at its own pace.

    Args:
        name: The global concurrency limit's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._used_at = 0.0
        self._not_before = 0.0
        self._is_held = False

    def __reduce__(self) -> tuple[type["SharedLimit"], tuple[str]]:
        return (type(self), (self._name,))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedLimit) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def use(self, told: Callable[[float], None]) -> None:
        """Hear that calls are made: a slot is held from now on, until none has been made for three seconds."""
        with self._lock:
            self._used_at = time.monotonic()
            if self._is_held or self._used_at < self._not_before:
                return
            self._is_held = True
        # The settings that say where Prefect is belong to the context.
        run = copy_context().run
        thread = threading.Thread(target=run, args=(self._hold, told), name="shared-limit", daemon=True)
        _threads.add(thread)
        thread.start()

    def _hold(self, told: Callable[[float], None]) -> None:
        try:
            with get_client(sync_client=True) as client, _slot(client, self._name) as lease:
                self._tell(client, lease, told)
            told(NEWCOMER_PART)
        except Exception as error:
            self._not_before = time.monotonic() + _FAILED_SECONDS
            told(1.0)
            logger_of_run().warning("The limit %s is not kept to for now: %s", self._name, error)
        finally:
            self._is_held = False

    def _tell(self, client: SyncPrefectClient, lease: UUID, told: Callable[[float], None]) -> None:
        """Tell the part of the rates that each process has, again and again until this one makes no more calls."""
        renewed_at = time.monotonic()
        held = _slots_held(client, self._name)
        if held > 1:
            told(NEWCOMER_PART)
            _ending.wait(_NEWCOMER_SECONDS)
            held = _slots_held(client, self._name)
        while time.monotonic() - self._used_at < _IDLE_SECONDS and not _ending.is_set():
            told(1 / held)
            _ending.wait(_LOOK_SECONDS)
            if time.monotonic() - renewed_at > _RENEWED_SECONDS:
                client.renew_concurrency_lease(lease, _LEASE_SECONDS)
                renewed_at = time.monotonic()
            held = _slots_held(client, self._name)


@contextmanager
def _slot(client: SyncPrefectClient, name: str) -> Iterator[UUID]:
    """Hold a slot; the lease by which it is held is what `with` gives."""
    if not (taken := _taken(client, name))["limits"]:
        wanted = GlobalConcurrencyLimitCreate(name=name, limit=MOST_PROCESSES)
        with suppress(ObjectAlreadyExists):
            client.create_global_concurrency_limit(wanted)
        taken = _taken(client, name)
    lease = UUID(taken["lease_id"])
    _free_slots_at_exit()
    try:
        yield lease
    finally:
        client.release_concurrency_slots_with_lease(lease)


def _taken(client: SyncPrefectClient, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.increment_concurrency_slots_with_lease(
        [name], 1, "concurrency", _LEASE_SECONDS
    ).json()
    return answer


def _slots_held(client: SyncPrefectClient, name: str) -> int:
    """Return how many slots are held; this process's own at least."""
    return max(1, client.read_global_concurrency_limit_by_name(name).active_slots)


@cache
def _free_slots_at_exit() -> None:
    """See to it that the process ends without its slots, which would be held for a minute more."""
    # Now, not at the import: what is registered last runs first, and so before the end of a temporary Prefect server.
    atexit.register(_free_slots)


def _free_slots() -> None:
    _ending.set()
    deadline = time.monotonic() + _ENDING_SECONDS
    for thread in tuple(_threads):
        thread.join(max(0.0, deadline - time.monotonic()))
