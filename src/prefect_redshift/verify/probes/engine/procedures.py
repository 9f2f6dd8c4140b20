"""Procedures: what CALL returns, and what it sees."""

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.probe import Family, UnexpectedEndError
from prefect_redshift.verify.probes.sources import ISOLATION, NOT_DOCUMENTED, guide
from prefect_redshift.verify.statements import value

procedures = Family("procedures")
_CREATE = guide("r_CREATE_PROCEDURE")
_CALL = guide("r_CALL_procedure")
_OUT = """create procedure {own}(n int, twice out int, word out varchar(9))
as $$ begin twice := 2 * n; word := 'x'; end $$ language plpgsql"""


@procedures.probe(
    "out-arguments",
    "CALL returns one row of the OUT arguments, whose columns have their names; they are left out of the call.",
    source=_CALL,
    expects={"columns": ["twice", "word"], "rows": [[14, "x"]]},
)
async def _out_arguments(ask: Ask) -> object:
    await ask.prepare(_OUT)
    return await _result_of(ask, "call {own}(7)")


@procedures.probe(
    "out-arguments-of-a-batch",
    "In a batch, the row of a CALL is the result of its sub-statement.",
    source=NOT_DOCUMENTED,
    expects={"columns": ["twice", "word"], "rows": [[14, "x"]]},
)
async def _out_arguments_of_a_batch(ask: Ask) -> object:
    await ask.prepare(_OUT)
    return await _result_of(ask, "set search_path to {schema}", "call {own}(7)")


async def _result_of(ask: Ask, *sqls: str) -> object:
    ended = await ask.finish(*sqls)
    result = ended["Id"] if len(sqls) == 1 else f"{ended['Id']}:{len(sqls)}"
    page = needed(await ask.call("GetStatementResult", Id=result))
    return {
        "columns": [column["name"] for column in page["ColumnMetadata"]],
        "rows": [[value(item) for item in record] for record in page["Records"]],
    }


@procedures.probe(
    "no-result",
    "CALL of a procedure without OUT arguments has no result.",
    source=_CALL,
    expects={"status": "FINISHED", "has result": False},
)
async def _no_result(ask: Ask) -> object:
    await ask.prepare("create procedure {own}() as $$ begin null; end $$ language plpgsql")
    ended = await ask.run("call {own}()")
    return {"status": ended["Status"], "has result": ended["HasResultSet"]}


@procedures.probe(
    "lock-before-snapshot",
    "CALL takes no snapshot before the procedure's `lock table`: it sees what was committed while it waited.",
    source=f"{ISOLATION} lists what takes one: neither SET nor CALL nor LOCK",
    expects=[[1]],
)
async def _lock_before_snapshot(ask: Ask) -> object:
    await ask.prepare(
        "create table {own}_seen (n int)",
        """create procedure {own}() as $$ begin
        lock table {own}_gate;
        insert into {own}_seen select count(*) from {own}_gate;
        end $$ language plpgsql""",
    )
    async with ask.hold() as hold:
        called = await ask.batch("set search_path to {schema}", "call {own}()")
        await hold.started(called["Id"])
        await hold.inside("insert into {own}_gate values (1)")
        await hold.release()
        ended = await ask.end(called)
    if ended["Status"] != "FINISHED":
        raise UnexpectedEndError(ended["Status"], ended["Error"] or "")
    return await ask.rows("select n from {own}_seen")


@procedures.probe(
    "unqualified-names",
    "A procedure finds the tables that it names without a schema by the search path of its caller.",
    source=guide("r_search_path"),
    expects=[[1]],
)
async def _unqualified_names(ask: Ask) -> object:
    body = "begin insert into procedures_unqualified_names_b values (1); end"
    await ask.prepare(
        "create table {own}_b (a int)", f"create procedure {{own}}() as $$ {body} $$ language plpgsql"
    )
    await ask.finish("set search_path to {schema}", "call procedures_unqualified_names()")
    return await ask.rows("select a from {own}_b")


@procedures.probe(
    "temporary-tables",
    "A temporary table that a procedure makes and drops is in nobody's way, not even of its next call.",
    source=_CREATE,
    expects=[[2]],
)
async def _temporary_tables(ask: Ask) -> object:
    await ask.prepare(
        "create table {own}_b (a int)",
        """create procedure {own}() as $$ begin
        create temp table verify_staged as select 1 as a;
        insert into {own}_b select a from verify_staged;
        drop table verify_staged;
        end $$ language plpgsql""",
    )
    await ask.finish("call {own}()", "call {own}()")
    return await ask.rows("select count(*) from {own}_b")


@procedures.probe(
    "rolled-back",
    "What a procedure that fails has changed is rolled back, with the batch that calls it.",
    source=guide("stored-procedure-transaction-management"),
    expects={"status": "FAILED", "rows": [[0]]},
)
async def _rolled_back(ask: Ask) -> object:
    body = "begin insert into {own}_b values (1); raise exception 'no'; end"
    await ask.prepare(
        "create table {own}_b (a int)", f"create procedure {{own}}() as $$ {body} $$ language plpgsql"
    )
    ended = await ask.run("insert into {own}_b values (2)", "call {own}()")
    return {"status": ended["Status"], "rows": await ask.rows("select count(*) from {own}_b")}


@procedures.probe(
    "replaced",
    "CREATE OR REPLACE PROCEDURE replaces one that is there.",
    source=_CREATE,
    expects=[[2]],
)
async def _replaced(ask: Ask) -> object:
    await ask.prepare("create procedure {own}(n out int) as $$ begin n := 1; end $$ language plpgsql")
    await ask.finish(
        "create or replace procedure {own}(n out int) as $$ begin n := 2; end $$ language plpgsql"
    )
    return await ask.rows("call {own}()")
