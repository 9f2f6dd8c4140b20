"""Sessions: what is kept in them, what is said of a busy one, and how one is closed."""

from typing import Any

from prefect_redshift.verify.ask import HOLD_SECONDS, Ask
from prefect_redshift.verify.findings.expectations import Containing
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import DATA_API, MCP_SERVER, NOT_DOCUMENTED, operation

sessions = Family("sessions")
_LIST = operation("ListSessions")
_UNKNOWN = "00000000-0000-4000-8000-000000000000"
_CLOSING_TRIES = 180
_KEEP = {"SessionKeepAliveSeconds": HOLD_SECONDS}


async def _close(ask: Ask, session: str) -> None:
    await ask.run("select 1", SessionId=session, SessionKeepAliveSeconds=1)


async def _status(ask: Ask, session: str) -> str:
    listed = await ask.call("ListSessions", SessionId=session)
    found = listed.data.get("Sessions", [])
    return str(found[0]["Status"]) if found else listed.outcome


async def _closed(ask: Ask, session: str) -> bool:
    """Return whether a session closes within a minute and a half: others have seen it take tens of seconds."""

    async def looks() -> Any:
        return await _status(ask, session) not in ("AVAILABLE", "BUSY")

    return bool(await ask.until(looks, _CLOSING_TRIES))


@sessions.probe(
    "kept",
    "A temporary table of one statement is there for the next ones of its session, and for nobody else.",
    source=DATA_API,
    expects={"inside": [[1]], "outside": "FAILED"},
)
async def _kept(ask: Ask) -> object:
    session = await ask.session("create temp table verify_kept as select 1 as a")
    inside = await ask.rows("select a from verify_kept", SessionId=session)
    outside = await ask.run("select a from verify_kept")
    await _close(ask, session)
    return {"inside": inside, "outside": outside["Status"]}


