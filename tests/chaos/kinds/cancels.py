"""A run is asked to end while the service is slow to cancel, or refuses to."""

import time
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.chaos.ground import Ground
from tests.chaos.trial import in_the_end, trial
from tests.chaos.verdict import Verdict

NOT_RUNNING = "Could not cancel a query that is not in running state"
SUBMISSIONS = ("ExecuteStatement", "BatchExecuteStatement")


def _faults(dice: Random) -> Mapping[str, list[dict[str, Any]]]:
    late = dice.uniform(0.5, 8)
    return {
        "not started": [{"kind": "slow_start", "probability": 0.7, "seconds": dice.uniform(0.3, 4)}],
        "refused": [
            {
                "kind": "error",
                "operation": "CancelStatement",
                "code": "ValidationException",
                "message": NOT_RUNNING,
                "count": dice.randint(1, 6),
            }
        ],
        "refused throughout": [
            {
                "kind": "error",
                "operation": "CancelStatement",
                "code": "ValidationException",
                "message": NOT_RUNNING,
            }
        ],
        "slow": [{"kind": "latency", "operation": "CancelStatement", "seconds": dice.uniform(0.5, 6)}],
        "throttled": [
            {"kind": "throttle", "operation": "CancelStatement", "count": dice.choice((2, 4, None))}
        ],
        "unanswered": [{"kind": "drop_after", "operation": "CancelStatement", "count": 1}],
        "slow submission": [
            {"kind": "latency", "operation": operation, "probability": 0.6, "seconds": late}
            for operation in SUBMISSIONS
        ],
        "unanswered submission": [
            {"kind": "drop_after", "operation": operation, "count": dice.choice((1, 3))}
            for operation in SUBMISSIONS
        ],
        "slow descriptions": [
            {"kind": "latency", "operation": "DescribeStatement", "seconds": dice.uniform(0.3, 6)}
        ],
    }


def slow_cancels(ground: Ground, dice: Random) -> Verdict:
    """Ask a run to end by SIGTERM, Ctrl-C or a cancellation, while one to three calls of it are slow or refused."""
    admin = ground.place.admin
    with trial(ground.place) as one:
        one.set_pace(dice.choice((0.15, 2.0, 8.0)))
        recipes = _faults(dice)
        for name in dice.sample(sorted(recipes), dice.choice((1, 1, 2, 3))):
            for fault in recipes[name]:
                admin.add_fault(**fault, seed=dice.randrange(1 << 30))
        try:
            command_line = dice.random() < 0.4
            attempt = one.begin_by_command_line() if command_line else one.begin()
            time.sleep(dice.uniform(0.2, ground.seconds() + 1))
            one.interrupt(
                attempt, dice.choice(("SIGTERM", "SIGINT") if command_line else ("SIGTERM", "cancel"))
            )
            good = one.ended(attempt, is_prompt=False)
            # A submission that was still on its way has arrived then.
            one.judged.calls_are_over(10)
            one.check_words(attempt)
        finally:
            admin.clear_faults()
        one.set_pace(0.15)
        return in_the_end(one, ground.tables(), good)
