"""Users are no superusers of the engine: its files and libraries are out of reach. Administrators administer all."""

import re

import pytest

from tests.local_aws.transfer_bucket import ROLE, Bucket, finished
from tests.statements import Statements

# Of the engine, and of the dialect, which may know a statement before it.
REFUSALS = (
    "permission denied|not allowed|no such answer|cannot be executed|not supported|does not support|unrecognized"
    "|syntax error"
)


@pytest.mark.parametrize(
    "sql",
    [
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        "select lo_export(lo_from_bytea(0, 'x'), '/tmp/local_aws_exported')",
        "select lo_import('/etc/passwd')",
        "load '/tmp/local_aws_library.so'",
        "alter system set fsync to on",
        "set session_preload_libraries to 'x'",
        "alter user tester set session_preload_libraries to 'x'",
        "select set_config('local_preload_libraries', 'x', false)",
        "select pg_catalog.set_config('local_preload_libraries', 'x', false)",
        "select current_setting('data_directory')",
        "select pg_catalog.current_setting('data_' || 'directory')",
        "create extension dblink",
        "set role rdsdb",
        "copy pg_class to program 'id'",
        "select rolpassword from pg_authid",
        "update pg_class set relname = 'x' where relname = 'pg_class'",
        "select local_aws.load('pg_class'::regclass, 1, '0c0ffee0-0000-4000-8000-000000000001')",
        "select local_aws.ask('LA001', 'x', '../postgresql.conf')",
    ],
)
@pytest.mark.parametrize("way", ["{}", "execute"])
def test_the_engines_files_and_libraries_are_out_of_reach(statements: Statements, sql: str, way: str) -> None:
    if way == "execute":
        quoted = sql.replace("'", "''")
        made = statements.run(
            f"create procedure p() as $p$ begin execute '{quoted}'; end $p$ language plpgsql"
        )
        done = statements.run("call p()") if made["Status"] == "FINISHED" else made
    else:
        done = statements.run(sql)
    assert done["Status"] == "FAILED"
    assert re.search(REFUSALS, done["Error"]), done["Error"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "sql",
    [
        "select pg_catalog.set_config('enable_seqscan', 'off', false)",
        "select set_config('enable_' || 'seqscan', 'off', false)",
        "select pg_catalog.set_config('plpgsql.check_asserts', 'off', false)",
        "select pg_catalog.pg_set_config('enable_seqscan', 'off', false)",
        "select query_to_xml('select set_config(''enable_seqscan'', ''off'', false)', true, true, '')",
        "select pg_catalog.query_to_xml('select set_config(''enable_seqscan'', ''off'', false)', true, true, '')",
        "update pg_settings set setting = 'off' where name = 'enable_seqscan'",
        'set "enable_seqscan" to off',
        'set session "Enable_SeqScan" to off',
        "set plpgsql.check_asserts to off",
        'reset "enable_seqscan"',
        "alter user tester set enable_seqscan to off",
        'alter user tester set "enable_seqscan" to off',
        "alter role tester set enable_seqscan to off",
        "alter role all set enable_seqscan to off",
        "alter user tester in database dev set enable_seqscan to off",
        "alter database dev set enable_seqscan to off",
        "alter procedure q() set enable_seqscan to off",
        'create procedure r() as $$ begin null; end $$ language plpgsql set "enable_seqscan" to off',
    ],
)
def test_the_engines_own_parameters_are_out_of_reach(statements: Statements, sql: str) -> None:
    statements.run("create procedure q() as $$ begin null; end $$ language plpgsql")
    before = statements.rows("select setting from pg_settings where name = 'enable_seqscan'")
    done = statements.run(sql)
    assert done["Status"] == "FAILED"
    assert re.search("unrecognized configuration parameter|permission denied|does not exist", done["Error"])
    quoted = sql.replace("'", "''")
    made = statements.run(f"create procedure p() as $p$ begin execute '{quoted}'; end $p$ language plpgsql")
    assert "FAILED" in (made["Status"], statements.run("call p()")["Status"])
    statements.run("create procedure c(inout s varchar(9999)) as $$ begin execute s; end $$ language plpgsql")
    assert statements.run(f"call c('{quoted}')")["Status"] == "FAILED"
    assert statements.rows("select setting from pg_settings where name = 'enable_seqscan'") == before
    assert statements.rows(
        "select count(*) from pg_db_role_setting where setconfig::text like '%seqscan%'"
    ) == [[0]]


