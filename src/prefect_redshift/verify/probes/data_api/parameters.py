"""Parameters: where they are found in SQL, and what becomes of their values."""

from collections.abc import Mapping

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.findings.expectations import Containing, OneOf
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import BOTOCORE, DATA_API, NOT_DOCUMENTED, operation

parameters = Family("parameters")
_EXECUTE = operation("ExecuteStatement")
# What a value may hold without being SQL.
_ODD = 'it\'s "so" \\ $1 :a ; -- é'


def _values(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


@parameters.probe(
    "in-strings-and-comments",
    "What looks like a parameter inside a literal or a comment is none.",
    source=NOT_DOCUMENTED,
    expects=[[":a", "x"]],
)
async def _in_strings_and_comments(ask: Ask) -> object:
    sql = "select ':a' as literal, :a as parameter /* :b */ -- :c"
    return await ask.rows(sql, Parameters=_values({"a": "x"}))


@parameters.probe(
    "only-in-a-comment",
    "A parameter that only a comment names is unused, and refused.",
    source=NOT_DOCUMENTED,
    expects="ValidationException",
)
async def _only_in_a_comment(ask: Ask) -> object:
    return (await ask.execute("select 1 /* :a */", Parameters=_values({"a": "x"}))).outcome


@parameters.probe(
    "in-nested-comments",
    "A comment in a comment ends alone: what looks like a parameter behind it is still commented out.",
    source=NOT_DOCUMENTED,
    expects=[["x"]],
)
async def _in_nested_comments(ask: Ask) -> object:
    sql = "select :a as a /* one /* two */ :b */"
    return await ask.rows(sql, Parameters=_values({"a": "x"}))


@parameters.probe(
    "empty",
    "An empty value is refused.",
    source=BOTOCORE,
    expects=OneOf(("ValidationException", "ParamValidationError")),
)
async def _empty(ask: Ask) -> object:
    return (await ask.execute("select :a as a", Parameters=_values({"a": ""}))).outcome


@parameters.probe(
    "odd-values",
    "A value arrives as it is, whatever quotes, backslashes or colons it has.",
    source=DATA_API,
    expects=[[_ODD]],
)
async def _odd_values(ask: Ask) -> object:
    return await ask.rows("select cast(:a as varchar(99)) as a", Parameters=_values({"a": _ODD}))


@parameters.probe(
    "casts",
    "Values are texts, which casts turn into dates and numbers.",
    source=DATA_API,
    expects=[["2026-03-01", 14]],
)
async def _casts(ask: Ask) -> object:
    sql = "select cast(:day as date) + 1 as a, cast(:n as int) * 2 as b"
    return await ask.rows(sql, Parameters=_values({"day": "2026-02-28", "n": "7"}))


@parameters.probe(
    "compared",
    "A value that is compared with a column takes that column's type.",
    source=NOT_DOCUMENTED,
    expects=[[1]],
)
async def _compared(ask: Ask) -> object:
    await ask.prepare(
        "create table {own} (a int, d date)", "insert into {own} values (7, '2026-02-28'), (8, null)"
    )
    sql = "select count(*) from {own} where a = :n and d = :day"
    return await ask.rows(sql, Parameters=_values({"n": "7", "day": "2026-02-28"}))


@parameters.probe(
    "twice",
    "A parameter may be used several times, and names that begin alike are told apart.",
    source=_EXECUTE,
    expects=[["x", "y", "x"]],
)
async def _twice(ask: Ask) -> object:
    return await ask.rows("select :a as a, :ab as b, :a as c", Parameters=_values({"a": "x", "ab": "y"}))


@parameters.probe(
    "in-one-of-a-batch",
    "A parameter of a batch need not be used by each of its statements.",
    source=operation("BatchExecuteStatement"),
    expects=[["x"]],
)
async def _in_one_of_a_batch(ask: Ask) -> object:
    return await ask.rows("select 1", "select :a as a", Parameters=_values({"a": "x"}))


@parameters.probe(
    "unused", "A parameter that is not used is refused.", source=DATA_API, expects="ValidationException"
)
async def _unused(ask: Ask) -> object:
    return (await ask.execute("select 1", Parameters=_values({"a": "x"}))).outcome


@parameters.probe(
    "duplicate",
    "A parameter that is given twice is refused.",
    source=NOT_DOCUMENTED,
    expects="ValidationException",
)
async def _duplicate(ask: Ask) -> object:
    values = [*_values({"a": "x"}), *_values({"a": "y"})]
    return (await ask.execute("select :a as a", Parameters=values)).outcome


@parameters.probe(
    "missing",
    "A parameter without a value is an error of the engine.",
    source=NOT_DOCUMENTED,
    expects={"status": "FAILED", "error": Containing('syntax error at or near ":"')},
)
async def _missing(ask: Ask) -> object:
    ended = await ask.run("select :a as a, :b as b", Parameters=_values({"a": "x"}))
    return {"status": ended["Status"], "error": ended["Error"] or ""}


@parameters.probe(
    "argument-of-a-procedure",
    "A parameter may be the argument of a procedure: `call p(cast(:run_date as date))`.",
    source=NOT_DOCUMENTED,
    expects=[["2026-02-28"]],
)
async def _argument_of_a_procedure(ask: Ask) -> object:
    await ask.prepare(
        "create table {own}_b (d date)",
        "create procedure {own}(d date) as $$ begin insert into {own}_b values (d); end $$ language plpgsql",
    )
    day = _values({"run_date": "2026-02-28"})
    await ask.finish("set search_path to {schema}", "call {own}(cast(:run_date as date))", Parameters=day)
    return await ask.rows("select d from {own}_b")
