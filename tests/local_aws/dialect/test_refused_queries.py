"""Queries that PostgreSQL runs and Redshift does not."""

import pytest
from psycopg import errors

from local_aws.dialect import RedshiftError, UnsupportedError, rewrite
from tests.local_aws.dialect.database import Database

FRAME = "require a frame clause"
REDSHIFT = [
    ("select sum(a) over (partition by g order by a) from t", FRAME),
    ("select first_value(a) over (order by a) from t", FRAME),
    ("select last_value(a ignore nulls) over (order by a) from t", FRAME),
    ("select count(*) filter (where a > 1) from t", "syntax error"),
    ("select distinct on (g) g, a from t", "SELECT DISTINCT ON is not supported"),
    ("with w as (select 1 as a) insert into t select a from w", "syntax error"),
    ("with w as (delete from t) select 1", "syntax error"),
    ("with w as materialized (select 1) select 1", "syntax error"),
    ("select * from (values (1), (2)) v", "syntax error"),
    ("select 1 union all values (2)", "syntax error"),
    ("select a from t fetch first 2 rows only", "syntax error"),
    ("select * from t tablesample system (10)", "syntax error"),
    ("select * from generate_series(1, 2) with ordinality", "syntax error"),
]
UNSUPPORTED = [
    "select * from t, lateral (select a * 2 as d) x",
    "select a from t for update",
    "select a from t for share of t",
    "select sum(a) over (order by a range between unbounded preceding and current row) from t",
    "select sum(a) over w from t window w as (partition by g)",
    "select mode() within group (order by a) from t",
    "select 1 intersect all select 1",
]


@pytest.mark.parametrize(("sql", "words"), REDSHIFT, ids=[sql for sql, _ in REDSHIFT])
def test_refused_in_redshift_s_words(sql: str, words: str) -> None:
    with pytest.raises(RedshiftError, match=words):
        rewrite(sql)


@pytest.mark.parametrize("sql", UNSUPPORTED)
def test_refused_by_name(sql: str) -> None:
    with pytest.raises(UnsupportedError, match="neither does Redshift"):
        rewrite(sql)


@pytest.mark.parametrize("call", ["string_agg(g, ',')", "array_agg(g)"])
def test_aggregates_that_are_not_there(db: Database, call: str) -> None:
    with pytest.raises(errors.UndefinedFunction):
        db.run(f"select {call} from (select 'a' as g) t")


@pytest.mark.parametrize(
    "sql",
    [
        "select rank() over (order by a), sum(a) over (partition by g), lag(a) over (order by a) from t",
        "select sum(a) over (order by a rows unbounded preceding) from t",
        "select filter, lateral, window, over from t",
        "insert into t values (1), (2)",
        "insert into t with w as (select 1 as a) select a from w",
        "fetch next from c",
        "select symmetric, json, s.similar from t where b similar to 'a%' and json is not null and not json = 'a'",
        "create table t (template int, i interval year to month, j interval day to second(3))",
        "create view v as select 1 as a with no schema binding",
    ],
)
def test_what_only_looks_like_it_is_let_through(sql: str) -> None:
    assert rewrite(sql)
