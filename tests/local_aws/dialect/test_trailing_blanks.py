"""VARCHAR is compared without its trailing blanks, and keeps them."""

import pytest

from tests.local_aws.dialect.database import Database


@pytest.fixture(scope="module")
def blanks(db: Database) -> Database:
    db.run("""
        create table blanks (v varchar(9), n int);
        insert into blanks values ('a', 1), ('a ', 2), ('a  ', 3), (' a', 4), ('b', 5)
    """)
    return db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select n from blanks where v = 'a'", [1, 2, 3]),
        ("select n from blanks where v <> 'a '", [4, 5]),
        ("select n from blanks where v in ('b  ', 'a')", [1, 2, 3, 5]),
        ("select n from blanks where v not in (select 'a '::varchar)", [4, 5]),
        ("select n from blanks where v > 'a' and v <= 'b  '", [5]),
        ("select n from blanks where v between 'a  ' and 'a'", [1, 2, 3]),
        ("select count(*) from blanks a join blanks b on a.v = b.v", [11]),
        ("select count(*) from blanks group by v", [1, 1, 3]),
        ("select count(distinct v) from blanks", [3]),
        ("select count(*) from (select distinct v from blanks) t", [3]),
        ("select count(*) from (select v from blanks union select 'a   ') t", [3]),
        ("select count(*) from (select v from blanks except select 'a   ') t", [2]),
        ("select max(r) from (select rank() over (order by v) as r from blanks) t", [5]),
        ("select case v when 'a' then 1 else 0 end from blanks where n = 2", [1]),
        ("select decode(v, 'a', 1, 0) from blanks where n = 2", [1]),
        ("select n from blanks where nullif(v, 'a') is null", [1, 2, 3]),
        # What is not a comparison sees them.
        ("select len(v) from blanks where n < 4", [1, 2, 3]),
        ("select n from blanks where v like 'a'", [1]),
        ("select len(v || 'x') from blanks where n = 3", [4]),
    ],
)
def test_comparisons(blanks: Database, query: str, expected: list[int]) -> None:
    assert sorted(str(value) for value in blanks.column(query)) == [str(value) for value in expected]


@pytest.mark.parametrize(
    "setting", ["enable_hashjoin", "enable_mergejoin", "enable_nestloop", "enable_hashagg"]
)
def test_however_the_engine_joins_and_groups(blanks: Database, setting: str) -> None:
    blanks.connection.execute(f"set {setting} to off".encode())
    try:
        assert blanks.column("select count(*) from blanks a join blanks b on a.v = b.v") == [11]
        assert len(blanks.column("select v from blanks group by v")) == 3
    finally:
        blanks.connection.execute(f"reset {setting}".encode())


def test_keys_of_merge(blanks: Database) -> None:
    blanks.run("""
        create table merged (v varchar(9), n int);
        insert into merged values ('x ', 1);
        merge into merged using (select 'x' as v, 2 as n) s on merged.v = s.v
            when matched then update set n = s.n when not matched then insert values (s.v, s.n)
    """)
    assert blanks.run("select v, n from merged") == [("x ", 2)]


def test_indexes_know_of_it(blanks: Database) -> None:
    blanks.connection.execute(b"create index on blanks (v)")
    blanks.connection.execute(b"set enable_seqscan to off")
    assert sorted(blanks.column("select n from blanks where v = 'a   '")) == [1, 2, 3]  # type: ignore[type-var]
    blanks.connection.execute(b"reset enable_seqscan")
