"""The words of errors by which this library tells what happened."""

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.findings.expectations import Containing
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import DIALECT, NOT_DOCUMENTED, guide
from prefect_redshift.verify.statements import sub_errors

errors = Family("errors")


async def _error(ask: Ask, *sqls: str) -> object:
    ended = await ask.run(*sqls)
    return {"status": ended["Status"], "error": ended["Error"] or ""}


@errors.probe(
    "conflict",
    "A transaction that changes a row that another one has changed since its snapshot fails with error 1023.",
    source=guide("serializable-isolation-troubleshooting"),
    expects={"status": "FAILED", "error": Containing("1023"), "words": True, "rows": [[2]]},
)
async def _conflict(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)", "insert into {own} values (1)")
    session = await ask.session("begin")
    await ask.prepare("select a from {own}", SessionId=session)
    await ask.prepare("update {own} set a = 2")
    ended = await ask.run("update {own} set a = 3", SessionId=session)
    await ask.run("rollback", SessionId=session, SessionKeepAliveSeconds=1)
    error = ended["Error"] or ""
    return {
        "status": ended["Status"],
        # Numbers of the table and of the transactions follow.
        "error": error[: error.find("1023") + 4],
        "words": "Serializable isolation violation on table" in error,
        "rows": await ask.rows("select a from {own}"),
    }


@errors.probe(
    "missing-table",
    "A table that is not there is `relation ... does not exist`.",
    source=NOT_DOCUMENTED,
    expects={"status": "FAILED", "error": Containing("does not exist")},
)
async def _missing_table(ask: Ask) -> object:
    return await _error(ask, "select a from {own}_nowhere")


@errors.probe(
    "syntax",
    "A mistake in the syntax is `syntax error at or near ...`, and begins with `ERROR:`.",
    source=NOT_DOCUMENTED,
    expects={"status": "FAILED", "error": Containing('ERROR: syntax error at or near "selec"')},
)
async def _syntax(ask: Ask) -> object:
    return await _error(ask, "selec 1")


@errors.probe(
    "not-null",
    "A NULL in a column that takes none is an error with the column's name.",
    source=DIALECT,
    expects={"status": "FAILED", "error": Containing("Cannot insert a NULL value into column a")},
)
async def _not_null(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int not null)")
    return await _error(ask, "insert into {own} select null")


@errors.probe(
    "raised",
    "What a procedure raises is in the statement's Error, word for word.",
    source=guide("c_PLpgSQL-statements"),
    expects={"status": "FAILED", "error": Containing("day 2026-02-28 is 7 days late")},
)
async def _raised(ask: Ask) -> object:
    body = "begin raise exception 'day % is % days late', d, 7; end"
    await ask.prepare(f"create procedure {{own}}(d date) as $$ {body} $$ language plpgsql")
    return await _error(ask, "call {own}('2026-02-28')")


@errors.probe(
    "of-a-batch",
    "A batch tells the error of its statement behind `Query #2 failed with `, and the sub-statement tells it alone.",
    source=NOT_DOCUMENTED,
    expects={"prefix": "Query #2 failed with ", "same words": True},
)
async def _of_a_batch(ask: Ask) -> object:
    ended = await ask.run("select 1", "select a from {own}_nowhere")
    whole, one = ended["Error"] or "", [*sub_errors(ended.data), "", ""][1]
    return {"prefix": whole.removesuffix(one), "same words": bool(one) and whole.endswith(one)}
