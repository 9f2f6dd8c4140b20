"""COPY and UNLOAD in procedures: part of the procedure's transaction, and of its history."""

from typing import Any

import pytest

from tests.local_aws.transfer_bucket import ROLE, Bucket, finished
from tests.statements import Statements, eventually

# The engine's own error in the midst of a load. CHECK is refused, but for the one that the dialect itself writes.
ENGINE_REFUSES = "alter table t add check (a < 2 and local_aws_attributes(''))"


def call(statements: Statements, body: str, declare: str = "", mode: str = "") -> dict[str, Any]:
    made = statements.run(
        f"create or replace procedure p() {mode} as $$ declare n bigint; {declare} begin {body} end $$"
        " language plpgsql"
    )
    assert made["Status"] == "FINISHED", made.get("Error")
    return statements.run("call p()")


@pytest.fixture
def load(bucket: Bucket) -> str:
    """A COPY of two rows into t."""
    bucket.statements.run("create table t (a int, b varchar(20))")
    bucket.put({"in": "1,x\n2,it's\n"})
    return f"copy t from 's3://{bucket.name}/in' {ROLE} csv"


@pytest.mark.parametrize("way", ["{}", "execute '{quoted}'", "q := '{quoted}'; execute q"])
def test_a_procedure_loads_and_counts(bucket: Bucket, load: str, way: str) -> None:
    command = way.format(load, quoted=load.replace("'", "''"))
    body = f"{command}; get diagnostics n = row_count; raise info '% %', n, pg_last_copy_count();"
    finished(call(bucket.statements, body, "q varchar(1000);"))
    assert bucket.statements.rows("select a, b from t order by a") == [[1, "x"], [2, "it's"]]
    assert bucket.statements.rows("select message from svl_stored_proc_messages") == [["2 2"]]
    [[text]] = bucket.statements.rows("select querytxt from stl_query where querytxt like 'copy%'")
    assert text == load


def test_temporary_tables_and_tables_of_the_same_transaction(bucket: Bucket, load: str) -> None:
    into_temporary = load.replace("copy t ", 'copy "#s" (b, a) ').replace("csv", "delimiter ',' maxerror 5")
    done = bucket.statements.batch(
        "create procedure p() as $$ begin"
        " create temp table #s (a int, b varchar(20));"
        f" {into_temporary}; {into_temporary.replace('(b, a)', '(a, b)')};"
        " insert into made select a from #s; end $$ language plpgsql",
        "create table made (a int)",
        "call p()",
        "select pg_last_copy_count(), count(*) from made",
    )
    assert done["Status"] == "FINISHED", done.get("Error")
    rows = bucket.statements.pages(f"{done['Id']}:4", "Records")
    assert rows == [[{"longValue": 2}, {"longValue": 2}]]
    assert bucket.statements.rows("select count(*) from stl_load_errors") == [[2]]


def test_an_error_takes_the_rows_back(bucket: Bucket, load: str) -> None:
    failed = call(bucket.statements, f"{load}; n := 1 / 0;")
    assert failed["Error"].startswith("ERROR: division by zero")
    assert bucket.statements.rows("select count(*) from t") == [[0]]


def test_rejected_rows_fail_the_procedure_and_are_kept(bucket: Bucket, load: str) -> None:
    bucket.put({"in": "1,x\ny,z\n"})
    bucket.statements.run("create table seen (reason varchar, state varchar)")
    body = (
        f"{load}; exception when others then"
        " insert into seen select trim(err_reason), sqlerrm from stl_load_errors;"
    )
    failed = call(bucket.statements, body)
    words = "Load into table 't' failed.  Check 'stl_load_errors' system table for details."
    assert failed["Error"].startswith(f"ERROR: {words}\n")
    assert bucket.statements.rows("select count(*) from t") == [[0]]
    reason = "Invalid digit, Value 'y', Pos 0, Type: Integer"
    assert bucket.statements.rows("select * from seen") == [[reason, words]]
    errors = bucket.statements.rows("select line_number, colname, raw_line from stl_load_errors")
    assert errors == [[2, "a", "y,z"]]
    finished(call(bucket.statements, body.replace(" csv", " csv maxerror 2")))
    assert bucket.statements.rows("select a from t") == [[1]]


def test_nonatomic_procedures_keep_what_was_loaded_and_go_on(bucket: Bucket, load: str) -> None:
    missing = load.replace("/in'", "/nothing'")
    body = f"{load}; {missing}; exception when others then raise info '%', sqlerrm;"
    finished(call(bucket.statements, body, mode="nonatomic"))
    assert bucket.statements.rows("select count(*) from t") == [[2]]
    said = bucket.statements.rows("select message from svl_stored_proc_messages")
    assert said == [["The specified S3 prefix 'nothing' does not exist"]]


