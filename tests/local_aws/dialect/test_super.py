"""The type SUPER in the engine; what results and files show of it is in test_results.py and test_copy.py."""

import pytest
from psycopg import errors

from tests.local_aws.dialect.database import Database


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('json_serialize(json_parse(\'[101, "a b", {"b" : 1, "a": " \\\\" "}]\'))', '[101,"a b",{"b":1,"a":" \\" "}]'),
        ("json_serialize('plain'::super)", '"plain"'),
        ("json_serialize(array(1, 'abc', true, null, object('k', array())))", '[1,"abc",true,null,{"k":[]}]'),
        ("json_serialize(array_flatten(json_parse('[1,[2,3],[],\"4\"]')))", '[1,2,3,"4"]'),
        ("json_serialize(array_concat(array(1), split_to_array('a|b', '|')))", '[1,"a","b"]'),
        ("json_serialize(subarray(json_parse('[\"a\",\"b\",\"c\"]'), 1, 1))", '["b"]'),
        ("json_serialize(lower_attribute_names(json_parse('{\"A\": [{\"Bc\": 1}]}')))", '{"a":[{"bc":1}]}'),
        ("get_array_length(json_parse('[1,2]'))", 2),
        ("json_serialize(array(1, 2)[1]) || split_to_array(nvl(null, 'a,b'), ',')[1]::varchar", "2b"),
        ("array(array(4), json_parse(nvl(null, '[5]')))[1][0]::int", 5),
        ("get_array_length(json_parse('{}'))", None),
        ("can_json_parse('{\"a\"')", False),
        ("json_typeof('x'::super)", "string"),
        ("json_typeof(json_parse('null'))", "null"),
        ("is_object(json_parse('{}')) and is_array(array()) and is_scalar(5::super)", True),
        ("is_integer(5::super) and not is_smallint(99999::super) and is_varchar('5'::super)", True),
        ("decimal_precision(json_parse('123.45')) * 10 + decimal_scale(json_parse('123.45'))", 52),
        ("5::super::bool", True),
        ("5.0::super::bool", None),
        ("json_parse('\"abc\"')::int", None),
        ("json_parse('[1]')::varchar", None),
        ("'abc'::super::varchar(2)", "ab"),
        ("5.6::super::int", 6),
        ("'2020-01-31'::super::date + 1", None),
        ("json_serialize(json_parse('2') * 1.5 + 1)", "4.0"),
        ("json_serialize(json_parse('7') / 2)", "3"),
    ],
)  # fmt: skip
def test_functions_and_casts(db: Database, expression: str, expected: object) -> None:
    value = db.value(expression)
    assert (str(value) == "2020-02-01") if "2020-01-31" in expression else (value == expected)


@pytest.fixture(scope="module")
def values(db: Database) -> Database:
    """A column in which numbers, strings and objects are mixed."""
    db.run("""
        create table mixed (id int, s super);
        insert into mixed values (1, json_parse('1')), (2, 1.0), (3, '1'), (4, json_parse('"1"')), (5, null),
            (6, json_parse('{"a" : [1]}')), (7, json_parse('{"a":[1]}')), (8, true), (9, json_parse('null'))
    """)
    return db


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("s = 1", [1, 2]),
        ("s = '1'", [3, 4]),
        ("s > 0.5 and json_typeof(s) = 'number'", [1, 2]),
        ("s = json_parse('{\"a\":  [1]}')", [6, 7]),
        ("s is null", [5]),
        ("s = true", [8]),
        ("1 <= s", [1, 2]),
    ],
)
def test_comparisons_go_by_the_values_types(values: Database, condition: str, ids: list[int]) -> None:
    assert values.column(f"select id from mixed where {condition} order by id") == ids


def test_equal_values_form_one_group_in_the_order_of_their_types(values: Database) -> None:
    found = values.run("select json_typeof(s), count(*) from mixed group by s order by s nulls last")
    assert found == [("null", 1), ("boolean", 1), ("number", 2), ("string", 2), ("object", 2), (None, 1)]


def test_what_is_no_json_is_an_error_and_dates_are_not_cast(db: Database) -> None:
    with pytest.raises(errors.RaiseException, match="JSON parsing error"):
        db.value("json_parse('{bad')")
    with pytest.raises(errors.CannotCoerce):
        db.value("current_date::super")


def test_variables_and_columns_take_it(db: Database) -> None:
    db.run("""
        create table taken (s super);
        create procedure take() as $$ declare s super; n int; begin
            s := json_parse('[7]'); n := get_array_length(s); insert into taken values (array(n, s));
        end $$ language plpgsql;
        call take()
    """)
    assert db.column("select json_serialize(s) from taken") == ["[1,[7]]"]
