"""Procedures: error handling and transactions as AWS documents them."""

from collections.abc import Iterator

import pytest
from psycopg import Error, errors

from local_aws.dialect import UnsupportedError, rewrite
from tests.local_aws.dialect.database import Database


@pytest.fixture
def log(db: Database) -> Iterator[Database]:
    """A table `t` to work on and a table `log`; nothing has been said yet."""
    db.run(
        "drop table if exists t; drop table if exists log; create table t (v int); create table log (m varchar)"
    )
    db.messages.clear()
    yield db
    db.run("rollback")


def procedure(body: str, name: str = "p", arguments: str = "", mode: str = "") -> str:
    return f"create or replace procedure {name}({arguments}) {mode} as $$ {body} $$ language plpgsql"


def test_an_error_is_raised_again_after_its_handler_which_does_not_commit_the_work(log: Database) -> None:
    log.run(
        procedure("""
            begin
                insert into t values (1);
                select 1 / 0;
            exception when others then
                raise info 'handled: %', sqlerrm;
            end;
        """)
    )
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.messages == ["handled: division by zero"]
    assert log.run("select * from t") == []


def test_what_a_handler_writes_is_kept_and_all_work_before_it_is_not(log: Database) -> None:
    log.run(
        procedure("""
            begin
                insert into t values (1);
                begin
                    insert into t values (2);
                    execute 'select invalid';
                exception when others then
                    raise info 'An exception occurred.';
                    insert into log values ('Error message: ' || sqlerrm || ' ' || sqlstate);
                end;
                insert into t values (3);
            end;
        """)
    )
    with pytest.raises(errors.UndefinedColumn, match='column "invalid" does not exist'):
        log.run("call p()")
    assert log.messages == ["An exception occurred."]
    assert log.run("select * from t") == []
    assert log.run("select * from log") == [('Error message: column "invalid" does not exist 42703',)]


def test_handlers_run_from_the_inside_out_and_the_original_error_survives(log: Database) -> None:
    log.run(
        procedure("""
            declare n int := 0;
            begin
                begin
                    n := 1 / n;
                exception when others then insert into log values ('inner ' || sqlerrm);
                end;
            exception when others then insert into log values ('outer ' || sqlerrm);
            end;
        """)
    )
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.column("select m from log") == ["inner division by zero", "outer division by zero"]


def test_commit_and_truncate_are_legal_under_a_handler_and_keep_what_was_done(log: Database) -> None:
    log.run("create table if not exists staging (v int)")
    log.run(
        procedure(
            """
            declare i int := 0;
            begin
                insert into t values (1);
                truncate staging;
                insert into t values (2);
                while i < 2 loop
                    i := i + 1;
                    insert into t values (10 * i);
                    commit;
                end loop;
                insert into t values (99);
                raise exception 'stop at %', i;
            exception when others then
                raise info '%', sqlerrm;
            end;
        """,
            mode="",
        )
    )
    with pytest.raises(errors.RaiseException, match="stop at 2"):
        log.run("call p()")
    assert log.column("select v from t order by v") == [1, 2, 10, 20]
    assert log.messages == ["stop at 2"]


def test_truncate_commits_what_came_before(log: Database) -> None:
    log.run(
        procedure(
            "begin insert into log values ('a'); truncate t; insert into log values ('b'); select 1 / 0; end;"
        )
    )
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.column("select m from log") == ["a"]


def test_transactions_end_in_a_nested_call_too(log: Database) -> None:
    log.run(
        procedure("begin insert into t values (2); truncate log; insert into t values (3); end;", "inner_p")
    )
    log.run(procedure("begin insert into t values (1); call inner_p(); select 1 / 0; end;"))
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.column("select v from t order by v") == [1, 2]


def test_a_transaction_cannot_end_in_a_procedure_inside_a_transaction_block(log: Database) -> None:
    log.run(procedure("begin truncate t; end;"))
    log.run("begin")
    with pytest.raises(errors.InvalidTransactionTermination):
        log.run("call p()")


def test_a_handler_that_writes_is_refused_where_it_could_not_keep_that(log: Database) -> None:
    log.run(procedure("begin select 1 / 0; exception when others then insert into log values ('x'); end;"))
    log.run("begin")
    with pytest.raises(errors.FeatureNotSupported, match="the error was: division by zero"):
        log.run("call p()")
    log.run("rollback")
    log.run(procedure("begin call p(); exception when others then raise info 'x'; end;", "around"))
    with pytest.raises(errors.FeatureNotSupported, match="local stand-in does not support"):
        log.run("call around()")


def test_a_transaction_block_around_a_call_decides(log: Database) -> None:
    log.run(procedure("begin insert into t values (1); end;"))
    log.run("begin; call p(); rollback; begin; call p(); commit")
    assert log.run("select count(*) from t") == [(1,)]


def test_nonatomic_commits_each_statement_and_a_handler_ends_the_error(log: Database) -> None:
    body = """
        begin
            begin
                insert into t values (1);
                execute 'select invalid1';
            exception when others then
                insert into log values (sqlerrm);
            end;
            begin
                insert into t values (2);
                insert into t values (1 / 0);
            exception when others then
                insert into log values (sqlerrm);
            end;
        end;
    """
    log.run(procedure(body, mode="nonatomic"))
    log.run("call p()")
    assert log.column("select v from t order by v") == [1, 2]
    assert log.column("select m from log") == ['column "invalid1" does not exist', "division by zero"]


