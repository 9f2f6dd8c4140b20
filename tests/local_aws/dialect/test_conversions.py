"""What becomes text, a date or a number without being asked to, and what may not become one."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from psycopg import errors

from tests.local_aws.dialect.database import Database

DAY = "(select timestamp '2020-01-05 10:00:00' as t, date '2020-01-05' as d, 123456 as n, 12.50 as x, true as b) v"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("substring(t, 6, 2)", "01"),
        ("substring(t from 6 for 2)", "01"),
        ("split_part(d, '-', 3)", "05"),
        ("charindex('.', x)", 3),
        ("lpad(5, 3, '0') || left(n, 2)", "00512"),
        ("len(x) + len(d)", 15),
        ("trim(n) || upper(b)", "123456TRUE"),
        ("replace(d, '-', '')", "20200105"),
        ("t like '2020-01%' and d like '2020%' and n not like '2%' and d ilike '2020%'", True),
        ("b = 1 and 0 <> b", True),
        ("t + 1", datetime(2020, 1, 6, 10)),
        ("2 + t - 1", datetime(2020, 1, 6, 10)),
        ("d + 1", date(2020, 1, 6)),
        ("to_date(20200105, 'YYYYMMDD') = d", True),
        ("split_part('table 1259', ' ', 2) = 'pg_class'::regclass::oid", True),
    ],
)
def test_arguments(db: Database, expression: str, expected: object) -> None:
    assert db.run(f"select {expression} from {DAY}") == [(expected,)]


def test_booleans_and_integers_are_assigned_to_each_other(db: Database) -> None:
    db.run("create table mixed (b bool, i int); insert into mixed values (1, true), (0, false)")
    assert db.run("select i from mixed where b") == [(1,)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("try_cast('a' as int)", None),
        ("try_cast(' 5 ' as int)", 5),
        ("try_cast(123.6 as int)", 124),
        ("try_cast('12.345' as decimal(5,2))", Decimal("12.35")),
        ("try_cast('9999' as decimal(3,1))", None),
        ("try_cast('abc' as varchar(2)) || 'x'", "abx"),
        ("try_cast('2020-13-01' as date)", None),
        ("try_cast(try_cast('7' as int) as varchar)", "7"),
    ],
)
def test_try_cast(db: Database, expression: str, expected: object) -> None:
    assert db.value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("to_date('20010631', 'YYYYMMDD')", date(2001, 7, 1)),
        ("to_date('2001-02-30', 'YYYY-MM-DD', false)", date(2001, 3, 2)),
        ("to_date('02 Oct 2001', 'DD Mon YYYY')", date(2001, 10, 2)),
        (
            "to_timestamp('2011-12-18 24:38:15', 'YYYY-MM-DD HH24:MI:SS')::timestamp",
            datetime(2011, 12, 19, 0, 38, 15),
        ),
    ],
)
def test_days_and_hours_overflow(db: Database, expression: str, expected: object) -> None:
    assert db.value(expression) == expected


@pytest.mark.parametrize("call", ["to_date('20010631', 'YYYYMMDD', true)", "to_date('20011301', 'YYYYMMDD')"])
def test_what_does_not_overflow(db: Database, call: str) -> None:
    with pytest.raises(errors.DatetimeFieldOverflow):
        db.value(call)
