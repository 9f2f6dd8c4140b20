"""Results: values and their types, pages, CSV."""

from typing import Any

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.findings.expectations import OneOf
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import NOT_DOCUMENTED, RESULT, operation
from prefect_redshift.verify.statements import kind, value

results = Family("results")
_RESULT = operation("GetStatementResult")
_CSV = operation("GetStatementResultV2")

_TYPES = {
    "int2": ("2::smallint", "longValue", 2),
    "int4": ("4::int", "longValue", 4),
    "int8": ("8::bigint", "longValue", 8),
    "numeric": ("1.50::decimal(6, 2)", "stringValue", "1.50"),
    "float8": ("0.25::float8", "doubleValue", 0.25),
    "bool": ("true", "booleanValue", True),
    "varchar": ("'x'::varchar(9)", "stringValue", "x"),
    # The guide has the trailing blanks of CHAR mean nothing, and does not say whether they are sent.
    "bpchar": ("'y'::char(2)", "stringValue", OneOf(("y ", "y"))),
    "date": ("date '2026-02-28'", "stringValue", "2026-02-28"),
    "timestamp": ("timestamp '2026-02-28 03:04:05'", "stringValue", "2026-02-28 03:04:05"),
}


@results.probe(
    "types",
    "Integers are longValue, floats doubleValue, truth values booleanValue; all else is text, and typeName says what.",
    source=_RESULT,
    expects={name: [name, member, held] for name, (_, member, held) in _TYPES.items()},
)
async def _types(ask: Ask) -> object:
    columns = ", ".join(f'{sql} as "{name}"' for name, (sql, _, _) in _TYPES.items())
    ended = await ask.finish(f"create table {{own}} as select {columns}", "select * from {own}")
    page = needed(await ask.call("GetStatementResult", Id=f"{ended['Id']}:2"))
    [record] = page["Records"]
    return {
        column["name"]: [column["typeName"], kind(item), value(item)]
        for column, item in zip(page["ColumnMetadata"], record, strict=True)
    }


@results.probe(
    "null",
    "NULL is isNull, whatever the type; an empty text is a stringValue.",
    source=_RESULT,
    expects=[["isNull", True], ["isNull", True], ["stringValue", ""]],
)
async def _null(ask: Ask) -> object:
    ended = await ask.finish("select null::int as a, null::varchar(9) as b, ''::varchar(9) as c")
    [record] = await ask.fields(ended["Id"])
    return [[kind(item), item.get(kind(item))] for item in record]


@results.probe(
    "none",
    "A statement without a result has HasResultSet false, and asking for it is a ResourceNotFoundException.",
    source=_RESULT,
    expects={"has result": False, "outcome": "ResourceNotFoundException"},
)
async def _none(ask: Ask) -> object:
    ended = await ask.prepare("create table {own} (a int)")
    answer = await ask.call("GetStatementResult", Id=ended["Id"])
    return {"has result": ended["HasResultSet"], "outcome": answer.outcome}


@results.probe(
    "other-format",
    "A result in CSV is read by GetStatementResultV2 only.",
    source=f"{_CSV}, which does not say by what the other operation refuses",
    expects=[OneOf(("ValidationException", "ResourceNotFoundException")), "answered"],
)
async def _other_format(ask: Ask) -> object:
    ended = await ask.finish("select 1 as a", ResultFormat="CSV")
    operations = ("GetStatementResult", "GetStatementResultV2")
    return [(await ask.call(name, Id=ended["Id"])).outcome for name in operations]


async def _csv(ask: Ask, sql: str) -> str:
    ended = await ask.finish(sql, ResultFormat="CSV")
    page = needed(await ask.call("GetStatementResultV2", Id=ended["Id"]))
    return "".join(record["CSVRecords"] for record in page["Records"])


@results.probe(
    "csv-form",
    "CSV begins with a line of the columns' names, and its lines end in CRLF.",
    source=RESULT,
    expects="n,t\r\n1,x\r\n2,y\r\n",
)
async def _csv_form(ask: Ask) -> object:
    return await _csv(ask, "select 1 as n, 'x' as t union all select 2, 'y' order by n")


