"""Sharing what AWS allows an account: each process that makes calls holds a slot of one of Prefect's global limits.

With n slots held, each of them uses an nth of the rates. Prefect's own rate limits, a slot for each call, lose what
has decayed whenever a call is denied: eight processes came to a third of the rate.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context

from prefect import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists

from prefect_redshift.aws.pacing import UNKNOWN_PART
from prefect_redshift.blocks.statement_log import logger_of_run

# More processes than could do anything with their share of the rates.
MOST_PROCESSES = 1000
# How often it is looked how many there are: at first, when others may be about to begin, and then.
_FIRST_LOOKS = 4
_SOON_SECONDS, _LATER_SECONDS = 0.25, 1.0
# How long after its last call a process keeps its slot, and after a failure it does without.
_IDLE_SECONDS = 3.0
_FAILED_SECONDS = 30.0
# A process that is killed keeps its slot for so long; Prefect takes no less than 60 seconds.
_LEASE_SECONDS = 60.0


class SharedLimit:
    """A limit of this name, which is made where it is missing; see `aws.pacing.Sharing`.

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

    def use(self, told: Callable[[float], None]) -> None:
        """Hear that calls are made: a slot is held from now on, until none has been made for three seconds."""
        with self._lock:
            self._used_at = time.monotonic()
            if self._is_held or self._used_at < self._not_before:
                return
            self._is_held = True
        # The settings that say where Prefect is belong to the context.
        run = copy_context().run
        threading.Thread(target=run, args=(self._hold, told), name="shared-limit", daemon=True).start()

    def _hold(self, told: Callable[[float], None]) -> None:
        try:
            self._make()
            slot = concurrency(
                self._name,
                occupy=1,
                lease_duration=_LEASE_SECONDS,
                strict=True,
                raise_on_lease_renewal_failure=False,
            )
            with slot:
                self._tell(told)
            told(UNKNOWN_PART)
        except Exception as error:
            self._not_before = time.monotonic() + _FAILED_SECONDS
            told(1.0)
            logger_of_run().warning("The limit %s is not kept to for now: %s", self._name, error)
        finally:
            self._is_held = False

    def _make(self) -> None:
        wanted = GlobalConcurrencyLimitCreate(name=self._name, limit=MOST_PROCESSES)
        with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
            client.create_global_concurrency_limit(wanted)

    def _tell(self, told: Callable[[float], None]) -> None:
        """Tell the part of the rates that each process has, again and again until this one makes no more calls."""
        looks, part = 0, UNKNOWN_PART
        with get_client(sync_client=True) as client:
            while time.monotonic() - self._used_at < _IDLE_SECONDS:
                held = client.read_global_concurrency_limit_by_name(self._name).active_slots
                # Others that begin at the same moment may not hold their slots yet.
                part = min(2 * part, 1 / max(1, held))
                told(part)
                looks += 1
                time.sleep(_SOON_SECONDS if looks < _FIRST_LOOKS else _LATER_SECONDS)
