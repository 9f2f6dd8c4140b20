"""The process of a run is killed."""

from random import Random

from tests.chaos.ground import Ground
from tests.chaos.job import BACKFILL, DAILY, Job
from tests.chaos.trial import in_the_end, trial
from tests.chaos.verdict import Verdict


def killed(ground: Ground, dice: Random, job: Job = DAILY) -> Verdict:
    """Kill the process once or more at random instants, and do the work again in one of a user's three ways."""
    with trial(ground.place, job) as one:
        way = dice.choice(
            ("retry the flow run", "the worker notices, then retry", "run anew by the command line")
        )
        attempt = one.begin()
        while attempt.kill_after(dice.uniform(0, ground.seconds(job))):
            if way.startswith("the worker"):
                one.worker_notices()
            attempt = one.begin_by_command_line() if way.startswith("run anew") else one.begin()
            if dice.random() < 0.7:
                break
        if not one.ended(attempt):
            one.verdict.lost.append(f"{way}: failed: {one.last_words()}")
        return one.judge(ground.tables(job))


def backfill_killed(ground: Ground, dice: Random) -> Verdict:
    """Do the same with a backfill, which loads each of its days once."""
    return killed(ground, dice, BACKFILL)


def tokens_forgotten(ground: Ground, dice: Random) -> Verdict:
    """Kill the process at a random instant, and retry the flow run when no token is known any more."""
    admin = ground.place.admin
    with trial(ground.place) as one:
        attempt = one.begin()
        good = not attempt.kill_after(dice.uniform(0, ground.seconds()))
        admin.add_fault("forget_token")
        try:
            return in_the_end(one, ground.tables(), good and one.ended(attempt))
        finally:
            admin.clear_faults()
