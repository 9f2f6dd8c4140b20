"""Constructs whose names PostgreSQL is asked for: what the warehouse then answers."""

import pytest
from psycopg import errors

from local_aws.dialect import RedshiftError, UnsupportedError, resolve
from tests.local_aws.dialect.database import Database, Rows


@pytest.fixture(scope="module")
def filled(db: Database) -> Database:
    db.run("""
        create table la (a int, g varchar(5)); insert into la values (1, 'x'), (2, 'x'), (3, 'y');
        create table lb (a int, b int); insert into lb values (1, 100), (2, 200);
        create table sold (id int, who varchar(5), amt int);
        insert into sold values (1, 'p', 10), (2, 'q', 5), (3, null, 7);
        create table who (who varchar(5), city varchar(5));
        insert into who values ('p', 'bern'), ('q', 'rome'), ('z', 'oslo');
    """)
    return db


def test_a_statement_is_resolved_anew_once_its_tables_have_changed(db: Database) -> None:
    db.run("create table changing (a int); insert into changing values (1)")
    query = "select a + 1 as b, b * 2 as c from changing"
    assert db.run(query) == db.run(query) == [(2, 4)]
    db.run("alter table changing add column b int default 100")
    assert db.run(query) == [(2, 200)]
    db.run("drop table changing")


LATERAL: list[tuple[str, Rows]] = [
    ("select a + 1 as b, b * 2 as c, c + b d from la order by 1 limit 1", [(2, 4, 6)]),
    (
        "select a + 1 as b, b * 2 as c from lb order by 1",
        [(2, 200), (3, 400)],
    ),  # the table's column comes first
    ("select a * 10 as z from la where z > 10 order by z", [(20,), (30,)]),
    (
        "select upper(g) as u, sum(a) as s, s * 2 as d from la group by u having s > 2 order by -s, u",
        [("X", 3, 6), ("Y", 3, 6)],
    ),
    ("select a x from la order by x * -1 limit 1", [(3,)]),
    ("select row_number() over (order by a) as rn, rn * 10 as t from la order by 1 limit 1", [(1, 10)]),
    (
        "with c as (select a + 1 as b, b * 2 as q from la) select q + 1 as r, r * 2 as s from c order by 1 limit 1",
        [(5, 10)],
    ),
    ("select x, y from (select a as x, x + 1 as y from la) t where y > 3", [(3, 4)]),
    (
        "select a as x, (select max(b) from lb where lb.a = x) as m from la order by 1",
        [(1, 100), (2, 200), (3, None)],
    ),
    ("select a from la where a in (select count(*) as n from lb having n > 0)", [(2,)]),
    ("select a from la where a in (select lb.a as b from lb where b > 100)", [(2,)]),  # the table's own
    ("select a as x -- one\n, x + 1 as y from la where y = 2", [(1, 2)]),
    (
        "select a as x, x + 1 as y from la where a = 1 union all select 5 as k, k + 1 order by y",
        [(1, 2), (5, 6)],
    ),
    ('select a + 1 as "B x", "B x" * 2 as c from la order by 1 limit 1', [(2, 4)]),
]


@pytest.mark.parametrize(("query", "rows"), LATERAL, ids=[query for query, _ in LATERAL])
def test_lateral_aliases(filled: Database, query: str, rows: Rows) -> None:
    assert filled.run(query) == rows


def test_lateral_aliases_where_rows_go_somewhere(filled: Database) -> None:
    filled.run("""
        create table made as select a + 1 as b, b * 2 as c from la;
        create view late as select a + 1 as b, b * 2 as c from public.la with no schema binding;
        create view seen as select a + 1 as b, b * 2 as c from la;
        insert into made select a + 7 as q, q * 10 as r from la where q = 8;
        update made set c = s.y from (select 8 as x, x + 1 as y) s where b = s.x;
        delete from made where b in (select a as z from la where z = 2);
    """)
    assert filled.run("select b, c from made order by 1") == [(3, 6), (4, 8), (8, 9)]
    assert filled.run("select sum(c) from seen") == filled.run("select sum(c) from late") == [(18,)]
    filled.run("prepare one as select a as x, x + 1 as y from la where y > 3")
    assert filled.run("execute one") == [(3, 4)]


