"""The type VARBYTE: bytes that are shown in hexadecimal."""

import pytest

from tests.local_aws.transfer_bucket import Bucket, finished
from tests.statements import Statements


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'abc'::varbyte", "616263"),
        ("5::smallint::varbyte", "0005"),
        ("5::bigint::varbyte", "0000000000000005"),
        ("cast('abcdef' as varbyte(3))", "616263"),
        ("'aa'::char(4)::varbyte", "61612020"),
        ("'é'::varchar::varbyte::varchar", "é"),
        ("to_hex('abc'::varbyte)", "616263"),
        ("len('aé'::varbyte)", 3),
        ("substring('abc'::varbyte, -3)", "616263"),
        ("substring('abc'::varbyte, 2, 10)", "6263"),
        ("concat('abc'::varbyte, 'def'::varbyte)", "616263646566"),
        ("concat('ab', 5.50)", "ab5.50"),
        ("concat(1, date '2020-01-01')", "12020-01-01"),
        (
            "getbit(from_hex('4d01'), 0) * 100 + getbit(from_hex('4d01'), 1) * 10 + getbit(from_hex('4d01'), 8)",
            101,
        ),
        ("from_varbyte(from_hex('4d'), 'binary')", "01001101"),
        ("from_varbyte('ab', 'base64')", "YWI="),
        ("to_varbyte('0100110100000001', 'binary')", "4d01"),
        ("'a'::varbyte < 'b'::varbyte", True),
    ],
)
def test_expressions(statements: Statements, expression: str, expected: object) -> None:
    assert statements.rows(f"select {expression}") == [[expected]]


def test_columns_are_loaded_shown_and_unloaded(bucket: Bucket) -> None:
    statements = bucket.statements
    finished(statements.run("create table t (a int, v varbyte(4))"))
    bucket.put({"in": "1,ff00\n2,\n"})
    finished(bucket.copy("csv"), 2)
    finished(statements.run("insert into t values (3, 'ab')"))
    done = statements.run("select v from t order by a")
    result = statements.api.get_statement_result(Id=done["Id"])
    assert result["ColumnMetadata"][0]["typeName"] == "varbyte"
    assert result["Records"] == [[{"stringValue": "ff00"}], [{"isNull": True}], [{"stringValue": "6162"}]]
    finished(bucket.unload("select v from t order by a", "csv"))
    assert bucket.get("out/0000_part_00") == b"ff00\n\n6162\n"
    assert (
        "value too long for type binary varying(4)"
        in statements.run("insert into t values (4, 'abcde')")["Error"]
    )
