"""Cancelling: of what runs, of what has not begun, of what has ended."""

from typing import Any

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.findings.expectations import OneOf
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import operation
from prefect_redshift.verify.statements import ENDED, sub_statuses

cancels = Family("cancels")
_CANCEL = operation("CancelStatement")
_TRIES = 60


@cancels.probe(
    "running",
    "A statement that runs is cancelled: it ends ABORTED.",
    source=f"{_CANCEL} and {operation('DescribeStatement')}",
    expects={"accepted": True, "status": "ABORTED"},
)
async def _running(ask: Ask) -> object:
    async with ask.hold() as hold:
        held = await ask.execute("select count(*) from {own}_gate")
        await hold.started(held["Id"])
        cancelled = await ask.call("CancelStatement", Id=held["Id"])
        if cancelled.code:
            return {"accepted": cancelled.code, "status": ""}
        ended = await ask.end(held)
    answer = {"accepted": cancelled["Status"], "status": ended["Status"]}
    return Observed(answer, {"words": ended["Error"] or ""})


@cancels.probe(
    "before-the-start",
    "A statement that has not begun is cancelled, or the call is refused by a ValidationException until it runs.",
    source=f"{_CANCEL}: to be canceled, a query must be running",
    expects={"refused by": OneOf(([], ["ValidationException"])), "status": "ABORTED"},
)
async def _before_the_start(ask: Ask) -> object:
    refusals: set[str] = set()
    async with ask.hold():
        held = needed(await ask.execute("select count(*) from {own}_gate"))
        for _ in range(_TRIES):
            cancelled = await ask.call("CancelStatement", Id=held["Id"])
            if not cancelled.code:
                break
            refusals.add(cancelled.code)
            if needed(await ask.call("DescribeStatement", Id=held["Id"]))["Status"] in ENDED:
                break
            await ask.wire.pause(0.2)
        ended = await ask.end(held)
    return {"refused by": sorted(refusals), "status": ended["Status"]}


@cancels.probe(
    "ended",
    "A statement that has ended cannot be cancelled: a ValidationException.",
    source=_CANCEL,
    expects={"outcome": "ValidationException", "status": "FINISHED"},
)
async def _ended(ask: Ask) -> object:
    ended = await ask.prepare("select 1")
    answer = await ask.call("CancelStatement", Id=ended["Id"])
    after: Any = await ask.call("DescribeStatement", Id=ended["Id"])
    return Observed({"outcome": answer.outcome, "status": after["Status"]}, {"words": answer.words})


@cancels.probe(
    "batch",
    "A batch is cancelled as a whole: it and what has not ended are ABORTED, and nothing stays.",
    source=_CANCEL,
    expects={"status": "ABORTED", "sub-statements": ["FINISHED", "ABORTED", "ABORTED"], "rows": [[0]]},
)
async def _batch(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    async with ask.hold() as hold:
        batch = await ask.batch(
            "insert into {own} values (1)", "select count(*) from {own}_gate", "insert into {own} values (2)"
        )
        await hold.started(batch["Id"])
        first = await ask.call("DescribeStatement", Id=f"{batch['Id']}:1", WaitTimeSeconds=10)
        if first["SubStatements"]:
            await ask.call("CancelStatement", Id=batch["Id"])
        ended = await ask.end(batch)
    rows = await ask.rows("select count(*) from {own}")
    return {"status": ended["Status"], "sub-statements": sub_statuses(ended.data), "rows": rows}


@cancels.probe(
    "sub-statement",
    "A sub-statement of a batch cannot be cancelled by itself: a ValidationException.",
    source=_CANCEL,
    expects="ValidationException",
)
async def _sub_statement(ask: Ask) -> object:
    async with ask.hold() as hold:
        batch = await ask.batch("select 1", "select count(*) from {own}_gate")
        await hold.started(batch["Id"])
        answer = await ask.call("CancelStatement", Id=f"{batch['Id']}:2")
        await hold.release()
        await ask.end(batch)
    return answer.outcome