QUALIFY: list[tuple[str, Rows]] = [
    (
        "select g, a, row_number() over (partition by g order by a desc) as rn from la t qualify rn = 1 order by a",
        [("x", 2, 1), ("y", 3, 1)],
    ),
    (
        "select g from la t qualify row_number() over (partition by g order by a) = 1 order by t.a desc limit 1",
        [("y",)],
    ),
    (
        "select sum(a), count(*) from la t group by g qualify rank() over (order by count(*) desc) = 1",
        [(3, 2)],
    ),
    ("select * from la l join lb using (a) qualify row_number() over (order by a) = 1", [(1, "x", 100)]),
    ("select distinct g from la t qualify count(*) over (partition by g) > 1", [("x",)]),
    (
        "select 2 * a from la t qualify rank() over (order by a) = 1 union all select 9 order by 1 desc",
        [(9,), (2,)],
    ),
    (
        "select x.a, y.a from la x, la y where x.a = y.a qualify row_number() over (order by x.a) = 1",
        [(1, 1)],
    ),
    (
        "select top 1 g, a from la t qualify row_number() over (partition by g order by a) = 1 order by a desc",
        [("y", 3)],
    ),
]


@pytest.mark.parametrize(("query", "rows"), QUALIFY, ids=[query for query, _ in QUALIFY])
def test_qualify(filled: Database, query: str, rows: Rows) -> None:
    assert filled.run(query) == rows


OTHERS: list[tuple[str, Rows]] = [
    ("select g, sum(a) from la group by all order by 1", [("x", 3), ("y", 3)]),
    (
        "select upper(g) as u, u || '!' as v, sum(a) as s, s + count(*) from la group by all order by 1 limit 1",
        [("X", "X!", 3, 5)],
    ),
    ("select *, count(*) from la where a = 1 group by all", [(1, "x", 1)]),
    ("select sum(a) from la group by all", [(6,)]),
    ("select * exclude (a) from la where a = 3", [("y",)]),
    ("select * exclude a, g from (select *, 1 as one from la where a = 3) t", [(1,)]),
    ("select l.* exclude (g), b from la l join lb on l.a = lb.a where b = 100", [(1, 100)]),
    (
        "select s.id, city from sold s, who w where s.who = w.who(+) order by 1",
        [(1, "bern"), (2, "rome"), (3, None)],
    ),
    (
        "select s.id, city from sold s, who w where s.who = w.who(+) and city(+) = 'bern' and s.id between 1 and 2"
        " order by 1",
        [(1, "bern"), (2, None)],
    ),
    (
        "select city, sum(amt) as t, t * 2 from who w, sold s where s.who(+) = w.who group by 1 order by 1",
        [("bern", 10, 20), ("oslo", None, None), ("rome", 5, 10)],
    ),
    ("select count(*) from sold s, who w, la where s.who = w.who(+) and s.id = la.a(+)", [(3,)]),
    (
        "select level, count(*) from (select 1 as id, null::int as up union select 2, 1 union select 3, 1) t"
        " start with up is null connect by prior id = up group by 1 order by 1",
        [(1, 1), (2, 2)],
    ),
    ("select count(*) from lb e connect by prior b = e.a start with e.a = 1", [(1,)]),
]


@pytest.mark.parametrize(("query", "rows"), OTHERS, ids=[query for query, _ in OTHERS])
def test_group_by_all_exclude_outer_joins_and_hierarchies(filled: Database, query: str, rows: Rows) -> None:
    assert filled.run(query) == rows


PIVOTS: list[tuple[str, list[str], Rows]] = [
    (
        "select * from (select g, a from la) pivot (sum(a) for g in ('x', 'y' as why, null))",
        ["x", "why", "null"],
        [(3, 3, None)],
    ),
    (
        "select * from la pivot (count(*) as n for g in ('x' as ex, 'y')) order by a",
        ["a", "ex_n", "y_n"],
        [(1, 1, 0), (2, 1, 0), (3, 0, 1)],
    ),
    ("select * from (select b from lb) pivot (max(b) for b in (100, 200))", ["100", "200"], [(100, 200)]),
    (
        "select * from (select 'k' as k, 1 as red, null::int as blue) unpivot (n for colour in (red as r, blue))",
        ["k", "colour", "n"],
        [("k", "r", 1)],
    ),
    (
        "select count(*) as c from (select 1 as red, null::int as blue) t"
        " unpivot include nulls (n for colour in (red, blue)) as u",
        ["c"],
        [(2,)],
    ),
]


