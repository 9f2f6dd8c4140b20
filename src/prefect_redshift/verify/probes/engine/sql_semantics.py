"""SQL whose results differ between engines: each probe is a few statements and the rows of the last one."""

from typing import Any

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.probe import Family, Observed
from prefect_redshift.verify.probes.sources import DIALECT, NOT_DOCUMENTED, guide
from prefect_redshift.verify.statements import sub_errors, sub_statuses

sql_semantics = Family("sql")


def _rows(name: str, assumes: str, source: str, expects: Any, *sqls: str) -> None:
    """Declare a probe whose answer is the rows of the last statement."""

    async def ask_rows(ask: Ask) -> object:
        return await ask.rows(*sqls)

    sql_semantics.add(name, assumes, source=source, expects=expects, ask=ask_rows)


def _error(name: str, assumes: str, source: str, *sqls: str) -> None:
    """Declare a probe whose last statement has to fail, and no other."""

    async def ask_status(ask: Ask) -> object:
        ended = await ask.run(*sqls)
        statuses = sub_statuses(ended.data) or [ended["Status"]]
        return Observed(statuses, {"error": (sub_errors(ended.data) or [ended["Error"]])[-1]})

    expects = ["FINISHED"] * (len(sqls) - 1) + ["FAILED"]
    sql_semantics.add(name, assumes, source=source, expects=expects, ask=ask_status)


_rows(
    "trailing-blanks",
    "VARCHAR compares without trailing blanks, and keeps them.",
    guide("r_Character_types"),
    [[1, 2, 3, "xy"]],
    "create table {own} (v varchar(9))",
    "insert into {own} values ('x'), ('x  ')",
    "select count(distinct v), sum(case when v = 'x ' then 1 else 0 end), max(len(v)), min(trim(v) || 'y') from {own}",
)
_rows(
    "avg-of-decimals",
    "AVG of decimals keeps their scale and cuts.",
    DIALECT,
    [["2.71"]],
    "create table {own} (a decimal(6, 2))",
    "insert into {own} values (2.71), (2.72)",
    "select avg(a) from {own}",
)
_rows(
    "avg-of-integers",
    "AVG of integers is an integer, and so is their quotient.",
    guide("r_AVG"),
    [[1, 3]],
    "create table {own} (a int)",
    "insert into {own} values (1), (2)",
    "select avg(a), min(a + 6) / 2 from {own}",
)
_rows(
    "division-of-decimals",
    "The quotient of decimal(10,2) by decimal(10,2) has the scale 11: max(4, s1 + p2 - s2 + 1).",
    guide("r_numeric_computations201"),
    [["3.33333333333"]],
    "create table {own} (a decimal(10, 2), b decimal(10, 2))",
    "insert into {own} values (10, 3)",
    "select a / b from {own}",
)
_rows(
    "product-of-decimals",
    "The product of decimal(6,2) and decimal(6,3) has the scale 5.",
    guide("r_numeric_computations201"),
    [["2.00000"]],
    "create table {own} (a decimal(6, 2), b decimal(6, 3))",
    "insert into {own} values (4, 0.5)",
    "select a * b from {own}",
)
_rows(
    "lateral-aliases",
    "An alias of a select list can be used in the same list and in WHERE.",
    f"{guide('r_SELECT_list')}; WHERE: {DIALECT}",
    [[3, 6]],
    "create table {own} (a int)",
    "insert into {own} values (1), (2)",
    "select a + 1 as b, b * 2 as c from {own} where b > 2",
)
_rows(
    "qualify",
    "QUALIFY filters by window functions.",
    guide("r_QUALIFY_clause"),
    [["x", 2], ["y", 3]],
    "create table {own} (k varchar(1), n int)",
    "insert into {own} values ('x', 1), ('x', 2), ('y', 3)",
    "select k, n from {own} t qualify row_number() over (partition by k order by n desc) = 1 order by k",
)
_MERGE_TABLES = (
    # MERGE names columns by their table: without the schema.
    "set search_path to {schema}",
    "create table sql_%s (k int, n int)",
    "create table sql_%s_b (k int, n int)",
    "insert into sql_%s values (1, 10), (2, 20)",
    "insert into sql_%s_b values (1, 11), (3, 30)",
)
_UPDATE = (
    "merge into sql_{0} using sql_{0}_b on sql_{0}.k = sql_{0}_b.k "
    "when matched{1} then update set n = sql_{0}_b.n"
)
_INSERT = "when not matched then insert values (sql_{0}_b.k, sql_{0}_b.n)"


def _merge_tables(name: str) -> tuple[str, ...]:
    return tuple(sql.replace("%s", name) for sql in _MERGE_TABLES)


