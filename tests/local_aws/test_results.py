"""GetStatementResult and GetStatementResultV2: values, columns, pages, limits."""

import csv
import io
from typing import Any

import pytest

from local_aws.data_api.results.rendering import csv_text
from tests.statements import Statements

pytestmark = pytest.mark.one_database

TYPED = """
select 1::smallint as i2, 2::int as i4, 3::bigint as i8, 1.5::float4 as f4, 2.5::float8 as f8, 'NaN'::float8 as nan,
    true as b, 1.50::numeric(6,2) as d, 'ab'::varchar(9) as v, 'c'::char(3) as c, date '2026-11-23' as day,
    timestamp '2026-11-23 01:02:03.5' as ts, timestamptz '2026-11-23 01:02:03+00' as tz, null::int as nothing
"""


def test_values_are_members_of_the_field_union(statements: Statements) -> None:
    done = statements.run(TYPED)
    assert done["Status"] == "FINISHED", done["Error"]
    [row] = statements.api.get_statement_result(Id=done["Id"])["Records"]
    assert row == [
        {"longValue": 1},
        {"longValue": 2},
        {"longValue": 3},
        {"doubleValue": 1.5},
        {"doubleValue": 2.5},
        {"doubleValue": "NaN"},
        {"booleanValue": True},
        {"stringValue": "1.50"},
        {"stringValue": "ab"},
        {"stringValue": "c  "},
        {"stringValue": "2026-11-23"},
        {"stringValue": "2026-11-23 01:02:03.5"},
        {"stringValue": "2026-11-23 01:02:03+00"},
        {"isNull": True},
    ]


def test_columns_are_described_as_redshift_does(statements: Statements) -> None:
    done = statements.run(TYPED)
    columns = statements.api.get_statement_result(Id=done["Id"])["ColumnMetadata"]
    names = [
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "float8",
        "bool",
        "numeric",
        "varchar",
        "bpchar",
        "date",
        "timestamp",
        "timestamptz",
        "int4",
    ]
    assert [column["typeName"] for column in columns] == names
    by_name = {column["name"]: column for column in columns}
    assert (by_name["d"]["precision"], by_name["d"]["scale"], by_name["d"]["isSigned"]) == (6, 2, True)
    assert (by_name["v"]["precision"], by_name["v"]["isCaseSensitive"]) == (9, True)
    assert (by_name["i8"]["precision"], by_name["i8"]["tableName"]) == (19, "")


def test_columns_know_their_table(statements: Statements) -> None:
    statements.run("create schema s")
    statements.run("create table s.t (n int not null, w varchar(5))")
    done = statements.run("select n as label, w, n + 1 from s.t")
    first, second, third = statements.api.get_statement_result(Id=done["Id"])["ColumnMetadata"]
    assert (first["schemaName"], first["tableName"], first["nullable"], first["label"]) == (
        "s",
        "t",
        0,
        "label",
    )
    assert second["nullable"] == 1
    assert (third["schemaName"], third["tableName"]) == ("", "")


def test_an_empty_result_is_a_result(statements: Statements) -> None:
    done = statements.run("select 1 as n where false")
    assert (done["HasResultSet"], done["ResultRows"]) == (True, 0)
    result = statements.api.get_statement_result(Id=done["Id"])
    assert (result["Records"], result["TotalNumRows"], result["ColumnMetadata"][0]["name"]) == ([], 0, "n")


def test_results_come_in_pages(statements: Statements) -> None:
    done = statements.run("select generate_series(1, 2500) as n")
    first = statements.api.get_statement_result(Id=done["Id"])
    assert (len(first["Records"]), first["TotalNumRows"]) == (1000, 2500)
    numbers = [row[0]["longValue"] for row in statements.pages(done["Id"], "Records")]
    assert numbers == list(range(1, 2501))


def test_a_foreign_token_is_refused(statements: Statements) -> None:
    done = statements.run("select generate_series(1, 1500) as n")
    token = statements.api.get_statement_result(Id=done["Id"])["NextToken"]
    other = statements.run("select generate_series(1, 1500) as n")
    for bad in (token, "nonsense"):
        with pytest.raises(statements.api.exceptions.ValidationException, match="NextToken"):
            statements.api.get_statement_result(Id=other["Id"], NextToken=bad)


def csv_rows(statements: Statements, statement_id: str) -> list[list[str]]:
    """Return the lines of every CSV page."""
    text = ""
    request: dict[str, Any] = {"Id": statement_id}
    while True:
        page = statements.api.get_statement_result_v2(**request)
        assert page["ResultFormat"] == "CSV"
        text += "".join(record["CSVRecords"] for record in page["Records"])
        if "NextToken" not in page:
            return list(csv.reader(io.StringIO(text)))
        request["NextToken"] = page["NextToken"]


