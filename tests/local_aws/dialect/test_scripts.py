from local_aws.dialect import split


def test_statements_end_at_semicolons_outside_bodies_quotes_and_comments() -> None:
    script = """
        create procedure p() as $$ begin null; end; $$ language plpgsql;
        -- a; b
        select ';', "a;b" /* ; /* ; */ ; */;;
        select 'it\\'s; here'
    """
    assert split(script) == [
        "create procedure p() as $$ begin null; end; $$ language plpgsql",
        "-- a; b\n        select ';', \"a;b\" /* ; /* ; */ ; */",
        "select 'it\\'s; here'",
    ]


def test_nothing_but_comments_is_no_statement() -> None:
    assert split(" ; -- a\n ; /* b */ ") == []
