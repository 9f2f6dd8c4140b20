"""What holds for every SQL: nothing that rules may not touch is touched, and rewriting is stable."""

import contextlib
import os
import random
import re
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local_aws.dialect import Answer, DialectError, questions_before, resolve, rewrite, rewrite_dynamic, split
from local_aws.dialect.lexing.tokens import NAME, STRING, Tokens
from local_aws.dialect.names import resolving
from local_aws.dialect.names.asking import Asking

WORDS = """select from where create table temp procedure as begin end exception when others then raise if loop for
execute commit truncate call declare distkey sortkey encode zstd primary key references identity varchar decimal
(18,0) ( ) , ; . :: := = + #t "Q q" 'lit' 'e\\\\n' 'it''s' $$ $body$ 1 2.5 a b t sysdate nvl nvl2 decode dateadd
datediff day top qualify minus over listagg within group order by ignore nulls last_value approximate count distinct
insert into update set delete merge using alter column add drop constraint like language plpgsql sql nonatomic or
replace convert concat ratio_to_report analyze vacuum unload copy grant to public case else union all lock with
-- /* */ /*c*/ interval cast out inout view materialized diststyle key all backup no while return start transaction
continue_handler exit_handler * + pivot unpivot for in exclude (+) group having all [ ] at unnest x.y x.y.z ts.k
connect prior level filter lateral values window rows with recursive within extract true array lag fetch first
""".split()  # noqa: SIM905

plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
soup = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
anything = st.one_of(plain_text, soup)
# `make fuzz` asks for many, and for others each time.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
stable = settings(derandomize=True, deadline=None, max_examples=250)  # one nonsense in ten thousand is not
common = settings(derandomize=not EXAMPLES, deadline=None, max_examples=EXAMPLES or 250)


@common
@given(anything, st.sampled_from([rewrite, rewrite_dynamic]))
def test_rewriting_ends_without_crashing(sql: str, rewriting: Callable[[str], str]) -> None:
    with contextlib.suppress(DialectError):
        assert rewriting(rewriting(sql)) is not None


@stable
@given(anything, st.sampled_from([rewrite, rewrite_dynamic]))
def test_rewriting_again_changes_nothing(sql: str, rewriting: Callable[[str], str]) -> None:
    try:
        once = rewriting(sql)
    except DialectError:
        return
    assert rewriting(once) == once


def drive(asking: Asking[str], answers: Iterator[Answer]) -> str:
    try:
        next(asking)
        while True:
            asking.send(next(answers))
    except StopIteration as done:
        return str(done.value)


def nonsense(seed: int) -> Iterator[Answer]:
    """Return what PostgreSQL might say."""
    chance = random.Random(seed)
    while True:
        state = chance.choice(["", "42703", "42P01", "42601", "42883", "0A000"])
        columns = ["a", "b", 'c "d"'][: chance.randrange(4)]
        yield Answer(() if state else tuple(columns), state, "no", chance.randrange(120) if state else 0)


@common
@given(anything, st.integers(0, 9))
def test_whatever_postgresql_says_of_names_the_asking_ends(sql: str, seed: int) -> None:
    with contextlib.suppress(DialectError):
        assert drive(resolve(sql, thorough=True), nonsense(seed)) is not None


def outcome(asking: Asking[str], seed: int) -> str:
    try:
        return drive(asking, nonsense(seed))
    except DialectError as error:
        return f"refused: {error}"


