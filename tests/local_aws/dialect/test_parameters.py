import pytest

from local_aws.dialect import ParameterError, bind


def test_names_become_numbers_in_the_order_of_use() -> None:
    assert bind("select :b, :a, :b", ["a", "b"]) == ("select $1, $2, $1", ["b", "a"])


def test_literals_comments_names_bodies_and_casts_are_left_alone() -> None:
    sql = """select ':a', ":a", $$:a$$, x::a, y := :a -- :a
        /* :a */"""
    bound, names = bind(sql, ["a"])
    assert bound == sql.replace(":= :a", ":= $1")
    assert names == ["a"]


def test_two_parameters_side_by_side_stay_two() -> None:
    assert bind("select :a:b", ["a", "b"])[0] == "select $1$2"


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(ParameterError, match=":b"):
        bind("select :a, :b", ["a"])


def test_a_value_that_is_not_used_is_an_error() -> None:
    with pytest.raises(ParameterError, match=r"not used.*: b"):
        bind("select :a", ["a", "b"])
