"""Decimals are divided with the scale that follows from their precisions, as the guide has it."""

from typing import Any

import pytest

from tests.local_aws.transfer_bucket import Bucket, finished
from tests.statements import Statements


@pytest.fixture
def divided(statements: Statements) -> Statements:
    statements.run("create table td (a decimal(8,2), b decimal(8,2), i int, v varchar(9))")
    statements.run("insert into td values (10.00, 11.00, 3, 'a/b')")
    return statements


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select a / b from td", "0.909090909"),
        ("select 10.00/3.00", "3.3333"),
        ("select 2.00 / 3", "0.6666666666666"),
        ("select -a / i from td", "-3.3333333333333"),
        ("select a / b / i from td", "0.30303030300000000000"),
        ("select b * a / (i + 0.5) * 2 from td", "62.8571428571428570"),
        ("select sum(a) / count(*) from td", "10.0000"),
        ("select sum(a) over () / i from td", "3.3333"),
        ("select max(a) / 3 from td group by b", "3.3333333333333"),
        ("select a::decimal(10,4) / cast(b as decimal(6,1)) from td", "0.9090909090"),
        ("select (a + b) / nullif(i, 0) from td", "7.0000000000000"),
        ("select case when i > 0 then a / i else 0 end from td", "3.3333333333333"),
        ("select case when i > 0 then a end / coalesce(b, 1.0) from td", "0.909090909"),
        ("select x / y from (select a as x, b as y from td group by a, b) t", "0.909090909"),
        ("with c as (select a from td) select a / (select max(b) from td) from c", "0.909090909"),
        (
            "select a / t.b /* a/b */ from td t join (select a from td) u using (a) where v = 'a/b'",
            "0.909090909",
        ),
        ("select round(a / b, 2) from td", "0.91"),
        ("select 7 / 2 from td", 3),
        ("select 200000000.00 / 3.00", "66666666.6666"),
        ("select 200000000.00 / (a / a) / 1.234567::decimal(8,6) from td", "162000118.26008632986302"),
    ],
)
def test_scales(divided: Statements, query: str, expected: Any) -> None:
    assert divided.rows(query) == [[expected]]


def test_metadata_and_columns_have_the_precision(divided: Statements) -> None:
    done = divided.run("select a / b, a / b as q from td")
    columns = divided.api.get_statement_result(Id=done["Id"])["ColumnMetadata"]
    assert [(c["name"], c["precision"], c["scale"]) for c in columns] == [("?column?", 17, 9), ("q", 17, 9)]
    finished(divided.run("create table made as select a / b as q from td"))
    assert divided.rows("select type from pg_table_def where tablename = 'made'") == [["numeric(17,9)"]]


def test_writers_divide_so_too(divided: Statements) -> None:
    finished(divided.run("create table kept (q decimal(38, 20))"))
    done = divided.batch(
        "insert into kept select a / b from td",
        "update kept set q = q / 10.00 where q = 0.909090909",
        "insert into kept values (:n / 3.0)",
        Parameters=[{"name": "n", "value": "1"}],
    )
    assert done["Status"] == "FINISHED", done["SubStatements"]
    found = divided.rows("select q from kept order by q")
    assert found == [["0.09090909090000000000"], ["0.33333333333333333333"]]


def test_a_statement_in_error_fails_with_its_own_error(divided: Statements) -> None:
    assert divided.run("select nosuch / 3 from td")["Error"].startswith(
        'ERROR: column "nosuch" does not exist'
    )
    done = divided.batch("select 1", "select nosuch / 3 from td")
    assert 'column "nosuch" does not exist' in done["SubStatements"][1]["Error"]


def test_unload(bucket: Bucket) -> None:
    finished(bucket.unload("select 10.00/3.00 as q"))
    assert bucket.get("out/0000_part_00") == b"3.3333\n"