def test_a_load_after_one_that_the_engine_refused(bucket: Bucket, load: str) -> None:
    bucket.put({"in": "1,x\n2,y\n", "dates": "2020-01-01\n2020-13-01\n"})
    bucket.statements.batch(ENGINE_REFUSES, "create table d (a date)")
    body = (
        f"begin {load}; exception when others then raise info '%', sqlerrm; end;"
        f" {load.replace('copy t', 'copy d').replace('/in', '/dates')} maxerror 9;"
    )
    finished(call(bucket.statements, body, mode="nonatomic"))
    assert bucket.statements.rows("select count(*) from d") == [[1]]
    assert bucket.statements.rows("select filename, colname from stl_load_errors") == [
        [f"s3://{bucket.name}/dates", "a"]
    ]
    history = "select status from sys_query_history where query_type = 'COPY' order by query_id"
    assert bucket.statements.rows(history) == [["failed"], ["success"]]


def test_the_engines_own_errors_are_told(bucket: Bucket, load: str) -> None:
    bucket.statements.run(ENGINE_REFUSES)
    assert "violates check constraint" in call(bucket.statements, f"{load};")["Error"]
    history = "select status from sys_query_history where query_type = 'COPY'"
    assert bucket.statements.rows(history) == [["failed"]]
    assert 'relation "t2" does not exist' in call(bucket.statements, load.replace("t ", "t2 ") + ";")["Error"]
    assert 'syntax error at or near "csvv"' in call(bucket.statements, f"{load}v;")["Error"]


def test_a_writer_waits_for_a_procedure_that_loads(bucket: Bucket, load: str) -> None:
    bucket.statements.run(
        f"create procedure p() as $$ begin {load}; perform pg_sleep(60); end $$ language plpgsql"
    )
    loading = bucket.statements.start("call p()")
    locks = "select count(*) from pg_locks where relation = 't'::regclass and mode = 'ShareRowExclusiveLock'"
    eventually(lambda: bucket.statements.rows(f"{locks} and granted") == [[1]])
    writing = bucket.statements.start("insert into t values (3, 'z')")
    eventually(lambda: bucket.statements.rows(f"{locks} and not granted") == [[1]])
    bucket.statements.api.cancel_statement(Id=loading)
    assert bucket.statements.ended(loading)["Status"] == "ABORTED"
    assert bucket.statements.ended(writing)["Status"] == "FINISHED"
    assert bucket.statements.rows("select a from t") == [[3]]


def test_a_long_load_is_cancelled(bucket: Bucket, load: str) -> None:
    bucket.put({"in": "1,x\n" * 3_000_000})
    bucket.statements.run(f"create procedure p() as $$ begin {load}; end $$ language plpgsql")
    loading = bucket.statements.start("call p()")
    waiting = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and query like 'call p%'"
    eventually(lambda: bucket.statements.rows(waiting) == [[1]])
    bucket.statements.api.cancel_statement(Id=loading)
    assert bucket.statements.ended(loading)["Status"] == "ABORTED"
    assert bucket.statements.rows("select count(*) from t") == [[0]]


def test_users_need_the_right_to_write(bucket: Bucket, load: str) -> None:
    name = bucket.statements.where["Database"]
    bucket.statements.run(f"create user {name}_reader password disable")
    bucket.statements.run(f"create procedure p() as $$ begin {load}; end $$ language plpgsql")
    asked = bucket.statements.api.execute_statement(
        **{**bucket.statements.where, "DbUser": f"{name}_reader"}, Sql="call p()", WaitTimeSeconds=30
    )
    assert "permission denied for" in bucket.statements.ended(asked["Id"])["Error"]
    bucket.statements.run(f"drop user {name}_reader")


@pytest.mark.parametrize("way", ["{}", "execute '{quoted}'"])
def test_a_procedure_unloads(bucket: Bucket, load: str, way: str) -> None:
    unload = (
        f"unload ('select b, a * 1.5 as half, a = 1 as first from t where b <> ''y'' order by a desc')"
        f" to 's3://{bucket.name}/out/' {ROLE} csv header parallel off"
    )
    body = f"{load}; {way.format(unload, quoted=unload.replace(chr(39), chr(39) * 2))}; n := pg_last_unload_count();"
    finished(call(bucket.statements, f"{body} raise info '%', n;"))
    assert bucket.get("out/000") == b"b,half,first\nit's,3.0,f\nx,1.5,t\n"
    assert bucket.statements.rows("select message from svl_stored_proc_messages") == [["2"]]
    again = call(bucket.statements, body)
    assert "Specified unload destination on S3 is not empty" in again["Error"]
