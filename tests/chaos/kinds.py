"""The kinds of faults, each as what it does to one trial."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from prefect_redshift.local.prefect_api import server_ready
from tests.chaos.place import Place, fill
from tests.chaos.trial import DAILY, Job, Tables, Trial, Verdict, trial

TRANSIENT = ("ActiveStatementsExceededException", "ServiceUnavailable", "ExecuteStatementException")
FINAL = ("AccessDeniedException", "ValidationException", "ExpiredTokenException")
CONFLICT = "ERROR: 1023 DETAIL: Serializable isolation violation on table - 1, transactions forming the cycle"

# What the stand-in can inject (its README.md, "Faults"), with what makes it hurt; calls fail in a third of the cases.
RECIPES: Mapping[str, Callable[[Random], dict[str, Any]]] = {
    "latency": lambda dice: {"probability": 0.3, "seconds": dice.uniform(0.02, 0.4)},
    "throttle": lambda dice: {"probability": dice.uniform(0.05, 0.35)},
    "wrapped_throttle": lambda dice: {"probability": dice.uniform(0.05, 0.35)},
    "server_error": lambda dice: {"probability": dice.uniform(0.05, 0.35)},
    "error": lambda dice: {"probability": 0.2, "count": 2, "code": dice.choice(TRANSIENT + FINAL)},
    "drop_before": lambda dice: {"probability": dice.uniform(0.05, 0.35)},
    "drop_after": lambda dice: {"probability": dice.uniform(0.05, 0.35)},
    "ignore_wait": lambda _: {},
    "unknown_status": lambda dice: {"probability": 0.3, "status": dice.choice(("UNKNOWN", "", "PAUSED"))},
    "slow_start": lambda dice: {"probability": 0.5, "seconds": dice.uniform(0.05, 0.6)},
    "abort": lambda dice: {"probability": 0.4, "count": 1, "seconds": dice.uniform(0, 0.2)},
    "fail": lambda dice: {
        "probability": 0.4,
        "count": 1,
        "message": dice.choice((CONFLICT, "ERROR: out of memory")),
    },
    "active_limit": lambda _: {"limit": 1},
    "waiting_limit": lambda dice: {"limit": dice.choice((0, 1))},
    "session_limit": lambda _: {"limit": 0},
    "forget_token": lambda _: {},
}


@dataclass(frozen=True)
class Ground:
    """What a kind of fault works on: the place, and what an undisturbed run there leaves and takes."""

    place: Place
    tables: Tables
    seconds: float
    job: Job = DAILY


Kind = Callable[[Ground, Random], Verdict]


def killed(ground: Ground, dice: Random) -> Verdict:
    """The process is killed once or more at random instants, and the work done again in one of a user's three ways."""
    with trial(ground.place, ground.job) as one:
        way = dice.choice(
            ("retry the flow run", "the worker notices, then retry", "run anew by the command line")
        )
        attempt = one.begin()
        while attempt.kill_after(dice.uniform(0, ground.seconds)):
            if way.startswith("the worker"):
                one.worker_notices()
            attempt = one.begin_by_command_line() if way.startswith("run anew") else one.begin()
            if dice.random() < 0.7:
                break
        if not one.ended(attempt):
            one.verdict.lost.append(f"{way}: failed: {one.last_words()}")
        return one.judge(ground.tables)


def backfill_killed(ground: Ground, dice: Random) -> Verdict:
    """The same with a backfill: each of its days is loaded once."""
    return killed(ground, dice)


def faulty_calls(ground: Ground, dice: Random) -> Verdict:
    """One kind of what the stand-in can inject, or up to four at once."""
    # A token is remembered for hours, and a lost answer asked for again within seconds.
    among = sorted(RECIPES.keys() - {"forget_token"})
    kinds = dice.sample(among, dice.choice((1, 1, 2, 3, 4)))
    return with_faults(ground, dice, kinds)


def with_faults(ground: Ground, dice: Random, kinds: Iterable[str]) -> Verdict:
    """Faults of those kinds during one run; where they make it fail, it is retried without them."""
    admin = ground.place.admin
    with trial(ground.place) as one:
        for kind in kinds:
            admin.add_fault(kind, **RECIPES[kind](dice), seed=dice.randrange(1 << 30))
        try:
            good = one.ended(one.begin())
        finally:
            admin.clear_faults()
        return _in_the_end(one, ground, good)


def tokens_forgotten(ground: Ground, dice: Random) -> Verdict:
    """The process is killed at a random instant, and the flow run retried when no token is known any more."""
    admin = ground.place.admin
    with trial(ground.place) as one:
        attempt = one.begin()
        good = not attempt.kill_after(dice.uniform(0, ground.seconds))
        admin.add_fault("forget_token", **RECIPES["forget_token"](dice))
        try:
            return _in_the_end(one, ground, good and one.ended(attempt))
        finally:
            admin.clear_faults()


def stand_in_killed(ground: Ground, dice: Random) -> Verdict:
    """The stand-in, PostgreSQL with it, is killed at a random instant, and started again within seconds."""
    place = ground.place
    assert place.stand_in
    with trial(place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds))
        place.stand_in.kill()
        time.sleep(dice.choice((0, dice.uniform(0, 2))))
        place.stand_in.start()
        place.stand_in_answers()
        return _in_the_end(one, ground, one.ended(attempt))


def server_killed(ground: Ground, dice: Random) -> Verdict:
    """Prefect's server is killed at a random instant, and started again."""
    server = ground.place.server
    assert server
    with trial(ground.place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds))
        server.kill()
        server_ready((server.start(), ground.place.api_url), ground.place.folder)
        return _in_the_end(one, ground, one.ended(attempt, has_worker=True))


def disk_full(ground: Ground, dice: Random) -> Verdict:
    """The stand-in's disk is full for a while, from a random instant on."""
    assert ground.place.data
    with trial(ground.place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds))
        filler = fill(ground.place.data)
        time.sleep(dice.uniform(0.1, 1.5))
        filler.unlink()
        ground.place.stand_in_answers()
        return _in_the_end(one, ground, one.ended(attempt))


def clock_jumps(ground: Ground, dice: Random) -> Verdict:
    """The wall clock of the flow and of the stand-in is set again and again, by up to six hours."""
    # A client token is remembered for eight hours.
    clock = ground.place.clock
    assert clock
    with trial(ground.place) as one:
        attempt = one.begin()
        while not attempt.has_ended:
            time.sleep(dice.uniform(0, ground.seconds / 3))
            clock.set(dice.uniform(-1, 6) * 3600)
        clock.set(0)
        return _in_the_end(one, ground, one.ended(attempt))


def _in_the_end(one: Trial, ground: Ground, good: bool) -> Verdict:
    """The verdict, after a retry where the first attempt did not end well: it must."""
    if not good and not one.ended(one.begin()):
        one.verdict.lost.append(f"the retry failed: {one.last_words()}")
    return one.judge(ground.tables)
