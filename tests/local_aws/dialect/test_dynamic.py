"""Dynamic SQL is rewritten when it runs, by the same rules."""

from pathlib import Path

import pytest
from psycopg import errors

from local_aws.dialect import Mailbox, UnsupportedError, rewrite
from tests.local_aws.dialect.database import Database


def run(db: Database, body: str) -> None:
    db.messages.clear()
    db.run(
        "create or replace procedure d(name varchar) as $$ declare q varchar(1000); n int; r record;"
        f"{body} $$ language plpgsql"
    )
    db.run("call d('thing')")


def test_computed_statements_are_rewritten(db: Database) -> None:
    run(
        db,
        """
        begin
            q := 'create temp table #' || name || ' (a int distkey, b decimal) diststyle key'; execute q;
            execute 'insert into #' || name || ' values (nvl(null, 2), 1.6)';
            execute 'select top 1 b from #' || quote_ident(name) into n;
            for r in execute 'select listagg(a) as l from #' || name loop raise info '% %', n, r.l; end loop;
        end;
        """,
    )
    assert db.messages == ["2 2"]


def test_a_literal_is_rewritten_in_place(db: Database) -> None:
    run(
        db,
        "begin execute 'create temp table lit (a int encode zstd, b varchar) sortkey (a)';"
        "execute 'select len(''a\\\\b'')' into n; raise info '%', n; end;",
    )
    # Two literals, two rounds of escapes: the inner one holds a backspace.
    assert db.messages == ["2"]


def test_expressions_in_execute_are_rewritten_as_anywhere(db: Database) -> None:
    run(
        db,
        "begin execute 'select ' || 1.6::decimal into n; raise info '%', n;"
        " execute decode(n, 2, 'select nvl(null, 3)', 'x') into n; raise info '%', n;"
        " q := 'create temp table at_' || name || ' as select 1 as a --'; execute q || sysdate; end;",
    )
    assert db.messages == ["2", "3"]
    assert db.run("select a from at_thing") == [(1,)]


def test_computed_truncate_commits(db: Database) -> None:
    db.run("create table emptied (a int); insert into emptied values (1); create table kept (a int)")
    with pytest.raises(errors.DivisionByZero):
        run(
            db,
            "begin insert into kept values (1); q := 'truncate emptied'; execute q; select 1 / 0; end;",
        )
    assert db.run("select (select count(*) from emptied), (select count(*) from kept)") == [(0, 1)]


def test_computed_truncate_is_refused_where_it_could_not_commit(db: Database) -> None:
    db.run("create table if not exists guarded (a int); insert into guarded values (1)")
    with pytest.raises(errors.FeatureNotSupported, match="TRUNCATE in dynamic SQL"):
        run(db, "begin q := 'truncate guarded'; execute q; exception when others then raise info 'x'; end;")
    assert db.run("select count(*) from guarded") == [(1,)]


def test_truncate_that_is_seen_to_be_one_commits_under_a_handler(db: Database) -> None:
    db.run("create table if not exists seen (a int); insert into seen values (1)")
    run(db, "begin execute 'truncate ' || 'seen'; exception when others then raise info 'x'; end;")
    assert db.run("select count(*) from seen") == [(0,)]


def test_what_is_refused_is_refused_at_run_time_too(db: Database) -> None:
    with pytest.raises(errors.FeatureNotSupported, match="local stand-in does not support CREATE EXTERNAL"):
        run(db, "begin execute 'create ' || 'external table x (a int)'; end;")


def test_many_statements_in_a_loop(db: Database) -> None:
    run(
        db,
        "begin for i in 1..200 loop execute 'select nvl(' || i || ', 0)' into n; end loop; raise info '%', n; end;",
    )
    assert db.messages == ["200"]


def test_the_mailbox_answers_only_requests_and_forgets_old_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_copy(sql: str) -> str:
        if sql == "copy":
            raise UnsupportedError("COPY")
        return rewrite(sql)

    monkeypatch.setattr("local_aws.dialect.procedures.dynamic.KEPT", 2)
    mailbox = Mailbox(tmp_path, refuse_copy)
    assert not mailbox.answer("00000", "just a notice")
    for sql in ("select 1", "copy", "select nvl(a, 1)"):
        assert mailbox.answer("LA001", sql)
    answers = sorted(file.read_text() for file in (tmp_path / "local_aws_mailbox").iterdir())
    assert answers == ["0local stand-in does not support COPY", "1select coalesce(a, 1)"]
