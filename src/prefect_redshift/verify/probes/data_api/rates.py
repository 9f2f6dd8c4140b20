"""Rates, asked gently: what the published quotas allow is not refused, and nothing goes beyond them."""

import asyncio

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import QUOTAS

rates = Family("rates")
# Less than a second's published rate of each, since others of the account may be calling, too.
_RESULTS, _DESCRIPTIONS, _STATEMENTS = 12, 50, 12


async def _refusals(ask: Ask, operation: str, times: int, **inputs: object) -> list[str]:
    answers = await asyncio.gather(*(ask.call_once(operation, **inputs) for _ in range(times)))
    return sorted({answer.outcome for answer in answers})


@rates.probe(
    "results",
    f"{_RESULTS} calls of GetStatementResult at once are not throttled: 20 a second are allowed.",
    source=QUOTAS,
    expects=["answered"],
    alone=True,
)
async def _results(ask: Ask) -> object:
    ended = await ask.prepare("select 1")
    return await _refusals(ask, "GetStatementResult", _RESULTS, Id=ended["Id"])


@rates.probe(
    "descriptions",
    f"{_DESCRIPTIONS} calls of DescribeStatement at once are not throttled: 100 a second are allowed.",
    source=QUOTAS,
    expects=["answered"],
    alone=True,
)
async def _descriptions(ask: Ask) -> object:
    ended = await ask.prepare("select 1")
    return await _refusals(ask, "DescribeStatement", _DESCRIPTIONS, Id=ended["Id"])


@rates.probe(
    "submissions",
    f"{_STATEMENTS} statements at once are not throttled, and all of them finish: 30 a second are allowed.",
    source=QUOTAS,
    expects={"submitted": ["answered"], "ended": ["FINISHED"]},
    alone=True,
)
async def _submissions(ask: Ask) -> object:
    submitted = await asyncio.gather(*(ask.execute("select 1") for _ in range(_STATEMENTS)))
    ended = await asyncio.gather(*(ask.end(answer) for answer in submitted if not answer.code))
    return {
        "submitted": sorted({answer.outcome for answer in submitted}),
        "ended": sorted({answer["Status"] for answer in ended}),
    }
