"""Batches: what is committed, and what is told of each statement."""

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.findings.expectations import Containing, OneOf
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import DATA_API, DESCRIPTION, NOT_DOCUMENTED, operation
from prefect_redshift.verify.statements import sub_errors, sub_statuses

batches = Family("batches")
_BATCH = operation("BatchExecuteStatement")
_INSERT = "insert into {own} values (%s)"
_FAILS = "select a from {own}_nowhere"


@batches.probe(
    "transaction",
    "A batch is one transaction: the statements after one that failed are ABORTED, nothing stays, and the batch says "
    "which one failed.",
    source=_BATCH,
    expects={
        "status": "FAILED",
        "error": Containing("Query #2 failed with ERROR:"),
        "sub-statements": ["FINISHED", "FAILED", "ABORTED"],
        "error of the one that failed": Containing("does not exist"),
        "rows": [[0]],
    },
)
async def _transaction(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    batch = await ask.run(_INSERT % 1, _FAILS, _INSERT % 2)
    errors = [*sub_errors(batch.data), "", "", ""]
    answer = {
        "status": batch["Status"],
        "error": batch["Error"],
        "sub-statements": sub_statuses(batch.data),
        "error of the one that failed": errors[1],
        "rows": await ask.rows("select count(*) from {own}"),
    }
    return Observed(answer, {"error of one that was not begun": errors[2]})


@batches.probe(
    "auto-commit",
    "With AUTO_COMMIT each statement commits by itself, one that fails stops no other, and the batch is FAILED.",
    source=f"{_BATCH}; in which status the batch ends is not documented",
    expects={
        "mode": "AUTO_COMMIT",
        "status": "FAILED",
        "sub-statements": ["FINISHED", "FAILED", "FINISHED"],
        "rows": [[2]],
    },
)
async def _auto_commit(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    batch = await ask.run(_INSERT % 1, _FAILS, _INSERT % 2, ExecutionMode="AUTO_COMMIT")
    return {
        "mode": batch["ExecutionMode"],
        "status": batch["Status"],
        "sub-statements": sub_statuses(batch.data),
        "rows": await ask.rows("select count(*) from {own}"),
    }


@batches.probe(
    "forty-parameters",
    "A batch of AUTO_COMMIT takes 40 statements with a parameter each.",
    source=_BATCH,
    expects={"outcome": "answered", "status": "FINISHED", "rows": [[40, 820]]},
)
async def _forty_parameters(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    numbers = range(1, 41)
    sqls = [f"insert into {{own}} values (cast(:n{number} as int))" for number in numbers]  # noqa: S608
    values = [{"name": f"n{number}", "value": str(number)} for number in numbers]
    batch = await ask.batch(*sqls, Parameters=values, ExecutionMode="AUTO_COMMIT")
    if batch.code:
        return {"outcome": batch.outcome, "status": "", "rows": []}
    ended = await ask.end(batch)
    rows = await ask.rows("select count(*), sum(a) from {own}")
    return {"outcome": batch.outcome, "status": ended["Status"], "rows": rows}


@batches.probe(
    "too-many", "A batch of 41 statements is refused.", source=_BATCH, expects="ValidationException"
)
async def _too_many(ask: Ask) -> object:
    return (await ask.batch(*["select 1"] * 41)).outcome


@batches.probe(
    "search-path",
    "`set search_path` as the first statement of a batch is in force for the others.",
    source=NOT_DOCUMENTED,
    expects=[[1]],
)
async def _search_path(ask: Ask) -> object:
    await ask.finish("set search_path to {schema}", "create table batches_search_path as select 1 as a")
    return await ask.rows("select a from {own}")


@batches.probe(
    "search-path-auto-commit",
    "`set search_path` as the first statement of a batch of AUTO_COMMIT is in force for the others.",
    source=NOT_DOCUMENTED,
    expects=[[1]],
)
async def _search_path_auto_commit(ask: Ask) -> object:
    await ask.finish(
        "set search_path to {schema}",
        "create table batches_search_path_auto_commit as select 1 as a",
        ExecutionMode="AUTO_COMMIT",
    )
    return await ask.rows("select a from {own}")


@batches.probe(
    "search-path-ends",
    "A search path that a batch has set is not that of later statements.",
    source=NOT_DOCUMENTED,
    expects={"status": "FAILED", "error": Containing("does not exist")},
)
async def _search_path_ends(ask: Ask) -> object:
    await ask.finish("set search_path to {schema}", "create table batches_search_path_ends as select 1 as a")
    later = await ask.run("select a from batches_search_path_ends")
    return {"status": later["Status"], "error": later["Error"] or ""}


@batches.probe(
    "begin-and-commit",
    "BEGIN and COMMIT may be statements of a batch, and one text may hold several statements.",
    source="AWS's own samples send both",
    expects={"status": "FINISHED", "rows": [[3]]},
)
async def _begin_and_commit(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    batch = await ask.run("begin", f"{_INSERT % 1}; {_INSERT % 2};", _INSERT % 3, "commit")
    return {"status": batch["Status"], "rows": await ask.rows("select count(*) from {own}")}


@batches.probe(
    "no-connection",
    "Where no connection can be made, all statements of a batch are ABORTED, and only the batch has the reason.",
    source="seen by others; not documented",
    expects={
        "status": "FAILED",
        "error": Containing("does not exist"),
        "sub-statements": ["ABORTED", "ABORTED"],
        "reason in a sub-statement": False,
    },
)
async def _no_connection(ask: Ask) -> object:
    submitted = await ask.batch("select 1", "select 2", Database=f"{ask.place.name}_nowhere")
    if submitted.code:
        return {"status": submitted.code, "error": submitted.words}
    batch = await ask.end(submitted)
    errors = sub_errors(batch.data)
    answer = {
        "status": batch["Status"],
        "error": batch["Error"] or "",
        "sub-statements": sub_statuses(batch.data),
        "reason in a sub-statement": any("does not exist" in error for error in errors),
    }
    return Observed(answer, {"errors of sub-statements": errors})


@batches.probe(
    "numbers",
    "A batch itself has RedshiftQueryId 0; its ResultRows are -1, or those of all its statements.",
    source=f"{DESCRIPTION}, whose example has the rows of all; others have seen -1",
    expects={"query": 0, "rows": OneOf((-1, 3))},
)
async def _numbers(ask: Ask) -> object:
    batch = await ask.prepare("select 1", "select 2 union all select 3")
    answer = {"query": batch["RedshiftQueryId"], "rows": batch["ResultRows"]}
    return Observed(answer, {"size is told": batch["ResultSize"] != -1})


@batches.probe(
    "result-of-the-whole",
    "The result of a batch is asked for by a sub-statement's id only.",
    source=operation("GetStatementResult"),
    expects=["ValidationException", "answered"],
)
async def _result_of_the_whole(ask: Ask) -> object:
    batch = await ask.prepare("select 1", "select 2")
    ids = (batch["Id"], f"{batch['Id']}:2")
    return [(await ask.call("GetStatementResult", Id=result)).outcome for result in ids]


@batches.probe(
    "several-in-one",
    "ExecuteStatement refuses a text of several statements.",
    source=f"{DATA_API}; the wording is not documented",
    expects="ValidationException",
)
async def _several_in_one(ask: Ask) -> object:
    answer = await ask.execute("select 1; select 2")
    return Observed(answer.outcome, {"words": answer.words})
