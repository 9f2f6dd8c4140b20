"""What a ClientToken protects from."""

import asyncio

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import BOTOCORE, NOT_DOCUMENTED, operation
from prefect_redshift.verify.wire import Answer

tokens = Family("tokens")
_EXECUTE = operation("ExecuteStatement")


@tokens.probe(
    "replay",
    "A request that is sent again with its ClientToken is answered with the first statement, and runs once.",
    source=_EXECUTE,
    expects={"same id": True, "rows": [[1]]},
)
async def _replay(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    token = ask.token()
    first = await ask.execute("insert into {own} values (1)", ClientToken=token)
    again = await ask.execute("insert into {own} values (1)", ClientToken=token)
    await ask.end(first)
    return {"same id": first["Id"] == again["Id"], "rows": await ask.rows("select count(*) from {own}")}


@tokens.probe(
    "after-the-end",
    "The token of a statement that has ended is still known.",
    source=_EXECUTE,
    expects={"same id": True, "rows": [[1]]},
)
async def _after_the_end(ask: Ask) -> object:
    token = ask.token()
    first = await ask.finish("create table {own} as select 1 as a", ClientToken=token)
    again = await ask.execute("create table {own} as select 1 as a", ClientToken=token)
    return {"same id": first["Id"] == again["Id"], "rows": await ask.rows("select count(*) from {own}")}


@tokens.probe(
    "created-at",
    "The answer to a repeated request has the CreatedAt of the first statement.",
    source=NOT_DOCUMENTED,
    expects=True,
)
async def _created_at(ask: Ask) -> object:
    token = ask.token()
    first = await ask.execute("select 1", ClientToken=token)
    await ask.end(first)
    again = await ask.execute("select 1", ClientToken=token)
    return first["CreatedAt"] is not None and first["CreatedAt"] == again["CreatedAt"]


@tokens.probe(
    "other-sql",
    "Other SQL under a token that is known is not run: the answer is the first statement.",
    source=NOT_DOCUMENTED,
    expects={"outcome": "answered", "same id": True, "rows": [[1]]},
)
async def _other_sql(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    token = ask.token()
    first = await ask.finish("insert into {own} values (1)", ClientToken=token)
    other = await ask.execute("insert into {own} values (2)", ClientToken=token)
    if not other.code:
        await ask.end(other)
    rows = await ask.rows("select a from {own} order by a")
    return {"outcome": other.outcome, "same id": first["Id"] == other["Id"], "rows": rows}


@tokens.probe(
    "failed",
    "The token of a statement that failed is answered with that statement: nothing is tried again.",
    source=NOT_DOCUMENTED,
    expects={"status": "FAILED", "same id": True},
)
async def _failed(ask: Ask) -> object:
    token = ask.token()
    first = await ask.run("select a from {own}_nowhere", ClientToken=token)
    again = await ask.execute("select a from {own}_nowhere", ClientToken=token)
    return {"status": first["Status"], "same id": first["Id"] == again["Id"]}


@tokens.probe(
    "without-the-wait",
    "A submission that still waits can be sent again without a wait: its token is answered with the statement's Id.",
    source=NOT_DOCUMENTED,
    expects={"outcome": "answered", "same id": True, "at once": True},
)
async def _without_the_wait(ask: Ask) -> object:
    token = ask.token()
    sql = "select count(*) from {own}_gate"
    async with ask.hold() as hold:

        async def again() -> Answer:
            await ask.wire.pause(1.0)
            answer = await ask.execute(sql, ClientToken=token)
            await hold.release()
            return answer

        waiting = ask.execute(sql, ClientToken=token, WaitTimeSeconds=20)
        first, second = await asyncio.gather(waiting, again())
        await ask.end(first)
    return {
        "outcome": second.outcome,
        "same id": first["Id"] == second["Id"],
        "at once": second.seconds < first.seconds,
    }


@tokens.probe(
    "batch",
    "A batch has its token as a single statement has.",
    source=operation("BatchExecuteStatement"),
    expects={"same id": True, "rows": [[2]]},
)
async def _batch(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    token = ask.token()
    sqls = ("insert into {own} values (1)", "insert into {own} values (2)")
    first = await ask.finish(*sqls, ClientToken=token)
    again = await ask.batch(*sqls, ClientToken=token)
    return {"same id": first["Id"] == again["Id"], "rows": await ask.rows("select count(*) from {own}")}


@tokens.probe(
    "too-long",
    "A token of more than 64 characters is refused.",
    source=BOTOCORE,
    expects="ValidationException",
)
async def _too_long(ask: Ask) -> object:
    answer = await ask.execute("select 1", ClientToken="x" * 65)
    return answer.outcome


@tokens.probe(
    "listed",
    "ListStatements shows a statement by what its name begins with, as soon as it has ended.",
    source=operation("ListStatements"),
    expects={"found": 1, "name": True, "status": "FINISHED"},
)
async def _listed(ask: Ask) -> object:
    name = f"{ask.place.name}/{ask.probe}/a b:c"
    ended = await ask.prepare("select 1", StatementName=name)
    page = await ask.call("ListStatements", StatementName=name[:-2], Status="ALL")
    found = [listed for listed in page.data.get("Statements", []) if listed["Id"] == ended["Id"]]
    return {
        "found": len(found),
        "name": [listed.get("StatementName") for listed in found] == [name],
        "status": found[0]["Status"] if found else None,
    }
