"""SUPER in queries: steps by dots and brackets, and arrays and objects in FROM."""

from typing import Any

import pytest

from tests.statements import Statements, value

ITEMS = '[{"p": "a", "q": [1, 2]}, {"p": "b", "q": [3]}]'
DOCUMENT = f'{{"name": "bo", "n": 5, "items": {ITEMS}, "addr": {{"city": "rome", "Zip": 12}}}}'


@pytest.fixture
def filled(statements: Statements) -> Statements:
    done = statements.batch(
        "create table so (id int, data super)",
        f'insert into so values (1, json_parse(\'{DOCUMENT}\')), (2, json_parse(\'{{"name": "al", "items": []}}\'))',
        "create table foo as select json_parse('[[1, 2], [3]]') as multi",
    )
    assert done["Status"] == "FINISHED", done.get("Error")
    return statements


QUERIES = [
    ("select id, data.name, so.data.n from so order by 1", [[1, '"bo"', "5"], [2, '"al"', None]]),
    ("select public.so.data.addr.city from so where id = 1", [['"rome"']]),
    ("select data.items[0].p, data.items[1].q[0], data['name'] from so where id = 1", [['"a"', "3", '"bo"']]),
    ("select data.items[7].p, data.n.nothing, data.items[0][1] from so where id = 1", [[None, None, None]]),
    ("select data.addr.zip, data.addr.Zip from so where id = 1", [[None, None]]),
    ("select id from so where data.name = 'bo' and data.n > 4", [[1]]),
    ("select sum(data.n::int) + 1 as m from so", [[6]]),
    ("select json_parse('[1, 2]')[1], split_to_array('a|b', '|')[0]", [["2", '"a"']]),
    (
        "select s.id, i.p, q from so s, s.data.items as i, i.q as q order by 2, 3",
        [[1, '"a"', "1"], [1, '"a"', "2"], [1, '"b"', "3"]],
    ),
    ("select i.p, idx from so s, s.data.items i at idx order by idx", [['"a"', 0], ['"b"', 1]]),
    (
        "select val, attr from so s, unpivot s.data.addr as val at attr order by attr",
        [["12", "Zip"], ['"rome"', "city"]],
    ),
    (
        "select u.item from so s, unnest(s.data.items) with offset as u(item, o) where o = 1",
        [['{"p":"b","q":[3]}']],
    ),
    ("select v from so s, unnest(s.data.items[0].q) as u(v) order by 1", [["1"], ["2"]]),
    (
        "select array, element from foo as f, f.multi as array, array as element where element > 1 order by 2",
        [["[1,2]", "2"], ["[3]", "3"]],
    ),
    (
        "select s.id, count(i) from so s left join s.data.items i on true group by 1 order by 1",
        [[1, 2], [2, 0]],
    ),
    ("select s.id, (select count(*) from s.data.items i) as n from so s order by 1", [[1, 2], [2, 0]]),
    (
        "with j as (select data.items as d from so) select e.p as x, x || '!' from j, j.d as e order by 2",
        [['"a"', "a!"], ['"b"', "b!"]],
    ),
    ("select conkey[1] from pg_constraint where false", []),
]


@pytest.mark.parametrize(("query", "rows"), QUERIES, ids=[query for query, _ in QUERIES])
def test_navigation_and_unnesting(filled: Statements, query: str, rows: list[list[Any]]) -> None:
    assert filled.rows(query) == rows


@pytest.mark.parametrize(
    ("setting", "query"),
    [
        ("enable_case_sensitive_super_attribute", "select data.addr.Zip from so where id = 1"),
        ("enable_case_sensitive_identifier", 'select data.addr."Zip" from so where id = 1'),
    ],
)
def test_attributes_with_capitals(filled: Statements, setting: str, query: str) -> None:
    done = filled.batch(f"set {setting} to true", query, f"reset {setting}", query)
    found = [filled.pages(done["SubStatements"][part]["Id"], "Records")[0][0] for part in (1, 3)]
    assert [value(field) for field in found] == ["12", None]


def test_columns_are_called_by_their_last_step(filled: Statements) -> None:
    done = filled.run("select data.name, data.items[0].q, data.items[1], data.addr.city as c from so")
    result = filled.api.get_statement_result(Id=done["Id"])
    assert [column["name"] for column in result["ColumnMetadata"]] == ["name", "q", "items", "c"]
    assert {column["typeName"] for column in result["ColumnMetadata"]} == {"super"}


def test_in_a_transaction_block(filled: Statements) -> None:
    done = filled.batch(
        "create table t as select data.name::varchar as n from so",
        "insert into t select i.p::varchar from so s, s.data.items i where s.data.n = 5",
    )
    assert done["Status"] == "FINISHED", done.get("Error")
    assert filled.rows("select n from t order by 1") == [["a"], ["al"], ["b"], ["bo"]]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select nope.x from so", 'missing FROM-clause entry for table "nope"'),
        ("select * from so, nope.items i", 'relation "nope.items" does not exist'),
        ("select id.x from so", "missing FROM-clause entry"),
        ("select array[1, 2]", "arrays are not supported"),
        ("select '{1}'::int[]", "arrays are not supported"),
        ("select null::int[3]", "arrays are not supported"),
    ],
)
def test_what_is_no_super(filled: Statements, query: str, words: str) -> None:
    assert words in filled.run(query)["Error"]