@sessions.probe(
    "transaction",
    "A transaction that one statement of a session begins stays open for the next ones.",
    source=MCP_SERVER,
    expects={"before": [[0]], "after": [[1]]},
)
async def _transaction(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    session = await ask.session("begin")
    await ask.prepare("insert into {own} values (1)", SessionId=session)
    before = await ask.rows("select count(*) from {own}")
    await ask.prepare("commit", SessionId=session)
    after = await ask.rows("select count(*) from {own}")
    await _close(ask, session)
    return {"before": before, "after": after}


@sessions.probe(
    "busy",
    "A session takes one statement at a time: a busy one refuses the next, and ListSessions says which it runs.",
    source=f"{DATA_API}; its words are {MCP_SERVER}",
    expects={
        "outcome": "ValidationException",
        "words": Containing("Session is not available"),
        "status": "BUSY",
        "statement": True,
    },
)
async def _busy(ask: Ask) -> object:
    async with ask.hold() as hold:
        session = await ask.session("select 1")
        held = await ask.submit("select count(*) from {own}_gate", SessionId=session)
        await hold.started(held["Id"])
        refused = await ask.execute("select 1", SessionId=session)
        listed = await ask.call("ListSessions", SessionId=session)
        await hold.release()
        await ask.end(held)
        await _close(ask, session)
    found = (listed.data.get("Sessions") or [{}])[0]
    return {
        "outcome": refused.outcome,
        "words": refused.words,
        "status": found.get("Status"),
        "statement": found.get("CurrentStatementId") == held["Id"],
    }


@sessions.probe(
    "busy-for-its-token",
    "A busy session refuses even the request again that it is busy with.",
    source=MCP_SERVER,
    expects={"outcome": "ValidationException", "words": Containing("Session is not available")},
)
async def _busy_for_its_token(ask: Ask) -> object:
    token = ask.token()
    async with ask.hold() as hold:
        session = await ask.session("select 1")
        inputs = {"SessionId": session, "ClientToken": token}
        held = await ask.submit("select count(*) from {own}_gate", **inputs)
        await hold.started(held["Id"])
        again = await ask.execute("select count(*) from {own}_gate", **inputs)
        await hold.release()
        await ask.end(held)
        await _close(ask, session)
    return {"outcome": again.outcome, "words": again.words}


@sessions.probe(
    "unknown",
    "A session that never was is invalid for a statement, and a ResourceNotFoundException for ListSessions.",
    source=MCP_SERVER,
    expects={
        "outcome": "ValidationException",
        "words": Containing("is invalid"),
        "listed": "ResourceNotFoundException",
    },
)
async def _unknown(ask: Ask) -> object:
    refused = await ask.execute("select 1", SessionId=_UNKNOWN)
    listed = await ask.call("ListSessions", SessionId=_UNKNOWN)
    return {"outcome": refused.outcome, "words": refused.words, "listed": listed.outcome}


@sessions.probe(
    "database",
    "With a SessionId, a Database is refused.",
    source=operation("ExecuteStatement"),
    expects="ValidationException",
)
async def _database(ask: Ask) -> object:
    session = await ask.session("select 1")
    answer = await ask.execute("select 1", SessionId=session, Database=ask.place.target["Database"])
    await _close(ask, session)
    return Observed(answer.outcome, {"words": answer.words})


@sessions.probe(
    "failure",
    "A session outlives a statement that fails in it.",
    source=NOT_DOCUMENTED,
    expects={"opened by a failure": True, "status": "FINISHED"},
)
async def _failure(ask: Ask) -> object:
    failed = await ask.run("select a from {own}_nowhere", **_KEEP)
    session = failed["SessionId"]
    if not session:
        return {"opened by a failure": False, "status": ""}
    then = await ask.run("select 1", SessionId=session, SessionKeepAliveSeconds=1)
    return {"opened by a failure": True, "status": then["Status"]}


@sessions.probe(
    "zero-opens-none",
    "A keep-alive time of 0 opens no session.",
    source=MCP_SERVER,
    expects=None,
)
async def _zero_opens_none(ask: Ask) -> object:
    ended = await ask.prepare("select 1", SessionKeepAliveSeconds=0)
    return ended["SessionId"]


@sessions.probe(
    "closed-by-zero",
    "A last statement with a keep-alive time of 0 closes its session; then it is as one that is not available.",
    source=NOT_DOCUMENTED,
    expects={"accepted": "answered", "closed": True, "words": Containing("Session is not available")},
)
async def _closed_by_zero(ask: Ask) -> object:
    return await _closed_by(ask, 0)


@sessions.probe(
    "closed-by-one",
    "A last statement with a keep-alive time of 1 closes its session a second later.",
    source=MCP_SERVER,
    expects={"accepted": "answered", "closed": True, "words": Containing("Session is not available")},
)
async def _closed_by_one(ask: Ask) -> object:
    return await _closed_by(ask, 1)


async def _closed_by(ask: Ask, seconds: int) -> object:
    session = await ask.session("select 1")
    last = await ask.submit("select 1", SessionId=session, SessionKeepAliveSeconds=seconds)
    closed = not last.code and await _closed(ask, session)
    refused = await ask.execute("select 1", SessionId=session)
    return {"accepted": last.outcome, "closed": closed, "words": refused.words}


@sessions.probe(
    "listed",
    "ListSessions tells of an open session that it is AVAILABLE, its database and its keep-alive time.",
    source=_LIST,
    expects={"status": "AVAILABLE", "database": True, "keep-alive": HOLD_SECONDS},
)
async def _listed(ask: Ask) -> object:
    session = await ask.session("select 1")

    async def looks() -> Any:
        # The statement may have ended before the session says so.
        return await _status(ask, session) == "AVAILABLE"

    await ask.until(looks)
    listed = await ask.call("ListSessions", SessionId=session)
    found = (listed.data.get("Sessions") or [{}])[0]
    await _close(ask, session)
    return {
        "status": found.get("Status"),
        "database": found.get("Database") == ask.place.target["Database"],
        "keep-alive": found.get("SessionAliveSeconds"),
    }
