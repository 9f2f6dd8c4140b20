from local_aws.dialect import bind


def test_names_become_numbers_in_the_order_of_use() -> None:
    assert bind("select :b, :a, :b") == ("select $1, $2, $1", ["b", "a"])


def test_literals_comments_names_bodies_and_casts_are_left_alone() -> None:
    sql = """select ':a', ":a", $$:a$$, x::a, y := :a -- :a
        /* :a */"""
    bound, names = bind(sql)
    assert bound == sql.replace(":= :a", ":= $1")
    assert names == ["a"]


def test_two_parameters_side_by_side_stay_two() -> None:
    assert bind("select :a:b")[0] == "select $1$2"
