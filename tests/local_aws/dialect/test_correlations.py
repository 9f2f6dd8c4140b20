"""Subqueries that Redshift's guide lists as not supported, beside their like that it runs."""

import pytest

from local_aws.dialect import DialectError
from tests.local_aws.dialect.database import Database

TABLES = """
create table venues (v int, city varchar(9));
create table shows (s int, v int, seats int);
create table tickets (t int, s int, v int, price int);
insert into venues values (1, 'a'), (2, 'b');
insert into shows values (1, 1, 10), (2, 2, 20);
insert into tickets values (1, 1, 1, 5), (2, 2, 2, 7)
"""
REFUSED = [
    # A block is skipped.
    """select v from venues where not exists (select * from shows where not exists
       (select * from tickets where venues.v = tickets.v))""",
    "select 1 from venues a where exists (select 1 from (select * from tickets b where b.v = A.v) c)",
    # In the ON of an outer join.
    """select * from venues left join shows on venues.v = shows.v and s =
       (select max(s) from tickets where tickets.s = shows.s)""",
    "select * from venues a full outer join shows b on coalesce((select max(t) from tickets c where c.s = b.s), 1) = 1",
    # With a window function.
    "select s from shows a where seats not in (select sum(price) over () from tickets b where a.s = b.s)",
    # What is grouped by.
    "select s, (select count(*) from tickets b where b.s = a.s) as n from shows a group by n, a.s",
    "select s, case when exists (select 1 from tickets b where b.s = a.s) then 1 end from shows a group by 1, 2",
    # An aggregate of groups, in a list.
    "select * from shows a where s in (select sum(price) from tickets b where a.seats > 4 group by b.t)",
]
RUN = [
    (
        "select v from venues a where not exists (select 1 from tickets b where b.v = a.v and b.price > 5)",
        [(1,)],
    ),
    (
        """select v from venues where exists (select * from shows where shows.v = venues.v and exists
           (select * from tickets where tickets.s = shows.s and price = 7))""",
        [(2,)],
    ),
    (
        """select count(*) from venues join shows on venues.v = shows.v and s =
           (select max(s) from tickets where tickets.s = shows.s)""",
        [(2,)],
    ),
    (
        "select count(*) from venues a left join shows b on a.v = b.v and s = (select max(s) from tickets c)",
        [(2,)],
    ),
    (
        "select s, (select count(*) from tickets b where b.s = a.s) as n from shows a group by 1 order by 1",
        [(1, 1), (2, 1)],
    ),
    (
        "select s from shows a where s in (select max(b.s) from tickets b where a.seats > 4 group by b.t) order by 1",
        [(1,), (2,)],
    ),
    ("select count(*) from shows a where s in (select sum(b.s) from tickets b group by b.t)", [(2,)]),
    ("select max(n) from (select sum(price) over () as n from tickets) a", [(12,)]),
    (
        "with recursive r(n) as (select 1 union all select r.n + 1 from r where r.n < 3) select max(n) from r",
        [(3,)],
    ),
    ("with recursive r as (select 1 as n union select 2) select max(n) from r", [(2,)]),
]


def test_some_are_refused_and_others_run(db: Database) -> None:
    db.run(TABLES)
    for sql in REFUSED:
        with pytest.raises(DialectError, match=r"^This type of correlated subquery pattern is not supported"):
            db.run(sql)
    assert {sql: db.run(sql) for sql, _ in RUN} == dict(RUN)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        (
            "with recursive r as (select 1 as n union all select n + 1 from r) select * from r",
            "without a list of columns",
        ),
        ("with recursive r(n) as (select 1 union select n + 1 from r) select * from r", "without UNION ALL"),
        (
            "with recursive r(n) as (select 1 union all select n + 1 from r order by 1) select * from r",
            "ORDER BY and LIMIT",
        ),
        (
            "select 1 from (with recursive r(n) as (select 1 union all select n + 1 from r) select * from r) t",
            "WITH RECURSIVE in a subquery",
        ),
    ],
)
def test_recursive_queries_have_one_form(db: Database, sql: str, what: str) -> None:
    with pytest.raises(DialectError, match=f"{what}.*, and neither does Redshift"):
        db.run(sql)
