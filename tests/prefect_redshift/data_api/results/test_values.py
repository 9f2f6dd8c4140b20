"""Fields of JSON and texts of CSV become the same Python values."""

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from prefect_redshift.data_api.results.columns import Column, unique_names
from prefect_redshift.data_api.results.reading import row_factory
from prefect_redshift.data_api.results.values import field_readers, text_readers
from prefect_redshift.exceptions import ResultError

HALF_PAST = timezone(timedelta(hours=5, minutes=30))
AT = datetime(2026, 2, 28, 1, 2, 3, 500000)
AT_UTC = datetime(2026, 2, 28, 1, 2, 3, tzinfo=UTC)
CASES: list[tuple[str, dict[str, Any], str, Any]] = [
    ("int2", {"longValue": 7}, "7", 7),
    ("int8", {"longValue": -(2**63)}, str(-(2**63)), -(2**63)),
    ("float8", {"doubleValue": 0.1}, "0.1", 0.1),
    ("float8", {"doubleValue": "-Infinity"}, "-Infinity", -math.inf),
    ("numeric", {"stringValue": "12.50"}, "12.50", Decimal("12.50")),
    ("bool", {"booleanValue": False}, "false", False),
    ("date", {"stringValue": "2026-02-28"}, "2026-02-28", date(2026, 2, 28)),
    ("timestamp", {"stringValue": "2026-02-28 01:02:03.5"}, "2026-02-28 01:02:03.5", AT),
    ("timestamptz", {"stringValue": "2026-02-28 01:02:03+00"}, "2026-02-28 01:02:03+00", AT_UTC),
    ("time", {"stringValue": "23:59:59.999999"}, "23:59:59.999999", time(23, 59, 59, 999999)),
    ("timetz", {"stringValue": "01:02:03+05:30"}, "01:02:03+05:30", time(1, 2, 3, tzinfo=HALF_PAST)),
    ("varbyte", {"blobValue": b"\x00\xff"}, "00ff", b"\x00\xff"),
    ("varchar", {"stringValue": "é;\n"}, "é;\n", "é;\n"),
    ("super", {"stringValue": '{"a":1}'}, '{"a":1}', '{"a":1}'),
    ("geometry", {"stringValue": "0101"}, "0101", "0101"),
]


@pytest.mark.parametrize(("type_name", "field", "text", "value"), CASES, ids=lambda case: str(case)[:30])
def test_values_by_type(type_name: str, field: dict[str, Any], text: str, value: Any) -> None:
    column = Column(name="c", type_name=type_name)
    (from_field,), (from_text,) = field_readers([column]), text_readers([column])
    assert from_field(field) == from_text(text) == value
    assert type(from_field(field)) is type(from_text(text)) is type(value)
    assert from_field({"isNull": True}) is None
    assert from_text(None) is None


@pytest.mark.parametrize(
    ("type_name", "text"),
    [("date", "0044-03-15 BC"), ("timestamp", "infinity"), ("numeric", "seven"), ("time", "24:00:00")],
)
def test_what_python_cannot_hold_is_named(type_name: str, text: str) -> None:
    column = Column(name="ides", type_name=type_name)
    for read, sent in (
        (field_readers([column])[0], {"stringValue": text}),
        (text_readers([column])[0], text),
    ):
        with pytest.raises(ResultError, match=f"ides: Python has no {type_name} for '{text}'"):
            read(sent)


def test_a_field_is_read_as_botocore_parses_it_and_as_the_service_sends_it() -> None:
    read_bytes, read_float = field_readers(
        [Column(name="b", type_name="varbyte"), Column(name="f", type_name="float4")]
    )
    assert read_bytes({"blobValue": b"\x00\xff"}) == read_bytes({"blobValue": "AP8="}) == b"\x00\xff"
    assert read_float({"doubleValue": math.inf}) == read_float({"doubleValue": "Infinity"}) == math.inf


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(ResultError, match="c: the service sent a field without a value"):
        field_readers([Column(name="c", type_name="int4")])[0]({})


def test_names_of_rows() -> None:
    columns = [Column(name=name, type_name="int4") for name in ("a", "class", "?column?", "a")]
    assert row_factory(columns)([1, 2, 3, 4])._asdict() == {"a": 1, "_1": 2, "_2": 3, "_3": 4}
    assert row_factory(columns, as_dict=True)([1, 2, 3, 4]) == {"a": 1, "class": 2, "?column?": 3, "_3": 4}
    assert unique_names(columns) == ["a", "class", "?column?", "_3"]