def test_redshifts_parameters_are_set_for_users_too(statements: Statements) -> None:
    finished(statements.run("create user with_group password 'Abcd1234'"))
    finished(statements.run("alter user with_group set query_group to 'nightly'"))
    finished(statements.run("alter user with_group set search_path to public"))
    finished(
        statements.run(
            "select set_config('Search_Path', 'public', false), set_config('app.user', 'x', false)"
        )
    )
    [[kept]] = statements.rows(
        "select setconfig::text from pg_db_role_setting s join pg_user u on u.usesysid = s.setrole"
        " where usename = 'with_group'"
    )
    assert kept == "{local_aws.query_group=nightly,search_path=public}"
    finished(statements.run("drop user with_group"))


WHO = "create function who() returns varchar stable as $$ select current_user::varchar $$ language sql"


def test_what_runs_as_the_owner_of_the_system_runs_nothing_of_a_users(bucket: Bucket) -> None:
    statements = bucket.statements
    statements.run(WHO)
    # UNLOAD in a procedure: the query is the user's.
    statements.run(
        "create procedure p() as $$ begin "
        f"unload ('select who()') to 's3://{bucket.name}/out/' {ROLE}; end $$ language plpgsql"
    )
    finished(statements.run("call p()"))
    assert bucket.get("out/0000_part_00") == b"tester\n"
    # COPY in a procedure: so are the defaults of columns.
    statements.run("create table t (a int, b varchar(20) default who(), c int identity(5, 1))")
    bucket.put({"in": "1\n"})
    statements.run(
        f"create procedure q() as $$ begin copy t (a) from 's3://{bucket.name}/in' {ROLE} csv; end $$ language plpgsql"
    )
    finished(statements.run("call q()"))
    assert statements.rows("select a, b, c from t") == [[1, "tester", 5]]
    # CREATE TABLE: what looks like attributes is computed by nobody.
    made = statements.run("create table u (a int, constraint c check (local_aws_attributes(who()::text)))")
    assert "rdsdb" not in str(made.get("Error"))


def test_administrators_administer_what_others_made(statements: Statements) -> None:
    statements.run("create table t (a int)")
    statements.where["DbUser"] = "somebody_else"
    for sql in (
        "alter table t add column b int",
        "insert into t values (1, 2)",
        "truncate t",
        "vacuum t",
        "alter table t owner to tester",
        "drop table t",
    ):
        done = statements.run(sql)
        assert done["Status"] == "FINISHED", (sql, done.get("Error"))


def test_users_that_are_no_administrators_become_ones(statements: Statements) -> None:
    name = f"plain_{statements.where['Database']}"
    statements.run("create table t (a int)")
    for sql, works in (
        (f"create user {name} password 'Abcdefg1'", False),
        (f"alter user {name} createuser", True),
        (f"alter user {name} nocreateuser", False),
    ):
        statements.where["DbUser"] = "tester"
        assert statements.run(sql)["Status"] == "FINISHED"
        statements.where["DbUser"] = name
        done = statements.run("alter table t add column b int")
        assert done["Status"] == ("FINISHED" if works else "FAILED"), done.get("Error")
    statements.where["DbUser"] = "tester"
    assert statements.rows(f"select usesuper from pg_user where usename = '{name}'") == [[False]]
    assert statements.run(f"drop user {name}")["Status"] == "FINISHED"


def test_the_owner_of_the_system_does_not_log_in(statements: Statements) -> None:
    statements.where["DbUser"] = "rdsdb"
    assert "not permitted to log in" in statements.run("select 1")["Error"]


def test_set_session_authorization(statements: Statements) -> None:
    done = statements.batch("set session authorization default", "select current_user")
    assert done["Status"] == "FINISHED", done.get("Error")