@common
@given(anything, st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_what_is_remembered_of_names_is_what_is_worked_out(sql: str, seeds: list[int]) -> None:
    for seed in [*seeds, *seeds]:
        worked_out = outcome(resolving.resolve(sql, thorough=True), seed)
        assert outcome(resolve(sql, thorough=True), seed) == worked_out


@common
@given(anything, st.integers(0, 9))
def test_the_questions_that_are_expected_are_those_of_the_last_time(sql: str, seed: int) -> None:
    asked: list[str] = []
    answers = nonsense(seed)
    asking = resolve(sql, thorough=True)
    with contextlib.suppress(DialectError):
        try:
            query = next(asking)
            while True:
                asked.append(query)
                query = asking.send(next(answers))
        except StopIteration:
            assert [*questions_before(sql, thorough=True)] == asked


@common
@given(anything)
def test_the_lexer_loses_nothing(sql: str) -> None:
    assert Tokens(sql).render() == sql
    assert all(statement in sql for statement in split(sql))


@common
@given(st.lists(st.sampled_from(["'a b'", '"Top 1"', "'sysdate'", '"nvl("', "'#x'", "'--'"]), max_size=6))
def test_literals_come_out_as_they_went_in_and_quoted_names_in_lower_case(pieces: list[str]) -> None:
    sql = f"select nvl({', '.join(['1', *pieces])}), decode(1, 2, 3) from #t -- sysdate\n/* nvl(1) */ where a = sysdate"
    result = rewrite(sql)
    inside = [
        text for text, low in zip(*_texts(result), strict=True) if low in (NAME, STRING) and text != '"#t"'
    ]
    assert inside == [piece.lower() if piece[0] == '"' else piece for piece in pieces]
    assert "-- sysdate\n/* nvl(1) */" in result


@common
@given(st.text(st.sampled_from("ab'\\\n0 "), max_size=12))
def test_a_literal_keeps_its_value(text: str) -> None:
    assume(not re.search(r"\\[0-7]", text))
    literal = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    rewritten = rewrite(f"select {literal}")
    expected = literal if "\\" not in literal else "E" + literal
    assert rewritten == f"select {expected}"


PLAIN = """
with a as (select x, count(*) as n from s.t as t join u using (k) where t.y between 1 and 2
group by x having count(*) > 1)
select distinct a.x, sum(n) over (partition by x order by n rows between 1 preceding and current row),
       case when n > 1 then 'one' else null end, cast(n as varchar(10)), n::bigint, coalesce(x, 0), to_char(d, 'YYYY')
from a left join b on a.x = b.x and b.top > 1 where b.minus is not null order by 1 desc limit 10 offset 5;
insert into t (a, b) values (1, 'two'), ($1, :three); update t set a = 1 from s where t.k = s.k; delete from t;
create table t (a int not null default 0, b varchar(20), c numeric(10, 2)); drop table if exists t cascade;
create temporary table u as select 1 as decimal; grant select on t to u; set search_path to x, public; commit;
"""


@common
@given(
    st.lists(st.sampled_from(split(PLAIN)), max_size=5),
    st.sampled_from(["", " ", "\n-- nvl\n", "/* top 1 */"]),
)
def test_sql_without_a_redshift_construct_is_unchanged_to_the_byte(
    statements: list[str], between: str
) -> None:
    sql = f";{between}".join(statements)
    assert rewrite(sql) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "/*" * 20000,
        "'" * 20001,
        "$$" * 20001,
        "(" * 20000,
        "$a$ $b$" * 5000,
        "-- x\n" * 20000,
        "case " * 9000,
        "#a " * 9000,
        "select 1 as decimal; " * 5000,
        "1 as decimal, " * 7000,
        "nvl(listagg(" * 4000,
        "top 1 minus qualify " * 4000,
        "ignore nulls) over (" * 4000,
        "a[" * 9000,
        "a[0]." * 9000,
        "select dateadd(day, " * 4000,
        "(select " * 5000,
        "select " + "dateadd(day, 1, x), " * 3000,
        "with a as (" * 4000,
        "select 1 as a, " * 3000,
        "connect by prior a = b " * 3000,
        "from a, b at c " * 3000,
    ],
    ids=lambda sql: sql[:8].strip(),
)
def test_hostile_input_takes_linear_time(sql: str) -> None:
    start = time.process_time()
    with contextlib.suppress(DialectError):
        assert rewrite(sql) is not None
    assert time.process_time() - start < 2


def test_hundreds_of_nested_blocks_are_refused() -> None:
    sql = f"create procedure p() as $$ {'begin ' * 2000} {'end; ' * 2000} $$ language plpgsql"
    with pytest.raises(DialectError, match="nested"):
        rewrite(sql)
    with pytest.raises(DialectError, match="nested"):
        drive(resolve(sql), nonsense(0))


def _texts(sql: str) -> tuple[list[str], list[str]]:
    tokens = Tokens(sql)
    return tokens.text, tokens.low
