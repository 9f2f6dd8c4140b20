"""statement_timeout: in which status and with which words a statement ends."""

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.findings.expectations import Containing
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import guide
from prefect_redshift.verify.statements import sub_statuses

timeouts = Family("timeouts")
_SOURCE = f"{guide('r_statement_timeout')}; the status is not documented"
_WORDS = Containing("cancelled on user's request")


@timeouts.probe(
    "statement",
    "A statement that runs longer than statement_timeout is FAILED, in the words of one that was cancelled.",
    source=_SOURCE,
    expects={"status": "FAILED", "error": _WORDS},
)
async def _statement(ask: Ask) -> object:
    async with ask.hold():
        session = await ask.session("set statement_timeout to 1000")
        ended = await ask.run("select count(*) from {own}_gate", SessionId=session, SessionKeepAliveSeconds=1)
    return {"status": ended["Status"], "error": ended["Error"] or ""}


@timeouts.probe(
    "batch",
    "A statement_timeout that a batch sets ends the statement that takes longer, and with it the batch.",
    source=_SOURCE,
    expects={"status": "FAILED", "error": _WORDS, "sub-statements": ["FINISHED", "FAILED", "ABORTED"]},
)
async def _batch(ask: Ask) -> object:
    async with ask.hold():
        ended = await ask.run("set statement_timeout to 1000", "select count(*) from {own}_gate", "select 1")
    return {
        "status": ended["Status"],
        "error": ended["Error"] or "",
        "sub-statements": sub_statuses(ended.data),
    }
