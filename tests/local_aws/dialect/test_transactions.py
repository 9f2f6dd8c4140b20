"""AWS's guide to transactions in procedures, sentence by sentence; more of it in test_procedures.py."""

import pytest
from psycopg import errors

from local_aws.dialect import rewrite
from tests.local_aws.dialect.database import Database


@pytest.fixture
def made(db: Database) -> Database:
    """Tables a, b and log, empty."""
    for name in ("a", "b", "log"):
        db.run(f"drop table if exists {name}; create table {name} (v varchar)")
    db.messages.clear()
    return db


def make(db: Database, body: str, name: str = "p", mode: str = "", options: str = "") -> None:
    db.run(f"create or replace procedure {name}() {mode} as $$ {body} $$ language plpgsql {options}")


def kept(db: Database, table: str = "a") -> list[object]:
    return db.column(f"select v from {table} order by v")


def test_without_an_error_a_call_is_one_transaction(made: Database) -> None:
    make(made, "begin insert into a values (1); select 1 / 0; end;", "inner_p")
    make(made, "begin insert into a values (2); call inner_p(); end;")
    with pytest.raises(errors.DivisionByZero):
        made.run("call p()")
    assert kept(made) == []


def test_each_commit_begins_a_new_transaction(made: Database) -> None:
    make(made, "begin insert into a values (1); commit; insert into a values (2); commit; select 1 / 0; end;")
    with pytest.raises(errors.DivisionByZero):
        made.run("call p()")
    assert kept(made) == ["1", "2"]


def test_rollback_undoes_what_came_before_and_what_follows_commits(made: Database) -> None:
    make(
        made,
        "declare n int; begin insert into a values (1); select count(*) into n from a; if n > 0 then rollback;"
        " end if; insert into a values (2); end;",
    )
    made.run("call p()")
    assert kept(made) == ["2"]


@pytest.mark.parametrize("ending", ["commit", "rollback", "truncate b", "execute 'truncate b'"])
def test_none_of_them_in_a_transaction_block_nor_nested_in_one(made: Database, ending: str) -> None:
    make(made, f"begin {ending}; end;", "inner_p")
    make(made, "begin call inner_p(); end;")
    for name in ("inner_p", "p"):
        made.run("begin; insert into a values (1)")
        with pytest.raises(errors.InvalidTransactionTermination):
            made.run(f"call {name}()")
        made.run("rollback")
    assert kept(made) == []


@pytest.mark.parametrize("ending", ["commit", "rollback", "truncate b"])
def test_none_of_them_in_a_procedure_with_set_config_options(made: Database, ending: str) -> None:
    make(made, f"begin {ending}; end;", options="set query_group to 'x'")
    with pytest.raises(errors.InvalidTransactionTermination):
        made.run("call p()")


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_neither_commit_nor_rollback_in_dynamic_sql(made: Database, ending: str) -> None:
    for way in (f"execute '{ending}'", f"q := '{ending}'; execute q"):
        make(made, f"declare q varchar(20); begin {way}; end;")
        with pytest.raises(errors.FeatureNotSupported):
            made.run("call p()")


@pytest.mark.parametrize("ending", ["commit", "truncate b", "execute 'truncate ' || 'b'"])
def test_a_cursor_is_closed_when_the_transaction_ends(made: Database, ending: str) -> None:
    made.run("insert into a values (1)")
    body = f"declare r record; c cursor for select v from a; begin open c; {ending}; fetch c into r; end;"
    make(made, body)
    with pytest.raises(errors.InvalidCursorName, match=r'cursor ".*" does not exist'):
        made.run("call p()")


def test_an_error_in_a_handler_is_caught_by_the_one_around_it(made: Database) -> None:
    body = """
        begin
            begin
                execute 'select missing';
            exception when others then
                insert into log values ('first ' || sqlerrm);
                insert into log values (1 / 0);
            end;
        exception {how} when others then
            insert into log values ('second ' || sqlerrm);
        end;
    """
    make(made, body.format(how=""))
    with pytest.raises(errors.DivisionByZero):
        made.run("call p()")
    assert kept(made, "log") == ["second division by zero"]
    make(made, body.format(how="exit_handler"), mode="nonatomic")
    made.run("truncate log; call p()")
    assert kept(made, "log") == ['first column "missing" does not exist', "second division by zero"]