@pytest.mark.parametrize(("query", "names", "rows"), PIVOTS, ids=[query for query, *_ in PIVOTS])
def test_pivot_and_unpivot(filled: Database, query: str, names: list[str], rows: Rows) -> None:
    assert filled.run(query) == rows
    filled.run(f"drop table if exists turned; create table turned as {query}")
    assert (
        filled.column(
            "select attname from pg_attribute where attrelid = 'turned'::regclass and attnum > 0 order by attnum"
        )
        == names
    )


@pytest.mark.parametrize(
    "query",
    [
        "select random() as r, r * 2 from la",
        "select a as la, la from la",
        "select a + 1 as x, (select count(*) from lb where lb.a = x) from la",
        "select a as x, g as x, x from la",
        "select a, sum(a) over () from la group by all",
        "select id from sold where 1 in (select a as id from la where id > 1)",
        "select * exclude (a) from la l join lb on l.a = lb.a",
        "select count(*) from sold s, who w where s.who = w.who(+) or s.id = 1",
        "select * from sold s, who w where s.who(+) = w.who",
        "select * from la join lb on la.a = lb.a pivot (count(*) for g in ('x'))",
        "select * from la pivot (count(*) for g in (upper('x')))",
    ],
)
def test_what_is_in_doubt_is_refused(filled: Database, query: str) -> None:
    with pytest.raises(UnsupportedError):
        filled.run(query)


def test_aliases_of_aliases_cannot_grow_without_bound(filled: Database) -> None:
    doubled = ", ".join(f"x{n} || x{n} as x{n + 1}" for n in range(40))
    with pytest.raises(UnsupportedError, match="grow"):
        filled.run(f"select g as x0, {doubled} from la")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select * exclude (nope) from la", 'column "nope" does not exist'),
        ("select * exclude (a) from nowhere", 'relation "nowhere" does not exist'),
    ],
)
def test_errors_of_what_is_asked_are_the_engine_s_own(filled: Database, query: str, words: str) -> None:
    with pytest.raises(RedshiftError, match=words):
        filled.run(query)


@pytest.mark.parametrize(
    "query",
    ["select x, a as x from la", "select b from la", "select a as z from la join sold on z = 1"],
)
def test_what_is_no_alias_there_stays_unknown(filled: Database, query: str) -> None:
    with pytest.raises(errors.UndefinedColumn):
        filled.run(query)


def test_nothing_is_asked_where_nothing_needs_names() -> None:
    for sql in (
        "select a as b, count(*) from la group by a union all select 1, 2",
        "begin",
        "select a + 1 from la",
    ):
        with pytest.raises(StopIteration):
            next(resolve(sql))
    with pytest.raises(StopIteration):
        next(resolve("select a, sum(b) as c from la group by a", thorough=True))


def test_names_in_procedures(filled: Database) -> None:
    filled.run("""
        create table told (v varchar(100));
        create procedure names(p_n int) as $$
        declare v int; w int; r record;
        begin
            create temp table tt as select a, a + p_n as s from la;
            create temp table #t3 (z int, w varchar(10));
            insert into #t3 select s * 2 as z2, z2::varchar as ww from tt where z2 > p_n;
            select s + 1 as m, m * 2 into v, w from tt order by 1 limit 1;
            insert into told values ('v' || v::varchar || ' w' || w::varchar);
            for r in select a as q, q * 2 as qq from tt qualify row_number() over (order by qq desc) = 1 loop
                insert into told values ('r' || r.q || ' ' || r.qq);
            end loop;
            insert into told select z::varchar || w as zz from #t3 where zz like '22%';
            insert into told select * exclude (a) from la where a = p_n - 7;
            update told set v = q.y from (select 'r3 6' as x, x || '!' as y) q where told.v = q.x;
        end $$ language plpgsql;
        call names(10)
    """)
    assert filled.column("select v from told order by 1") == ["2224", "r3 6!", "v12 w24", "y"]