_rows(
    "merge",
    "MERGE updates what matches and inserts what does not.",
    guide("r_MERGE"),
    [[1, 11], [2, 20], [3, 30]],
    *_merge_tables("merge"),
    f"{_UPDATE} {_INSERT}".format("merge", ""),
    "select k, n from {own} order by k",
)
_error(
    "merge-of-duplicates",
    "MERGE fails where two rows of the source match one of the target.",
    guide("r_MERGE"),
    *_merge_tables("merge_of_duplicates"),
    "insert into {own}_b values (1, 12)",
    f"{_UPDATE} {_INSERT}".format("merge_of_duplicates", ""),
)
_error(
    "merge-with-one-clause",
    "MERGE with one WHEN clause is refused.",
    guide("r_MERGE"),
    *_merge_tables("merge_with_one_clause"),
    _UPDATE.format("merge_with_one_clause", ""),
)
_error(
    "merge-with-a-condition",
    "MERGE with a further condition in a WHEN clause is refused.",
    guide("r_MERGE"),
    *_merge_tables("merge_with_a_condition"),
    f"{_UPDATE} {_INSERT}".format("merge_with_a_condition", " and sql_merge_with_a_condition.n > 0"),
)
_rows(
    "json-null",
    "A JSON null is NULL for the JSON functions on text, as an element is that is not there.",
    NOT_DOCUMENTED,
    [[None, None]],
    "create table {own} (j varchar(99))",
    """insert into {own} values ('{"a": null}')""",
    "select json_extract_path_text(j, 'a'), json_extract_path_text(j, 'b') from {own}",
)
_rows(
    "equal-numbers-of-super",
    "Equal numbers of SUPER are one group, however they are written.",
    NOT_DOCUMENTED,
    [[1]],
    "create table {own} (s super)",
    "insert into {own} select json_parse('1') union all select json_parse('1.0')",
    "select count(*) from (select s from {own} group by s) t",
)
_rows(
    "varbyte",
    "VARBYTE comes from the Data API as hexadecimal text.",
    NOT_DOCUMENTED,
    [["6162"]],
    "create table {own} (v varbyte(9))",
    "insert into {own} values ('ab'::varbyte)",
    "select v from {own}",
)
_rows(
    "weeks",
    "DATEDIFF(week) counts Sundays.",
    f"{guide('r_DATEDIFF_function')}, which does not say on which day a week begins",
    [[1, 0]],
    "create table {own} (saturday date, sunday date, monday date)",
    "insert into {own} values ('2020-01-04', '2020-01-05', '2020-01-06')",
    "select datediff(week, saturday, sunday), datediff(week, sunday, monday) from {own}",
)
_rows(
    "boundaries",
    "DATEDIFF counts the boundaries between two dates.",
    guide("r_DATEDIFF_function"),
    [[1, 1]],
    "create table {own} (a date, b date)",
    "insert into {own} values ('2008-12-31', '2009-01-01')",
    "select datediff(year, a, b), datediff(month, a, b) from {own}",
)
_rows(
    "sysdate",
    "SYSDATE has no time zone and is the same throughout a transaction; TRUNC of it is a date.",
    guide("r_SYSDATE"),
    [[1, 0, "True"]],
    "create table {own} (t timestamp, d date)",
    "insert into {own} values (sysdate, trunc(sysdate))",
    "insert into {own} values (sysdate, trunc(sysdate))",
    "select count(distinct t), max(datediff(day, t, d)), "
    "case when min(t) > dateadd(day, -2, '2020-01-01'::date) then 'True' end from {own}",
)
_rows(
    "lengths-in-bytes",
    "Lengths of VARCHAR are in bytes; LEN counts characters.",
    guide("r_Character_types"),
    [["é", 1, 2]],
    "create table {own} (v varchar(9))",
    "insert into {own} values ('éé')",
    "select v::varchar(3), len(v::varchar(3)), octet_length(v::varchar(3)) from {own}",
)
_rows(
    "backslashes",
    "A backslash escapes in a literal.",
    DIALECT,
    [["it's", 4]],
    "create table {own} (v varchar(9))",
    "insert into {own} values ('it\\'s')",
    "select v, len(v) from {own}",
)
_rows(
    "concatenated-null",
    "A text and NULL are NULL together; DECODE takes two NULLs for equal; NVL takes several.",
    guide("r_DECODE_expression"),
    [[None, "same", "c"]],
    "create table {own} (a varchar(9), b varchar(9))",
    "insert into {own} values (null, null)",
    "select 'x' || a, decode(a, null, 'same', 'other'), nvl(a, b, 'c') from {own}",
)
_rows(
    "nulls-last",
    "Ordered ascending, NULLs come last.",
    guide("r_ORDER_BY_clause"),
    [[1], [2], [None]],
    "create table {own} (a int)",
    "insert into {own} values (null), (2), (1)",
    "select a from {own} order by a",
)
