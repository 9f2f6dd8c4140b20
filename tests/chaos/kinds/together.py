"""Two runs at once on the same tables."""

import time
from random import Random

from tests.chaos.attempts import Attempt
from tests.chaos.ground import Ground
from tests.chaos.job import BACKFILL, DAILY
from tests.chaos.trial import Trial, must_end_well, trial
from tests.chaos.verdict import Verdict


def two_daily_runs(ground: Ground, dice: Random) -> Verdict:
    """Two daily runs of the same day at once, one of which may be killed or asked to end, and is then retried."""
    with trial(ground.place) as one:
        other = one.beside(DAILY)
        _may_run_before(dice, one)
        _at_once(dice, ground, one, other)
        return one.judge(ground.tables(), [other])


def backfill_beside_daily(ground: Ground, dice: Random) -> Verdict:
    """Start a backfill and a daily run at once, maybe of the same day; the first may be killed, and is then retried."""
    day = DAILY.of_day(dice.choice(("2026-11-22", "2026-10-05")))
    with trial(ground.place, day) as one:
        backfill = one.beside(BACKFILL)
        _may_run_before(dice, one)
        first, second = dice.sample((one, backfill), 2)
        _at_once(dice, ground, first, second)
        return one.judge(ground.tables(BACKFILL, day), [backfill])


def _may_run_before(dice: Random, one: Trial) -> None:
    """Have the tables there already, as on all days but the first, in most cases."""
    if dice.random() < 0.7:
        must_end_well(one, one.begin())
        one.flow_run_id = None


def _at_once(dice: Random, ground: Ground, one: Trial, other: Trial) -> None:
    first = one.begin()
    time.sleep(dice.choice((0, dice.uniform(0, ground.seconds()))))
    second = other.begin()
    way = dice.choice(("nothing", "nothing", "killed", "SIGTERM", "cancel"))
    if way == "killed" and first.kill_after(dice.uniform(0, 1.5 * ground.seconds())):
        first = one.begin()
    elif way in ("SIGTERM", "cancel"):
        first = _interrupted(dice, ground, one, first, way)
    must_end_well(one, first)
    must_end_well(other, second)


def _interrupted(dice: Random, ground: Ground, one: Trial, first: Attempt, way: str) -> Attempt:
    time.sleep(dice.uniform(0, ground.seconds()))
    one.interrupt(first, way)
    first.wait()
    return first if one.ended(first) else one.begin()
