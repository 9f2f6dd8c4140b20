"""Calls that fail or are slow, and statements that end badly, as the stand-in can have them on order."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.chaos.ground import Ground
from tests.chaos.trial import in_the_end, trial
from tests.chaos.verdict import Verdict

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


def faulty_calls(ground: Ground, dice: Random) -> Verdict:
    """One kind of what the stand-in can inject, or up to four at once; a run that fails by them is retried without."""
    admin = ground.place.admin
    # A token is remembered for hours, and a lost answer asked for again within seconds.
    among = sorted(RECIPES.keys() - {"forget_token"})
    with trial(ground.place) as one:
        for kind in dice.sample(among, dice.choice((1, 1, 2, 3, 4))):
            admin.add_fault(kind, **RECIPES[kind](dice), seed=dice.randrange(1 << 30))
        try:
            good = one.ended(one.begin(), is_prompt=False)
        finally:
            admin.clear_faults()
        return in_the_end(one, ground.tables(), good)
