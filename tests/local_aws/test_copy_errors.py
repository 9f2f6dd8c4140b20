"""Lines that COPY cannot load: MAXERROR and stl_load_errors."""

import pytest

from tests.local_aws.transfer_bucket import Bucket, finished

BAD_LINES = [
    ("a int", "csv", "1\nx2\n", "a", "int4", 1207, "Invalid digit"),
    ("a decimal(4, 1)", "csv", "1\n12x.34\n", "a", "numeric", 1207, "Invalid digit"),
    ("a date", "csv", "2020-01-01\n2020-13-01\n", "a", "date", 1205, "Invalid Date Format"),
    (
        "a date",
        "csv dateformat 'DD.MM.YYYY'",
        "01.01.2020\n2020-01-01\n",
        "a",
        "date",
        1205,
        "Invalid Date Format",
    ),
    ("a timestamp", "csv", "2020-01-01\nnow-ish\n", "a", "timestamp", 1206, "Invalid timestamp"),
    ("a varchar(3)", "csv", "abc\nabcd\n", "a", "varchar", 1204, "String length exceeds DDL length"),
    ("a varchar(3)", "csv", "abc\nééé\n", "a", "varchar", 1204, "String length exceeds DDL length"),
    ("a char(3)", "csv", "abc\né\n", "a", "char", 1220, "Multibyte character not supported for CHAR"),
    ("a varchar(9)", "csv", b"abc\nx\xffy\n", "a", "varchar", 1220, "Bad UTF-8 hex sequence: ff"),
    ("a int", "csv", b"1\nx\0y\n", "a", "int4", 1211, "NUL character"),
    ("a date", "csv dateformat 'DD.MM.YYYY'", b"01.01.2020\nx\xff\0y\n", "a", "date", 1205, "Invalid Date"),
    ("a int not null", "csv", '1\n""\n', "a", "int4", 1213, "Missing data for not-null field"),
    ("a int, b int", "csv", "1,2\n1\n", "", "", 1201, "Delimiter not found"),
    ("a int, b int", "", "1|2\n1|2|3\n", "", "", 1202, "Extra column(s) found"),
]


@pytest.mark.parametrize(("columns", "options", "content", "name", "kind", "code", "reason"), BAD_LINES)
def test_load_errors(
    bucket: Bucket,
    columns: str,
    options: str,
    content: str | bytes,
    name: str,
    kind: str,
    code: int,
    reason: str,
) -> None:
    bucket.statements.run(f"create table t ({columns})")
    bucket.put({"in": content})
    failed = bucket.copy(options)
    assert (failed["Status"], failed["Error"]) == (
        "FAILED",
        "ERROR: Load into table 't' failed.  Check 'stl_load_errors' system table for details.",
    )
    [row] = bucket.statements.rows(
        "select query, filename, line_number, colname, type, err_code, err_reason from stl_load_errors"
    )
    assert row[:-1] == [failed["RedshiftQueryId"], f"s3://{bucket.name}/in", 2, name, kind, code]
    assert reason in row[-1]
    assert bucket.statements.rows("select count(*) from t") == [[0]]
    finished(bucket.copy(f"{options} maxerror 2"), 1)


def test_maxerror_counts_all_kinds_and_files(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int, b varchar(3))")
    bucket.put({"in/1": "h,h\n1,a\nx,b\n2\n3,c\n", "in/2": "h,h\n4,toolong\n5,d\n"})
    finished(bucket.copy("csv ignoreheader 1 maxerror 4", "in/"), 3)
    found = bucket.statements.rows(
        "select right(filename, 4), line_number, err_code, raw_field_value, raw_line from stl_load_errors"
        " order by 1, 2"
    )
    assert found == [
        ["in/1", 3, 1207, "x", "x,b"],
        ["in/1", 4, 1201, "", "2"],
        ["in/2", 2, 1204, "toolong", "4,toolong"],
    ]
    detail = "select right(file_name, 4), line_number, error_code from sys_load_error_detail order by 1, 2"
    assert bucket.statements.rows(detail) == [row[:3] for row in found]
    assert bucket.copy("csv ignoreheader 1 maxerror 3", "in/")["Status"] == "FAILED"
    assert bucket.statements.rows("select count(*) from t") == [[3]]


def test_a_failed_copy_leaves_its_id_unless_it_was_in_a_transaction(bucket: Bucket) -> None:
    bucket.statements.run("create table t (a int)")
    bucket.put({"in": "1\nx\n"})
    copy = f"copy t from 's3://{bucket.name}/in' iam_role default csv"
    look = "select err_reason from stl_load_errors where query = pg_last_copy_id()"
    alone = bucket.statements.batch(copy, look, ExecutionMode="AUTO_COMMIT")
    assert [part["Status"] for part in alone["SubStatements"]] == ["FAILED", "FINISHED"]
    assert alone["SubStatements"][1]["ResultRows"] == 1
    inside = bucket.statements.batch("begin", copy, "rollback", look, ExecutionMode="AUTO_COMMIT")
    assert inside["SubStatements"][1]["Status"] == "FAILED"
    assert inside["SubStatements"][3]["ResultRows"] == 0
