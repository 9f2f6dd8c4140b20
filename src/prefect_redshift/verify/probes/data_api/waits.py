"""Long polling: WaitTimeSeconds."""

import asyncio

from prefect_redshift.verify.ask import Ask, Hold
from prefect_redshift.verify.findings.expectations import OneOf
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import BOTOCORE, DESCRIPTION, LONG_POLLING
from prefect_redshift.verify.statements import value
from prefect_redshift.verify.wire import Answer

waits = Family("waits")
# Longer than what a held statement takes, by more than any delay of the service.
_WAIT = 20
_EARLY = 12.0
_AT_ONCE = 30


async def _released(hold: Hold) -> None:
    await hold.ask.wire.pause(1.0)
    await hold.release()


@waits.probe(
    "end",
    "DescribeStatement with WaitTimeSeconds is answered as soon as the statement ends.",
    source=LONG_POLLING,
    expects={"status": "FINISHED", "waited": True, "early": True},
)
async def _end(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])
        looking = ask.call("DescribeStatement", Id=held["Id"], WaitTimeSeconds=_WAIT)
        answer, _ = await asyncio.gather(looking, _released(hold))
    return {"status": answer["Status"], "waited": answer.seconds > 0.5, "early": answer.seconds < _EARLY}


@waits.probe(
    "time-over",
    "When WaitTimeSeconds are over, the answer is the status of that moment.",
    source=LONG_POLLING,
    expects={"status": "STARTED", "waited": True},
)
async def _time_over(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])
        answer = await ask.call("DescribeStatement", Id=held["Id"], WaitTimeSeconds=1)
        await hold.release()
        await ask.end(held)
    return {"status": answer["Status"], "waited": answer.seconds > 0.8}


@waits.probe(
    "submission",
    "ExecuteStatement and BatchExecuteStatement with WaitTimeSeconds are answered with the end of what they submit.",
    source=LONG_POLLING,
    expects=["FINISHED", "FINISHED"],
)
async def _submission(ask: Ask) -> object:
    await ask.prepare("select 1")  # a workgroup that slept is awake now
    one = await ask.execute("select 1", WaitTimeSeconds=_WAIT)
    batch = await ask.batch("select 1", "select 2", WaitTimeSeconds=_WAIT)
    return [one["Status"], batch["Status"]]


@waits.probe(
    "sub-statement",
    "A long poll on a sub-statement ends with it; it tells the batch's Id and Status, and that one sub-statement.",
    source=f"{LONG_POLLING} and {DESCRIPTION}",
    expects={"batch's id": True, "status": "STARTED", "sub-statements": ["FINISHED"], "early": True},
)
async def _sub_statement(ask: Ask) -> object:
    async with ask.hold() as hold:
        batch = await ask.batch("select 1", "select count(*) from {own}_gate")
        await hold.started(batch["Id"])
        answer = await ask.call("DescribeStatement", Id=f"{batch['Id']}:1", WaitTimeSeconds=_WAIT)
        await hold.release()
        await ask.end(batch)
    return {
        "batch's id": answer["Id"] == batch["Id"],
        "status": answer["Status"],
        "sub-statements": [sub["Status"] for sub in answer["SubStatements"] or []],
        "early": answer.seconds < _EARLY,
    }


@waits.probe(
    "result",
    "GetStatementResult with WaitTimeSeconds waits for the end, and then has the rows.",
    source=LONG_POLLING,
    expects={"outcome": "answered", "rows": [[0]], "early": True},
)
async def _result(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])
        reading = ask.call("GetStatementResult", Id=held["Id"], WaitTimeSeconds=_WAIT)
        answer, _ = await asyncio.gather(reading, _released(hold))
    rows = [[value(item) for item in record] for record in answer.data.get("Records", [])]
    return {"outcome": answer.outcome, "rows": rows, "early": answer.seconds < _EARLY}


@waits.probe(
    "result-time-over",
    "GetStatementResult of a statement that still runs when WaitTimeSeconds are over is a ResourceNotFoundException.",
    source=LONG_POLLING,
    expects={"outcome": "ResourceNotFoundException", "waited": True},
)
async def _result_time_over(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])
        answer = await ask.call("GetStatementResult", Id=held["Id"], WaitTimeSeconds=1)
        await hold.release()
        await ask.end(held)
    return {"outcome": answer.outcome, "waited": answer.seconds > 0.8}


@waits.probe(
    "at-once",
    f"Of {_AT_ONCE} waits for one statement, those beyond a limit get ActiveWaitingRequestsExceededException.",
    source=f"{BOTOCORE}; the limit is not documented",
    expects=OneOf((["ActiveWaitingRequestsExceededException", "answered"], ["answered"])),
)
async def _at_once(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])

        async def look() -> Answer:
            return await ask.call_once("DescribeStatement", Id=held["Id"], WaitTimeSeconds=4)

        answers = await asyncio.gather(*(look() for _ in range(_AT_ONCE)))
        await hold.release()
        await ask.end(held)
    waited = sum(not answer.code for answer in answers)
    return Observed(sorted({answer.outcome for answer in answers}), {"waiting at once": waited})


@waits.probe(
    "too-long",
    "More than 30 WaitTimeSeconds are refused.",
    source=BOTOCORE,
    expects=["ValidationException", "ValidationException"],
)
async def _too_long(ask: Ask) -> object:
    ended = await ask.prepare("select 1")
    looked = await ask.call("DescribeStatement", Id=ended["Id"], WaitTimeSeconds=31)
    submitted = await ask.execute("select 1", WaitTimeSeconds=31)
    return [looked.outcome, submitted.outcome]