def test_csv_has_a_header_and_survives_a_csv_reader(statements: Statements) -> None:
    sql = """
        select 1 as n, 'a,b' as comma, 'say "hi"' as quote, e'two\\nlines' as lines,
            null as nothing, '' as empty, true as b
    """
    done = statements.run(sql, ResultFormat="CSV")
    assert done["Status"] == "FINISHED", done["Error"]
    assert csv_rows(statements, done["Id"]) == [
        ["n", "comma", "quote", "lines", "nothing", "empty", "b"],
        ["1", "a,b", 'say "hi"', "two\nlines", "", "", "true"],
    ]


def test_csv_chunks_are_of_a_megabyte_and_have_one_header(statements: Statements) -> None:
    done = statements.run("select generate_series(1, 2500) as n", ResultFormat="CSV")
    assert "NextToken" not in statements.api.get_statement_result_v2(Id=done["Id"])
    assert csv_rows(statements, done["Id"]) == [["n"], *([str(n)] for n in range(1, 2501))]
    done = statements.run("select repeat('é', 500) as w from generate_series(1, 2500)", ResultFormat="CSV")
    first = statements.api.get_statement_result_v2(Id=done["Id"])
    [record] = first["Records"]
    assert 1024 * 1024 - 1002 < len(record["CSVRecords"].encode()) <= 1024 * 1024
    assert record["CSVRecords"].startswith("w\r\né")
    assert record["CSVRecords"].endswith("é\r\n")
    assert csv_rows(statements, done["Id"]) == [["w"], *[["é" * 500]] * 2500]


def test_each_format_has_its_own_operation(statements: Statements) -> None:
    as_csv, as_json = statements.run("select 1", ResultFormat="CSV"), statements.run("select 1")
    with pytest.raises(statements.api.exceptions.ValidationException, match="GetStatementResultV2"):
        statements.api.get_statement_result(Id=as_csv["Id"])
    with pytest.raises(statements.api.exceptions.ValidationException, match="use GetStatementResult"):
        statements.api.get_statement_result_v2(Id=as_json["Id"])


def test_a_row_beyond_64_kb_fails_the_statement(statements: Statements) -> None:
    done = statements.run("select repeat('x', 40000), repeat('y', 40000)")
    assert (done["Status"], done["HasResultSet"]) == ("FAILED", False)
    assert "Row size" in done["Error"]


def test_a_failed_statement_has_no_result(statements: Statements) -> None:
    done = statements.run("select 1 / n from (values (1), (0)) v(n)")
    assert done["Status"] == "FAILED"
    with pytest.raises(statements.api.exceptions.ResourceNotFoundException):
        statements.api.get_statement_result(Id=done["Id"])


@pytest.mark.parametrize(("text", "field"), [(b"a", "a"), (b"", '""'), (b'"', '""""'), (b"a\rb", '"a\rb"')])
def test_csv_quoting(text: bytes, field: str) -> None:
    assert csv_text(text) == field


@pytest.mark.parametrize("mode", ["TRANSACTION", "AUTO_COMMIT"])
def test_a_result_that_is_too_large_leaves_a_sound_connection(statements: Statements, mode: str) -> None:
    done = statements.batch(
        "create table t (n int)",
        "select repeat('x', 70000) from generate_series(1, 5000)",
        "select 1",
        ExecutionMode=mode,
    )
    assert [part["Status"] for part in done["SubStatements"]][1] == "FAILED"
    assert "Row size" in done["Error"]
    assert statements.run("select * from t")["Status"] == ("FAILED" if mode == "TRANSACTION" else "FINISHED")


def test_super_is_shown_as_json(statements: Statements) -> None:
    sql = "select json_parse('{\"b\" : [1.50, \"é\"]}') as o, 'x'::super as s, null::super as n"
    result = statements.api.get_statement_result(Id=statements.run(sql)["Id"])
    assert [column["typeName"] for column in result["ColumnMetadata"]] == ["super"] * 3
    assert result["Records"] == [
        [{"stringValue": '{"b":[1.50,"é"]}'}, {"stringValue": '"x"'}, {"isNull": True}]
    ]


def test_the_name_of_a_table_is_a_text(statements: Statements) -> None:
    assert statements.rows("select 'pg_catalog.pg_class'::regclass") == [["pg_class"]]


@pytest.mark.parametrize(
    "sql",
    [
        "cast(1 as decimal(38,20)) * cast(10 as decimal(38,20))",
        "sum(n) from (select 99999999999999999999999999999999999999 as n union all select 1)",
    ],
)
def test_decimals_of_more_than_38_digits_are_an_error(statements: Statements, sql: str) -> None:
    done = statements.run(f"select {sql}")
    assert (done["Status"], done["Error"]) == ("FAILED", "ERROR: 128 bit numeric data overflow")
    assert statements.rows("select -0.12345678901234567890123456789012345678") == [
        ["-0.12345678901234567890123456789012345678"]
    ]
