"""What statements mean to a session, a batch and a transaction, through the Data API."""

from tests.local_aws.test_sessions import in_session, opened
from tests.local_aws.transfer_bucket import Bucket
from tests.statements import Statements, value


def rows(statements: Statements, session: str, sql: str) -> list[list[object]]:
    """Return the values of a query in a session."""
    done = in_session(statements, session, sql)
    assert done["Status"] == "FINISHED", done.get("Error")
    records = statements.api.get_statement_result(Id=done["Id"])["Records"]
    return [[value(field) for field in row] for row in records]


def closed(statements: Statements, session: str) -> None:
    """End a session, which would keep the test's database from being dropped."""
    statements.ended(
        statements.api.execute_statement(SessionId=session, Sql="select 1", SessionKeepAliveSeconds=0)["Id"]
    )


def test_a_session_may_keep_the_case_of_quoted_names(statements: Statements) -> None:
    session = opened(statements, "set enable_case_sensitive_identifier to true")
    for sql in (
        'create table "Kept" ("One" int)',
        'insert into "Kept" values (1)',
        "create procedure count_kept(inout n int) as $$ begin execute 'select count(*) from \"K' || 'ept\"' into n;"
        " end $$ language plpgsql",
    ):
        assert in_session(statements, session, sql)["Status"] == "FINISHED"
    assert rows(statements, session, 'select "One" from "Kept"') == [[1]]
    assert rows(statements, session, "call count_kept(0)") == [[1]]
    assert 'relation "kept" does not exist' in in_session(statements, session, "select * from Kept")["Error"]
    # Another session folds; so does this one after a reset, also by the end of a transaction.
    assert 'relation "kept" does not exist' in statements.run('select * from "Kept"')["Error"]
    for sql in ("begin", "reset enable_case_sensitive_identifier"):
        in_session(statements, session, sql)
    assert (
        'relation "kept" does not exist' in in_session(statements, session, 'select * from "Kept"')["Error"]
    )
    in_session(statements, session, "rollback")
    assert rows(statements, session, 'select "One" from "Kept"') == [[1]]
    closed(statements, session)


def test_columns_of_copy_fold_too(bucket: Bucket, statements: Statements) -> None:
    statements.run('create table "Loaded" ("First" int, "Second" int)')
    bucket.put({"in": "1,2\n"})
    copied = statements.run(
        f'copy "LOADED" ("SECOND", first) from \'s3://{bucket.name}/in\' iam_role default csv'
    )
    assert copied["Status"] == "FINISHED", copied.get("Error")
    assert statements.rows('select "Second", "FIRST" from loaded') == [[1, 2]]


def test_a_refused_statement_ends_its_transaction_as_any_error_does(statements: Statements) -> None:
    session = opened(statements, "create table refused (a int)")
    in_session(statements, session, "begin")
    in_session(statements, session, "insert into refused values (1)")
    failed = in_session(statements, session, "create index ix on refused (a)")
    assert (
        failed["Error"]
        == 'ERROR: SQL command "create index ix on refused (a)" not supported on Redshift tables.'
    )
    assert "current transaction is aborted" in in_session(statements, session, "select 1")["Error"]
    in_session(statements, session, "commit")
    assert rows(statements, session, "select count(*) from refused") == [[0]]
    closed(statements, session)


def test_a_batch_is_a_transaction_to_alter_column(statements: Statements) -> None:
    statements.run("create table sized (v varchar(3))")
    change = "alter table sized alter column v type varchar(9)"
    failed = statements.batch("select 1", change)
    assert "ALTER TABLE ALTER COLUMN cannot run inside a transaction block" in failed["Error"]
    assert statements.run(change)["Status"] == "FINISHED"
    assert statements.run("insert into sized values ('123456789')")["Status"] == "FINISHED"


def test_merge_names_its_rows_and_its_errors(statements: Statements) -> None:
    statements.run("create table goal (id int, v int)")
    statements.run("create table news (id int, v int)")
    statements.run("insert into goal values (1, 1), (1, 2), (3, 3)")
    statements.run("insert into news values (1, 10), (2, 20)")
    merged = statements.run("merge into goal using news on goal.id = news.id remove duplicates")
    assert (merged["Status"], merged["HasResultSet"]) == ("FINISHED", False)
    assert statements.rows("select * from goal order by id") == [[1, 10], [2, 20], [3, 3]]
    statements.run("insert into news values (3, 1), (3, 2)")
    for clauses in (
        "when matched then update set v = news.v when not matched then insert values (news.id, news.v)",
        "remove duplicates",
    ):
        failed = statements.run(f"merge into goal using news on goal.id = news.id {clauses}")
        assert failed["Error"].splitlines()[0] == "ERROR: Found multiple matches to update the same tuple."
        assert "Hint" not in failed["Error"]


def test_other_databases_are_named_in_the_refusal(statements: Statements) -> None:
    failed = statements.run("select * from elsewhere.public.t")
    assert failed["Error"].startswith("ERROR: local stand-in does not support names of other databases")


def test_absent_functions_are_told_as_unknown(statements: Statements) -> None:
    failed = statements.run("select concat_ws(',', 'a', 'b')")
    assert failed["Error"].startswith("ERROR: function concat_ws(unknown, unknown, unknown) does not exist")
    assert "local_aws" not in failed["Error"]
    assert "local_aws" not in statements.run("show table nothing_here")["Error"]


def test_a_search_path_names_schemas_that_are_there(statements: Statements) -> None:
    session = opened(statements, "create schema there")
    assert (
        in_session(statements, session, "set search_path to '$user', there, public")["Status"] == "FINISHED"
    )
    missing = in_session(statements, session, 'set search_path to public, "no where"')
    assert missing["Error"].startswith('ERROR: schema "no where" does not exist')
    for sql in (
        "begin",
        "create schema new",
        "set local search_path to new",
        "create table t (a int)",
        "commit",
    ):
        assert in_session(statements, session, sql)["Status"] == "FINISHED", sql
    assert statements.rows("select schemaname from pg_tables where tablename = 't'") == [["new"]]
    closed(statements, session)


def test_to_set_a_search_path_takes_no_snapshot(statements: Statements) -> None:
    statements.run("create schema s")
    statements.run("create table s.t (a int)")
    session = opened(statements, "begin")
    in_session(statements, session, "set search_path to s")
    statements.run("insert into s.t values (1)")
    in_session(statements, session, "insert into s.t select count(*) from t")
    in_session(statements, session, "commit")
    assert statements.rows("select a from s.t order by a") == [[1], [1]]
    closed(statements, session)
