import pytest

from local_aws.dialect import UnsupportedError, rewrite
from tests.local_aws.dialect.database import Database, Rows

QUERIES: list[tuple[str, Rows]] = [
    ("select top 2 id from v order by id desc", [(4,), (3,)]),
    ("select top 1 id from v union all select 9 order by 1", [(1,), (9,)]),
    ("select (select top 1 id from v order by id) + 1", [(2,)]),
    ("select id from v minus select 1 order by 1", [(2,), (3,), (4,)]),
    ("select * from v qualify row_number() over (order by id desc) = 1", [(4, "b")]),
    (
        "select id, g x from v qualify row_number() over (partition by g order by id) = 1 order by x",
        [(1, "a"), (3, "b")],
    ),
    ("select g, count(*) from v group by g qualify rank() over (order by g) = 2", [("b", 2)]),
    (
        "select a.*, b.id from v a join v b on a.id = b.id qualify row_number() over (order by b.id) = 2",
        [(2, "a", 2)],
    ),
    ("select count(*) from (select id from v where id > 1 qualify id % 2 = 0) q", [(2,)]),
    ("with w as (select top 3 id from v order by id) select max(id) from w", [(3,)]),
    ("select id as datetime from v where id = 1", [(1,)]),
    ("select 5 # 3", [(6,)]),
]


@pytest.fixture(scope="module")
def filled(db: Database) -> Database:
    db.run(
        "create table v (id int, g varchar(1)); insert into v values (1, 'a'), (2, 'a'), (3, 'b'), (4, 'b')"
    )
    return db


@pytest.mark.parametrize(("query", "rows"), QUERIES, ids=[query for query, _ in QUERIES])
def test_queries(filled: Database, query: str, rows: Rows) -> None:
    assert filled.run(query) == rows


def test_delete_merge_update_and_lock(db: Database) -> None:
    db.run("""
        create table target (k int, n int); insert into target values (1, 1), (2, 2), (3, 3);
        create temp table feed (k int, n int); insert into feed values (2, 20), (4, 40);
        delete target where k = 1;
        delete from target using feed where target.k = feed.k + 1;
        merge into target using feed on target.k = feed.k
            when matched then update set n = feed.n when not matched then insert (k, n) values (feed.k, feed.n);
        update target set n = target.n + feed.n from feed where target.k = feed.k;
        begin; lock table target; commit;
    """)
    assert db.run("select * from target order by k") == [(2, 40), (4, 80)]


def test_upkeep_and_settings_are_accepted(db: Database) -> None:
    db.run("""
        create table upkeep (a int);
        vacuum full upkeep to 99 percent; vacuum sort only upkeep; vacuum reindex upkeep;
        analyze upkeep predicate columns; analyze verbose upkeep (a);
        set query_group to 'nightly'; set wlm_query_slot_count to 3; set enable_result_cache_for_session to off;
        create view late as select * from public.upkeep with no schema binding;
        create materialized view kept backup no diststyle even sortkey (a) auto refresh yes as select a from upkeep;
        refresh materialized view kept;
        create schema bounded quota 10 gb;
        grant select on upkeep to public; comment on table upkeep is 'x';
    """)
    assert db.run("show query_group") == [("nightly",)]


@pytest.mark.parametrize(
    "sql",
    [
        "copy t from 's3://b/k' iam_role default",
        "unload ('select 1') to 's3://b/k' iam_role default",
        "select checksum(1)",
        "select * from (select 1 as a) pivot (count(*) for a in (1))",  # where nobody can be asked
        "select lag(a, 2) ignore nulls over (order by a) from t",
        "select listagg(distinct a, ',') within group (order by b) from t",
        "select * from a join b using (k) qualify row_number() over (order by k) = 1",
        "analyze compression t",
        "set describe_field_name_in_uppercase to on",
        "create function f() returns int stable as $$ return 1 $$ language plpythonu",
        "grant usage on datashare d to account '1'",
    ],
)
def test_what_cannot_be_imitated_is_refused(sql: str) -> None:
    with pytest.raises(UnsupportedError):
        rewrite(sql)


def test_a_transaction_block_is_marked_for_procedures() -> None:
    assert rewrite("begin") == "begin ISOLATION LEVEL REPEATABLE READ DEFERRABLE"
    assert rewrite("start transaction isolation level serializable;") == (
        "start transaction ISOLATION LEVEL REPEATABLE READ DEFERRABLE;"
    )
    assert rewrite("begin DEFERRABLE") == "begin DEFERRABLE"


def test_what_reads_like_a_refused_query_runs(db: Database) -> None:
    limited = (
        "select a from (select 1 as a union all select 2 order by 1 limit 1) union all select 3 order by 1"
    )
    assert db.column(limited) == [1, 3]
    assert db.run(
        "select xmin, xmax from (select min(a) as xmin, max(a) as xmax from (select 1 as a) t) b"
    ) == [(1, 1)]
    db.run("create table external (row int, only_one int)")
    assert db.run("select row, only_one from external") == []
    db.run("drop table external")
