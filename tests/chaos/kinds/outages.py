"""What a run depends on is gone for a while: the warehouse, its disk, Prefect's server, the right time."""

import signal
import time
from random import Random

from prefect_redshift.local.prefect_api import server_ready
from tests.chaos.ground import Ground
from tests.chaos.place import fill
from tests.chaos.trial import in_the_end, trial
from tests.chaos.verdict import Verdict


def stand_in_killed(ground: Ground, dice: Random) -> Verdict:
    """Kill the stand-in, and PostgreSQL with it, at a random instant, and start it again within seconds."""
    place = ground.place
    assert place.stand_in
    with trial(place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds()))
        place.stand_in.kill()
        time.sleep(dice.choice((0, dice.uniform(0, 2))))
        place.stand_in.start()
        place.stand_in_answers()
        return in_the_end(one, ground.tables(), one.ended(attempt, is_prompt=False))


def silent_endpoint(ground: Ground, dice: Random) -> Verdict:
    """Have the stand-in take connections and not answer, for seconds; meanwhile the run may be asked to end."""
    place = ground.place
    assert place.stand_in
    with trial(place) as one:
        one.set_pace(dice.choice((0.15, 1.0, 6.0)))
        command_line = dice.random() < 0.3
        attempt = one.begin_by_command_line() if command_line else one.begin()
        time.sleep(dice.uniform(0, ground.seconds() + 0.5))
        place.stand_in.send(signal.SIGSTOP)
        try:
            time.sleep(dice.uniform(0, 2.5))
            if is_interrupted := dice.random() < 0.6:
                one.interrupt(
                    attempt, dice.choice(("SIGTERM", "SIGINT") if command_line else ("SIGTERM", "cancel"))
                )
                attempt.wait()
            else:
                time.sleep(dice.uniform(0, 5))
        finally:
            place.stand_in.send(signal.SIGCONT)
        good = one.ended(attempt, is_prompt=False)
        if not good and not is_interrupted:
            one.verdict.lost.append(f"it failed: {one.last_words()}")
        one.set_pace(0.15)
        return in_the_end(one, ground.tables(), good)


def server_killed(ground: Ground, dice: Random) -> Verdict:
    """Prefect's server is killed at a random instant, and started again."""
    server = ground.place.server
    assert server
    with trial(ground.place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds()))
        server.kill()
        server_ready((server.start(), ground.place.api_url), ground.place.folder)
        return in_the_end(one, ground.tables(), one.ended(attempt, has_worker=True, is_prompt=False))


def disk_full(ground: Ground, dice: Random) -> Verdict:
    """Fill the stand-in's disk for a while, from a random instant on."""
    assert ground.place.data
    with trial(ground.place) as one:
        attempt = one.begin()
        time.sleep(dice.uniform(0, ground.seconds()))
        filler = fill(ground.place.data)
        time.sleep(dice.uniform(0.1, 1.5))
        filler.unlink()
        ground.place.stand_in_answers()
        return in_the_end(one, ground.tables(), one.ended(attempt, is_prompt=False))


def clock_jumps(ground: Ground, dice: Random) -> Verdict:
    """Set the wall clock of the flow and of the stand-in again and again, by up to six hours."""
    # A client token is remembered for eight hours.
    clock = ground.place.clock
    assert clock
    with trial(ground.place) as one:
        attempt = one.begin()
        while not attempt.has_ended:
            time.sleep(dice.uniform(0, ground.seconds() / 3))
            clock.set(dice.uniform(-1, 6) * 3600)
        clock.set(0)
        return in_the_end(one, ground.tables(), one.ended(attempt, is_prompt=False))