def test_raise_in_a_handler_replaces_the_error(made: Database) -> None:
    for mode in ("", "nonatomic"):
        body = "begin insert into a values (1 / 0); exception when others then raise exception 'mine: %', sqlerrm; end;"
        make(made, body, mode=mode)
        with pytest.raises(errors.RaiseException, match="mine: division by zero"):
            made.run("call p()")


def test_in_a_transaction_block_nonatomic_statements_wait_for_its_end(made: Database) -> None:
    make(made, "begin insert into a values (1); insert into a values (2); end;", mode="nonatomic")
    made.run("begin; call p(); rollback")
    assert kept(made) == []
    made.run("begin; call p(); commit")
    assert kept(made) == ["1", "2"]


def test_nonatomic_start_transaction_lasts_until_commit_or_rollback(made: Database) -> None:
    make(
        made,
        "begin insert into a values (1); start transaction; insert into a values (2); rollback;"
        " insert into a values (3); start transaction; insert into a values (4); commit; select 1 / 0; end;",
        mode="nonatomic",
    )
    with pytest.raises(errors.DivisionByZero):
        made.run("call p()")
    assert kept(made) == ["1", "3", "4"]


def test_nonatomic_procedures_that_call_each_other_go_on_after_a_handled_error(made: Database) -> None:
    failing = "insert into a values ({0}1); insert into a values (1 / 0);"
    handled = "exception when others then insert into log values ('{0} ' || sqlerrm);"
    make(made, f"begin {failing.format(1)} {handled.format('inner')} end;", "inner_p", mode="nonatomic")
    make(
        made,
        "begin insert into a values (21); call inner_p(); insert into a values (22); end;",
        mode="nonatomic",
    )
    made.run("call p()")
    assert kept(made) == ["11", "21", "22"]
    assert kept(made, "log") == ["inner division by zero"]


def test_a_continue_handler_goes_on_behind_the_statement_that_failed(made: Database) -> None:
    make(
        made,
        """
        declare n int := 0; q varchar(99) := 'insert into a values (nvl(null, 5))';
        begin
            insert into a values (1);
            insert into a values (1 / 0);
            n := 1 / n;
            n := n + 2;
            if n = 2 then
                execute 'select missing';
                insert into a values (n);
            end if;
            for i in 3..4 loop
                insert into a values (i), (i / 0);
                insert into a values (i);
            end loop;
            start transaction;
            insert into a values ('lost');
            insert into a values (1 / 0);
            execute q;
        exception continue_handler when others then
            insert into log values (nvl(null, sqlstate));
            execute 'insert into b ' || 'values (nvl(null, 1))';
        end;
        """,
        mode="nonatomic",
    )
    made.run("call p()")
    assert kept(made) == ["1", "2", "3", "4", "5"]
    assert kept(made, "log") == ["22012", "22012", "22012", "22012", "22012", "42703"]
    assert kept(made, "b") == ["1"] * 6


def test_an_error_in_a_continue_handler_leaves_the_block(made: Database) -> None:
    body = """
        begin
            insert into a values (1);
            begin
                insert into a values (1 / 0);
                insert into a values (2);
            exception continue_handler when others then
                execute 'select missing';
                insert into b values (1);
            end;
            insert into a values (3);
        {handler} end;
    """
    make(made, body.format(handler=""), mode="nonatomic")
    with pytest.raises(errors.UndefinedColumn):
        made.run("call p()")
    assert (kept(made), kept(made, "b")) == (["1"], [])
    handler = "exception when others then insert into log values (sqlerrm);"
    make(made, body.format(handler=handler), mode="nonatomic")
    made.run("truncate a; call p()")
    assert (kept(made), kept(made, "log")) == (["1"], ['column "missing" does not exist'])


def test_rewriting_a_continue_handler_again_changes_nothing() -> None:
    body = "begin truncate t; if a then return; end if; exception continue_handler when others then call q(); end;"
    once = rewrite(f"create procedure p() nonatomic as $$ {body} $$ language plpgsql")
    assert rewrite(once) == once