def test_nonatomic_keeps_what_came_before_an_error_that_nobody_handles(log: Database) -> None:
    log.run(procedure("begin insert into t values (1); insert into t values (1 / 0); end;", mode="nonatomic"))
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.column("select v from t") == [1]


def test_nonatomic_can_raise_again_and_group_statements(log: Database) -> None:
    body = """
        begin
            insert into t values (1);
            start transaction;
            insert into t values (2);
            insert into t values (1 / 0);
            commit;
        exception when others then
            raise info 'handled';
            raise;
        end;
    """
    log.run(procedure(body, mode="nonatomic"))
    with pytest.raises(errors.DivisionByZero):
        log.run("call p()")
    assert log.column("select v from t") == [1]
    assert log.messages == ["handled"]


def test_arguments_out_are_left_out_of_call(log: Database) -> None:
    log.run(
        procedure("begin b := 'x' || a; c := a; end;", arguments="a int, b out varchar(20), c out decimal")
    )
    assert log.run("call p(3)") == [("x3", 3)]
    log.run(procedure("begin a := a * b; end;", "twice", "a inout int, b int"))
    log.run(procedure("declare x int := 3; begin call twice(x, 5); raise info '%', x; end;", "outer_p"))
    log.run("call outer_p()")
    assert log.messages == ["15"]


def test_the_daily_furniture_of_procedures(log: Database) -> None:
    log.run(
        """
        create or replace procedure furniture(p_date date, integer) language plpgsql security definer as $$
        <<main>>
        declare
            p alias for $2; n integer; w t.v%type; r record; d decimal(8, 2) := 1.005; total numeric := 2.5;
        begin
            drop table if exists stage;
            create temp table stage distkey (v) sortkey (v) as select p as v;
            insert into t select v from stage; insert into t values (7);
            get diagnostics n := row_count;
            select into r v from t where v = p;
            select max(v) into w from t;
            for i in reverse 2..1 loop null; end loop;
            if not found then null;
            elsif n = 1 then raise info '% % % % %', n, r.v, w, to_char(p_date, 'YYYYMMDD'), total;
            else return; end if;
        end $$;
        call furniture('2026-11-22', 5);
        call furniture('2026-11-22', 6);
    """
    )
    assert log.messages == ["1 5 7 20261122 3", "1 6 7 20261122 3"]


def test_a_cursor_is_read_in_the_transaction_of_the_call(log: Database) -> None:
    log.run("insert into t values (1), (2)")
    log.run(procedure("begin open rs for select v from t order by 1; end;", "opened", "rs inout refcursor"))
    log.run("begin; call opened('mine')")
    assert log.run("fetch all from mine") == [(1,), (2,)]


def test_a_variable_wins_over_a_column_of_its_name(log: Database) -> None:
    log.run("insert into t values (1), (2)")
    log.run(procedure("declare v int := 9; begin insert into log select max(v) from t; end;"))
    log.run("call p()")
    assert log.column("select m from log") == ["9"]


@pytest.mark.parametrize(
    "body",
    [
        "begin null; exception when division_by_zero then null; end;",
        "begin for r in select 1 loop commit; end loop; end;",
        "begin if (select 1) = 1 then commit; end if; exception when others then null; end;",
        "begin vacuum t; end;",
        "begin execute 'create external table e (a int)'; end;",
    ],
)
def test_what_cannot_be_imitated_is_refused_when_the_procedure_is_made(body: str) -> None:
    with pytest.raises(UnsupportedError):
        rewrite(procedure(body))


def test_rewriting_a_procedure_again_changes_nothing() -> None:
    for mode in ("", "nonatomic"):
        once = rewrite(
            procedure(
                "declare a int; begin truncate t; call q(); execute a; "
                "begin insert into t values (1); exception when others then insert into t values (2); end; end;",
                mode=mode,
            )
        )
        assert rewrite(once) == once


def test_functions_in_sql_work(db: Database) -> None:
    db.run("create function f_double(int) returns int stable as $$ select nvl($1, 0) * 2 $$ language sql")
    assert db.value("f_double(4)") == 8


def test_a_failed_call_leaves_the_connection_usable(log: Database) -> None:
    log.run(procedure("begin raise exception 'no'; end;"))
    with pytest.raises(Error):
        log.run("call p()")
    assert log.value("1") == 1


def test_copy_and_unload_are_handed_over_once() -> None:
    body = (
        "begin copy s.t (a) from 's3://b/k' credentials 'x' csv quote as '\\'' -- all\n; "
        "execute 'unload (''select 1'') to ''s3://b/k'' iam_role default'; copy := 1; end;"
    )
    once = rewrite(f"create procedure p() as $$ {body} $$ language plpgsql")
    assert (
        "LOCK TABLE s.t IN SHARE ROW EXCLUSIVE MODE; PERFORM pg_catalog.local_aws_copy('s.t', E'copy s.t"
        in once
    )
    assert "'SELECT pg_catalog.local_aws_unload(''select 1'', ''unload (" in once
    assert "copy := 1;" in once
    assert rewrite(once) == once
