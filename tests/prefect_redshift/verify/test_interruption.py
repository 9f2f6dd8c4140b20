"""A run that a signal ends at a random instant leaves nothing behind."""

import asyncio
import os
import random
import signal
from contextlib import suppress
from typing import Any

import pytest

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.verify.command import InterruptedRunError, Verification, main
from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probes import PROBES
from tests.prefect_redshift.verify.whole_run import MEANS, what_is_left

# Sessions with open transactions, held statements, users, secrets and a schema, a rule and a queue, a stack.
MAKING = (
    "waits.end",
    "cancels.batch",
    "sessions.transaction",
    "logins",
    "events",
    "step-functions.placeholders",
    "step-functions.h",
)
CHOSEN = [probe for probe in PROBES if probe.id.startswith(MAKING)]
LONGEST = 2.0


@pytest.mark.parametrize("number", range(10))
def test_an_interrupted_run_leaves_nothing_behind(
    number: int, target: str, stand_in: Served, data_api: Any
) -> None:
    instant = random.uniform(number, number + 1) / 10 * LONGEST
    sent = random.choice([signal.SIGINT, signal.SIGTERM])
    verification = Verification(RedshiftDataApi(workgroup_name="local-workgroup", database=target), MEANS)

    async def run() -> None:
        asyncio.get_running_loop().call_later(instant, os.kill, os.getpid(), sent)
        await verification.run(CHOSEN)

    # Where it was quicker than the signal, there is nothing to interrupt.
    with suppress(InterruptedRunError):
        asyncio.run(run())
    assert verification.left == []
    assert what_is_left(data_api, verification.place.name, target, stand_in) == [], (instant, sent)


def test_removing_is_not_interrupted(
    target: str, stand_in: Served, data_api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = Place.clear

    async def interrupted(self: Place) -> list[str]:
        os.kill(os.getpid(), signal.SIGINT)
        return await clear(self)

    monkeypatch.setattr(Place, "clear", interrupted)
    verification = Verification(RedshiftDataApi(workgroup_name="local-workgroup", database=target), MEANS)
    findings = asyncio.run(verification.run([probe for probe in PROBES if probe.id == "tokens.too-long"]))
    assert [finding.verdict for finding in findings] == ["holds"]
    assert what_is_left(data_api, verification.place.name, target, stand_in) == []


def test_the_command_says_that_it_was_interrupted(
    target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def interrupted(self: Verification, probes: object) -> object:
        loop = asyncio.get_running_loop()
        loop.call_later(0.2, os.kill, os.getpid(), signal.SIGTERM)
        loop.call_later(0.21, os.kill, os.getpid(), signal.SIGTERM)  # who is impatient changes nothing
        return await run(self, CHOSEN)

    run = Verification.run
    monkeypatch.setattr(Verification, "run", interrupted)
    assert main(["--yes", "--probes", "waits.end"]) == 128 + signal.SIGTERM
    assert capsys.readouterr().err.count("Interrupted") == 1
