"""The kinds of faults, each as what it does to one trial, and how often each is tried in full."""

from collections.abc import Callable, Mapping
from random import Random

from tests.chaos.ground import Ground
from tests.chaos.kinds.calls import faulty_calls
from tests.chaos.kinds.cancels import slow_cancels
from tests.chaos.kinds.credentials import expiring_credentials
from tests.chaos.kinds.edits import edited_scripts, fixed_source
from tests.chaos.kinds.killed import backfill_killed, killed, tokens_forgotten
from tests.chaos.kinds.outages import (
    clock_jumps,
    disk_full,
    server_killed,
    silent_endpoint,
    stand_in_killed,
)
from tests.chaos.kinds.together import backfill_beside_daily, two_daily_runs
from tests.chaos.kinds.workers import worker_killed
from tests.chaos.verdict import Verdict

Kind = Callable[[Ground, Random], Verdict]
RUNS: Mapping[Kind, int] = {
    killed: 60,
    backfill_killed: 50,
    tokens_forgotten: 20,
    faulty_calls: 90,
    slow_cancels: 50,
    silent_endpoint: 30,
    expiring_credentials: 25,
    edited_scripts: 40,
    fixed_source: 25,
    two_daily_runs: 20,
    backfill_beside_daily: 10,
    stand_in_killed: 25,
    clock_jumps: 15,
    server_killed: 15,
    disk_full: 15,
    worker_killed: 10,
}
KINDS: Mapping[str, Kind] = {kind.__name__: kind for kind in RUNS}

__all__ = [
    "KINDS",
    "RUNS",
    "Kind",
    "backfill_beside_daily",
    "backfill_killed",
    "clock_jumps",
    "disk_full",
    "edited_scripts",
    "expiring_credentials",
    "faulty_calls",
    "fixed_source",
    "killed",
    "server_killed",
    "silent_endpoint",
    "slow_cancels",
    "stand_in_killed",
    "tokens_forgotten",
    "two_daily_runs",
    "worker_killed",
]
