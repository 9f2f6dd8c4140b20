"""Functions, against results that AWS documents."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from psycopg import errors

from tests.local_aws.dialect.database import Database

VALUES = [
    ("dateadd(month, 1, '2008-04-30')", datetime(2008, 5, 30)),
    ("add_months('2008-04-30', 1)", datetime(2008, 5, 31)),
    ("add_months('2008-03-31', 1)", datetime(2008, 4, 30)),
    ("dateadd(month, 12, '2016-02-29')", datetime(2017, 2, 28)),
    ("dateadd(year, 1, '2016-02-29')", datetime(2017, 3, 1)),
    ("dateadd(month, 18, '2008-02-28')", datetime(2009, 8, 28)),
    ("dateadd(m, 30, '2008-02-28')", datetime(2008, 2, 28, 0, 30)),
    ("dateadd(day, -1, date '2020-03-01')", datetime(2020, 2, 29)),
    ("datediff(week, '2009-01-01', '2009-12-31')", 52),
    ("datediff(hour, '2023-01-01', '2023-01-03 05:04:03')", 53),
    ("datediff(year, date '2008-12-31', date '2009-01-01')", 1),
    ("datediff(hour, timestamp '2009-01-01 08:30:00', timestamp '2009-01-01 10:00:00')", 2),
    ("datediff(qtr, '1998-07-01', current_date) > 100", True),
    ("date_part(w, timestamp '20220502 04:05:06.789')", 18),
    ("date_part(dow, date '2020-01-05')", 0),
    ("extract(ms from timestamp '2009-09-09 12:08:43.101')", 101),
    ("extract(year from date '2020-01-01') / 3", 673),
    ("months_between('1969-01-18', '1969-03-18')", -2),
    ("months_between('2014-08-31', '2014-09-30')", -1),
    ("next_day('2014-08-20', 'Tuesday')", date(2014, 8, 26)),
    ("last_day(date '2020-02-01')", date(2020, 2, 29)),
    ("convert_timezone('America/New_York', '2008-08-21 07:23:54')", datetime(2008, 8, 21, 3, 23, 54)),
    ("date_trunc('month', date '2020-05-05')", datetime(2020, 5, 1)),
    ("trunc(timestamp '2020-05-05 10:00:00')", date(2020, 5, 5)),
    ("trunc(sysdate) = current_date and trunc(getdate()) = current_date", True),
    ("len('français')", 8),
    ("octet_length('français')", 9),
    ("len('cat   ')", 6),
    ("strtol('0xf', 16)", 15),
    ("strtol('abcd1234', 16)", 2882343476),
    ("strtol('-110101', 2)", -53),
    ("charindex('ish', 'fish')", 2),
    ("regexp_replace('the fox, the FOX', 'fox', 'quick', 1, 'i')", "the quick, the quick"),
    (r"regexp_replace('a@b.org', '@.*\\.(org|gov)$')", "a"),
    ("regexp_substr('a@b.com', '@[^.]*')", "@b"),
    (r"regexp_substr('This is a word', 'a (\\w+)', 1, 1, 'e')", "word"),
    ("regexp_substr('a', 'b')", ""),
    ("regexp_count('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}')", 8),
    ("regexp_instr('The Home Depot Center', '[cC]ent(er|re)$')", 16),
    ("md5('Amazon Redshift')", "f7415e33f972c03abd4f3fed36748f7a"),
    ("sha1('Amazon Redshift')", "eeac5ed1e11cda66032c30ad77b25071b5487f55"),
    ("sha1(repeat('x', 64))", "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163"),
    ("sha2('Amazon Redshift', 0) = sha2('Amazon Redshift', 256)", True),
    ("fnv_hash(1)", -5968735742475085980),
    ("fnv_hash('Amazon Redshift')", 7783490368944507294),
    ("fnv_hash('Amazon Redshift', fnv_hash(1))", -2202602717770968555),
    ('json_extract_path_text(\'{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}\', \'f4\', \'f6\')', "star"),
    ("json_extract_path_text('{\"a\":1}', 'b')", None),
    ("json_extract_path_text('{\"a', 'b', true)", None),
    ("json_extract_array_element_text('[1,2]', 5)", None),
    ("json_extract_array_element_text('[1,2]', -1)", None),
    ("sqrt(2.0)::varchar || power(2, 0.5)::varchar", "1.41421356237309511.4142135623730951"),
    ("stddev(x)::varchar from (select 1 as x union all select 4) t", "2.1213203435596424"),
    ("convert_timezone('UTC', 'Asia/Kolkata', timestamptz '2020-01-01')::varchar", "2020-01-01 05:30:00"),
    ("user_is_member_of('rdsdb', 'rdsdb') and slice_num() = 0", True),
    ("crc32('Amazon Redshift')", "f2726906"),
    ("fnv_hash(1::smallint)", 589727492704079044),
    ("text_to_int_alt('123-')", -123),
    ("text_to_int_alt('-123E-2')", -1),
    ("text_to_int_alt('12}')", -120),
    ("text_to_numeric_alt('123.52501', 10, 2)", Decimal("123.53")),
    ("soundex('Ashcraft') || soundex('Tymczak')", "A261T522"),
    ("difference('Amazon', 'Amazing')", 4),
    ("octetindex('q', 'é q')", 4),
    ("db_collation()", "case_sensitive"),
    ("to_char(1210.73, 'L99999D99')", "$  1210.73"),
    ("extract(ms from timetz '18:25:33.123456 EST')", 123),
    ("extract(decade from timestamp '1999-02-16 20:38:40')", 200),
    ("dateadd(hour, 2, timetz '13:24:55 PST')::varchar", "23:24:55+00"),
    ("timestamp_cmp_date(timestamp '2008-01-01 10:00:00', date '2008-01-02')", -1),
    (
        "avg(x) || ',' || avg(distinct x) from (select 2.71 as x union all select 2.72 union all select 2.72) t",
        "2.71,2.71",
    ),
    ("avg(x) over () from (select -2.71 as x union all select -2.72) t limit 1", Decimal("-2.71")),
    ("median(x) from (select 1 as x union all select 2) t", Decimal("1.5")),
    ("json_extract_array_element_text('[111,112,113]', 2)", "113"),
    ("json_array_length('[11,12,13,{\"f1\":21},14]')", 5),
    ("is_valid_json('[1,2,3]')", False),
    ("is_valid_json_array('[1,2,3]')", True),
    ("decode(null::int, null, 'none', 1, 'one', 'other')", "none"),
    ("nvl(null, 2) + nvl2(null, 1 / 0, 3)", 5),
    ("date_part_year('2024-01-31') + isnull(null, 1)", 2025),
    ("concat('a', null)", None),
    ("lower('ÀB') || upper('éa') || initcap('éa ÜB')", "àbÉAÉa Üb"),
    ("'É' ilike 'é'", False),
    ("split_part('a.b.c', '.', 3) || split_part('a', '.', 2)", "c"),
    ("current_user_id = (select usesysid from pg_user where usename = current_user)", True),
    ("concat('a', 1)", "a1"),
    ("convert(integer, '12')", 12),
    ("convert(datetime, '2008-02-18 02:36:48')::varchar", "2008-02-18 02:36:48"),
    ("convert(decimal, 1.5)", 2),
    ("1.5::decimal", Decimal(2)),
    ("7 / 2", 3),
    (r"'it\'s \\ \x'", "it's \\ x"),
    ("round(2.345::float8, 2)", 2.35),
    ("'a' + 'b'", "ab"),
]


@pytest.mark.parametrize(("expression", "value"), VALUES, ids=[expression for expression, _ in VALUES])
def test_functions_give_what_aws_documents(db: Database, expression: str, value: object) -> None:
    assert db.value(expression) == value


def test_parts_are_not_counted_from_the_right(db: Database) -> None:
    with pytest.raises(errors.InvalidParameterValue):
        db.value("split_part('a.b', '.', -1)")


def test_null_in_gives_null_out(db: Database) -> None:
    for call in (
        "dateadd(day, null, sysdate)",
        "datediff(day, null::date, current_date)",
        "len(null)",
        "strtol(null, 2)",
    ):
        assert db.value(call) is None


def test_an_unknown_date_part_is_an_error(db: Database) -> None:
    with pytest.raises(Exception, match="invalid datepart"):
        db.value("dateadd(fortnight, 1, sysdate)")


AGGREGATES = [
    ("avg(x)", 1),
    ("avg(x::bigint)", 1),
    ("avg(x::smallint)", 1),
    ("median(x)", 2),
    ("median(x::float8)", 2.0),
    ("listagg(x, '-') within group (order by x desc)", "2-2-1"),
    ("listagg(distinct x, ',') within group (order by x)", "1,2"),
    ("listagg(x)", "122"),
    ("approximate count(distinct x)", 2),
]


@pytest.mark.parametrize(("call", "value"), AGGREGATES, ids=[call for call, _ in AGGREGATES])
def test_aggregates(db: Database, call: str, value: object) -> None:
    assert db.value(f"{call} from (select 1 as x union all select 2 union all select 2) t") == value


def test_window_functions_that_ignore_nulls(db: Database) -> None:
    db.run("create table gaps (id int, n int); insert into gaps values (1, null), (2, 5), (3, null), (4, 7)")
    assert db.run("""
        select last_value(n ignore nulls) over (order by id rows between unbounded preceding and current row),
               first_value(n) ignore nulls over (order by id rows between unbounded preceding and unbounded following),
               lag(n) ignore nulls over (order by id), lead(n ignore nulls) over (order by id),
               listagg(id, '') within group (order by id) over (), ratio_to_report(id) over ()
        from gaps order by id
    """) == [
        (None, 5, None, 5, "1234", 0.1),
        (5, 5, None, 7, "1234", 0.2),
        (5, 5, 5, 7, "1234", 0.3),
        (7, 5, 5, None, "1234", 0.4),
    ]


def test_sysdate_stands_still_in_a_transaction_and_has_no_time_zone(db: Database) -> None:
    db.run("begin")
    first = db.value("sysdate")
    assert db.value("sysdate") == first
    assert isinstance(first, datetime)
    assert first.tzinfo is None
    db.run("commit")
    assert db.value("sysdate") != first


CONVERSIONS = [
    ("'10'::varchar = 10", True),
    ("'9'::varchar > 10", True),
    ("'9'::varchar > 10.0", False),
    ("date '2020-01-01' = '2020-01-01'::varchar(10)", True),
    ("'2020-01-02'::varchar >= timestamp '2020-01-01'", True),
    ("to_char(date '2020-01-01', 'YYYYMMDD') = 20200101", True),
    ("date '2020-01-01' = '2020-01-01' and 5 = '5' and 'a' < 'b'", True),
    ("'x' || 1 || date '2020-01-01'", "x12020-01-01"),
]


@pytest.mark.parametrize(
    ("expression", "value"), CONVERSIONS, ids=[expression for expression, _ in CONVERSIONS]
)
def test_strings_compare_with_numbers_and_dates(db: Database, expression: str, value: object) -> None:
    assert db.value(expression) == value


def test_strings_are_converted_when_they_are_assigned(db: Database) -> None:
    db.run("""
        create table assigned (a int, b date, c decimal(5, 2), d timestamp, e varchar);
        insert into assigned select '1'::varchar, '2020-01-01'::varchar(10), '1.5'::text, '2020-01-01'::text, 5;
    """)
    assert db.run("select * from assigned") == [
        (1, date(2020, 1, 1), Decimal("1.50"), datetime(2020, 1, 1), "5")
    ]
