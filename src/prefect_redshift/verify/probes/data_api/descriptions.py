"""What DescribeStatement and ListStatements tell of a statement."""

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import DESCRIPTION, operation

descriptions = Family("descriptions")
_DESCRIBE = operation("DescribeStatement")
_LIST = operation("ListStatements")


@descriptions.probe(
    "leader-only",
    "A statement that the leader node runs alone has RedshiftQueryId -1; one that reads a table has a number.",
    source=f"the examples of {DESCRIPTION}",
    expects=[-1, True],
)
async def _leader_only(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)", "insert into {own} values (1)")
    leader = await ask.prepare("select count(*) from pg_namespace")
    compute = await ask.prepare("select a from {own}")
    return [leader["RedshiftQueryId"], (compute["RedshiftQueryId"] or 0) > 0]


@descriptions.probe(
    "statement",
    "DescribeStatement tells the SQL, the rows, the time it took in nanoseconds and the parameters.",
    source=_DESCRIBE,
    expects={
        "sql": "select :a as a",
        "rows": 1,
        "takes time": True,
        "result": True,
        "parameters": [{"name": "a", "value": "x"}],
    },
)
async def _statement(ask: Ask) -> object:
    ended = await ask.finish("select :a as a", Parameters=[{"name": "a", "value": "x"}])
    return {
        "sql": ended["QueryString"],
        "rows": ended["ResultRows"],
        "takes time": (ended["Duration"] or 0) > 1000,
        "result": ended["HasResultSet"],
        "parameters": ended["QueryParameters"],
    }


@descriptions.probe(
    "rows-changed",
    "ResultRows of a statement that changes rows is their number.",
    source=_DESCRIBE,
    expects=[2, 1],
)
async def _rows_changed(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    inserted = await ask.prepare("insert into {own} values (1), (2)")
    updated = await ask.prepare("update {own} set a = 3 where a = 2")
    return [inserted["ResultRows"], updated["ResultRows"]]


@descriptions.probe(
    "unknown",
    "An Id that never was is a ResourceNotFoundException.",
    source=_DESCRIBE,
    expects="ResourceNotFoundException",
)
async def _unknown(ask: Ask) -> object:
    return (await ask.call("DescribeStatement", Id="00000000-0000-4000-8000-000000000000")).outcome


@descriptions.probe(
    "listed-statuses",
    "Without a Status, ListStatements lists those that FINISHED; with ALL the others as well, the newest first.",
    source=f"{_LIST}; the order is not documented",
    expects={"by default": ["FINISHED"], "all": ["FAILED", "FINISHED"]},
)
async def _listed_statuses(ask: Ask) -> object:
    await ask.prepare("select 1")
    await ask.run("select a from {own}_nowhere")
    name = f"{ask.place.name}/{ask.probe}"
    answers = {"by default": await ask.call("ListStatements", StatementName=name)}
    answers["all"] = await ask.call("ListStatements", StatementName=name, Status="ALL")
    return {
        which: [listed["Status"] for listed in answer.data.get("Statements", [])]
        for which, answer in answers.items()
    }
