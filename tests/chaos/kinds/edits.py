"""Between two tries of a flow run somebody edits its scripts, or puts the source right."""

import time
from random import Random

from tests.chaos.attempts import Attempt
from tests.chaos.ground import Ground
from tests.chaos.job import DAILY, NEXT_DAY
from tests.chaos.scripts import FLAWS, edit_some
from tests.chaos.trial import Trial, must_end_well, trial
from tests.chaos.verdict import Verdict

SETUP = "setup_sales_data_pipeline"
DAY = DAILY.parameters["run_date"]
NEEDS_A_NEW_RUN = "start a new flow run"


def edited_scripts(ground: Ground, dice: Random) -> Verdict:
    """Have a run fail or end early, edit its scripts, and retry it, maybe after a run of another day."""
    with trial(ground.place) as one:
        scripts = one.own_scripts()
        one.parameters["setup"] = dice.choice(("if_missing", "if_missing", "always"))
        flaw = dice.choice(FLAWS)
        way = dice.choice(("fails", "fails", "killed", "SIGTERM", "cancel"))
        if way == "fails":
            flaw.make(scripts)
        attempt = one.begin()
        good = _first_try(ground, dice, one, attempt, way)
        if way == "fails":
            flaw.mend(scripts)
        expected = [DAILY]
        one.verdict.orphaned += one.judged.settled()
        if one.parameters["setup"] == "always" and one.has_finished(SETUP) and dice.random() < 0.6:
            other = one.beside(NEXT_DAY)
            other.scripts = ground.place.scripts
            must_end_well(other, other.begin())
            one.verdict += other.verdict
            expected.append(NEXT_DAY)
        if not good or dice.random() < 0.5:
            one.marks.update(edit_some(scripts, dice))
            _retried(ground, dice, one)
        return one.judge(ground.tables(*expected))


def _first_try(ground: Ground, dice: Random, one: Trial, attempt: Attempt, way: str) -> bool:
    if way == "fails":
        if one.ended(attempt):
            one.verdict.untrue.append(f"it succeeded though its scripts are wrong: {one.last_words()}")
        return False
    if way == "killed":
        return not attempt.kill_after(dice.uniform(0, ground.seconds())) and one.ended(attempt)
    time.sleep(dice.uniform(0, ground.seconds()))
    one.interrupt(attempt, way)
    return one.ended(attempt)


def _retried(ground: Ground, dice: Random, one: Trial) -> None:
    """Retry the flow run, killed once more in some cases; a new one where it asks for that."""
    attempt = one.begin()
    if dice.random() < 0.3 and attempt.kill_after(dice.uniform(0, ground.seconds())):
        attempt = one.begin()
    if one.ended(attempt):
        return
    # What drops tables is not run where it cannot be told whether it has been: nothing is listed.
    is_unknown = one.parameters.get("setup") == "always" and not one.judged.statements(
        f"{one.prefix}{SETUP}/"
    )
    if not (is_unknown and NEEDS_A_NEW_RUN in one.last_words()):
        one.verdict.lost.append(f"the retry failed: {one.last_words()}")
        return
    one.flow_run_id = None
    must_end_well(one, one.begin())


def fixed_source(ground: Ground, dice: Random) -> Verdict:
    """Take the day's rows from the source, so that the run fails its checks; put them back, and retry it."""
    with trial(ground.place) as one:
        one.set_pace(0.3)
        attempt = one.begin()
        while not (one.has_finished(SETUP) or attempt.has_ended):
            time.sleep(0.02)
        one.warehouse.run(f"create table kept as select * from src_store_sales where ss_sold_date = '{DAY}'")
        one.warehouse.run(f"delete from src_store_sales where ss_sold_date = '{DAY}'")
        if one.ended(attempt):
            one.verdict.untrue.append("it succeeded though there was nothing to load")
        one.set_pace(0.15)
        if dice.random() < 0.3 and one.ended(one.begin()):
            one.verdict.untrue.append("its retry succeeded though there was nothing to load")
        one.warehouse.run("insert into src_store_sales select * from kept")
        _retried(ground, dice, one)
        return one.judge(ground.tables())