@results.probe(
    "csv-quoting",
    "In CSV, a value with a comma, a quote or a line break is quoted, and its quotes are doubled; no other is.",
    source=NOT_DOCUMENTED,
    expects='c,q,l,b\r\n"a,b","a""b","a\nb", a \r\n',
)
async def _csv_quoting(ask: Ask) -> object:
    return await _csv(ask, "select 'a,b' as c, 'a\"b' as q, 'a\\nb' as l, ' a ' as b")


@results.probe(
    "csv-null",
    'In CSV, NULL is nothing between commas, and an empty text is `""`.',
    source=NOT_DOCUMENTED,
    expects='n,e,x\r\n,"",1\r\n',
)
async def _csv_null(ask: Ask) -> object:
    return await _csv(ask, "select null::varchar(9) as n, ''::varchar(9) as e, 1 as x")


@results.probe(
    "csv-values",
    "CSV writes dates, timestamps, decimals and truth values as JSON results do, and true as `true`.",
    source=NOT_DOCUMENTED,
    expects="d,t,n,f,b\r\n2026-02-28,2026-02-28 03:04:05,1.50,0.25,true\r\n",
)
async def _csv_values(ask: Ask) -> object:
    columns = ("date", "d"), ("timestamp", "t"), ("numeric", "n"), ("float8", "f"), ("bool", "b")
    return await _csv(ask, "select " + ", ".join(f"{_TYPES[name][0]} as {alias}" for name, alias in columns))


async def _make_numbers(ask: Ask) -> None:
    """Make a table of the numbers 0 to 2,999."""
    digits = ", ".join(f"({digit})" for digit in range(10))
    await ask.prepare(
        "create table {own}_b (d int)",
        f"insert into {{own}}_b values {digits}",  # noqa: S608 - numbers of our own
        "create table {own} as select a.d + 10 * b.d + 100 * c.d + 1000 * e.d as n "
        "from {own}_b a, {own}_b b, {own}_b c, {own}_b e where e.d < 3",
    )


async def _pages(ask: Ask, operation_name: str, result: str) -> list[Any]:
    pages: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = needed(await ask.call(operation_name, Id=result, **token))
        pages.append(page)
        if not page["NextToken"] or len(pages) > 50:
            return pages
        token = {"NextToken": page["NextToken"]}


@results.probe(
    "pages",
    "A result comes in pages, in its order; TotalNumRows counts the rows of all of them.",
    source=f"{_RESULT}; a page's size is not documented",
    expects={"rows": 3000, "in order": True, "total": 3000},
)
async def _json_pages(ask: Ask) -> object:
    await _make_numbers(ask)
    ended = await ask.prepare("select n from {own} order by n")
    pages = await _pages(ask, "GetStatementResult", ended["Id"])
    numbers = [value(record[0]) for page in pages for record in page["Records"]]
    answer = {
        "rows": len(numbers),
        "in order": numbers == list(range(3000)),
        "total": pages[0]["TotalNumRows"],
    }
    return Observed(answer, {"rows of a page": len(pages[0]["Records"])})


@results.probe(
    "csv-chunks",
    "CSV comes in chunks of at most 1 MB of whole rows, with the header in the first only.",
    source=RESULT,
    expects={"several": True, "whole rows": True, "headers": 1, "rows": 3000, "at most 1 MB": True},
)
async def _csv_chunks(ask: Ask) -> object:
    await _make_numbers(ask)
    sql = "select n as number, repeat('x', 1000) as filler from {own} order by n"
    ended = await ask.finish(sql, ResultFormat="CSV")
    pages = await _pages(ask, "GetStatementResultV2", ended["Id"])
    chunks = [record["CSVRecords"] for page in pages for record in page["Records"]]
    lines = [line for chunk in chunks for line in chunk.split("\r\n") if line]
    answer = {
        "several": len(chunks) > 1,
        "whole rows": all(chunk.endswith("\r\n") for chunk in chunks),
        "headers": sum(line.startswith("number,") for line in lines),
        "rows": sum(line.endswith("x") for line in lines),
        "at most 1 MB": all(len(chunk.encode()) <= 2**20 for chunk in chunks),
    }
    return Observed(answer, {"chunks": len(chunks), "pages": len(pages)})
