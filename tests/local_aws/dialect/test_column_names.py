"""Columns without an alias are called as the guide's examples show them."""

import pytest

from tests.local_aws.dialect.database import Database

NAMES = [
    ("dateadd(day, 1, date '2020-01-01')", "date_add"),
    ("datediff(day, date '2020-01-01', date '2020-01-02')", "date_diff"),
    ("date_part(year, date '2020-01-01')", "pgdate_part"),
    ("extract(year from date '2020-01-01')", "date_part"),
    ("sysdate", "timestamp"),
    ("getdate()", "timestamp"),
    ("current_date", "date"),
    ("concat('a', 'b')", "concat"),
    ("'a' || 'b'", "?column?"),
    ("nvl(a, 1)", "coalesce"),
    ("decode(a, 1, 'x')", "case"),
    ("listagg(a, ',') within group (order by a)", "listagg"),
    ("ratio_to_report(a) over ()", "ratio_to_report"),
    (
        "last_value(a ignore nulls) over (order by a rows between unbounded preceding and unbounded following)",
        "last_value",
    ),
    ("lag(a) ignore nulls over (order by a)", "lag"),
    ("percentile_cont(0.5) within group (order by a) over ()", "percentile_cont"),
    ("convert(varchar(30), getdate())", "getdate"),
    ("log(100)", "dlog10"),
    ("true", "bool"),
    ("a::varchar", "a"),
    ("try_cast('1' as int)", "int"),
    ("sum(a)", "sum"),
    ("(select max(a) from u)", "?column?"),
    ("array(1, 2)", "array"),
    ("dateadd(day, 1, date '2020-01-01') as d", "d"),
    ("dateadd(day, 1, date '2020-01-01') d", "d"),
]


@pytest.mark.parametrize(("expression", "name"), NAMES, ids=[expression for expression, _ in NAMES])
def test_of_queries_of_qualify_and_of_tables(db: Database, expression: str, name: str) -> None:
    query = f"select {expression} from u"
    db.run("drop table if exists u, made; create table u as select 1 as a")
    db.run(f"create table made as {query}")
    if "over" not in expression and "sum" not in expression and "listagg" not in expression:
        db.run(f"drop table made; create table made as {query} t qualify row_number() over (order by a) = 1")
    assert db.column("select attname from pg_attribute where attrelid = 'made'::regclass and attnum > 0") == [
        name
    ]


def test_percentiles_over_windows(db: Database) -> None:
    db.run("create table pw (g int, q int); insert into pw values (1, 10), (1, 20), (1, 40), (2, 5)")
    assert db.run("""
        select g, percentile_cont(0.25) within group (order by q) over (partition by g),
               percentile_disc(0.25) within group (order by q desc) over (partition by g),
               median(q) over (partition by g)
        from pw order by 1 desc limit 2
    """) == [(2, 5, 5, 5), (1, 15, 40, 20)]
