"""stl_query and its like show what ran."""

from typing import Any

from local_aws import dialect
from local_aws.data_api.running.parts import LOOK
from tests.statements import Statements, eventually


def test_statements_are_shown_with_their_ids_and_outcome(statements: Statements) -> None:
    done = statements.run("create table t as select 1 as a")
    read = statements.run("select a from t where a = :a", Parameters=[{"name": "a", "value": "1"}])
    failed = statements.run("select a / 0 from t")
    shown = statements.rows(
        "select query_id, query_type, status, returned_rows, query_text, session_id from sys_query_history"
        " order by query_id"
    )
    wanted: list[list[Any]] = [
        [
            done["RedshiftQueryId"],
            "CTAS",
            "success",
            0,
            "create table t as select 1 as a",
            done["RedshiftPid"],
        ],
        # The text as it was sent: values are never shown.
        [
            read["RedshiftQueryId"],
            "SELECT",
            "success",
            1,
            "select a from t where a = :a",
            read["RedshiftPid"],
        ],
        [failed["RedshiftQueryId"], "SELECT", "failed", 0, "select a / 0 from t", failed["RedshiftPid"]],
    ]
    assert shown == wanted
    assert statements.rows("select aborted from stl_query order by query limit 2") == [[0], [1]]


def test_parts_of_a_batch_are_shown_each(statements: Statements) -> None:
    statements.batch("create table t (a int)", "insert into t values (1)", "call nothing()")
    assert statements.rows("select kind, status from local_aws.queries order by query") == [
        ["DDL", "success"],
        ["INSERT", "success"],
        ["CALL", "failed"],
    ]


def test_texts_are_shown_whole_in_pieces_and_with_their_user(statements: Statements) -> None:
    statements.run("create table t as select 1 as a")
    long = f"select '{'x' * 5000}' as text from t"
    query = statements.run(long)["RedshiftQueryId"]
    pieces = statements.rows(
        "select t.sequence, t.text, h.username, t.user_id = current_user_id from sys_query_text t"
        f" join sys_query_history h using (query_id) where query_id = {query} order by 1"
    )
    user = statements.rows("select current_user")[0][0]
    assert pieces == [[0, long[:4000], user, True], [1, long[4000:], user, True]]


def test_the_last_query_of_a_session(statements: Statements) -> None:
    where = statements.where
    opened = statements.api.execute_statement(
        **where, Sql="select count(*) from stl_query", SessionKeepAliveSeconds=60, WaitTimeSeconds=30
    )
    statements.run("select 2")
    asked = statements.api.execute_statement(
        SessionId=opened["SessionId"],
        Sql="select pg_last_query_id()",
        WaitTimeSeconds=30,
        SessionKeepAliveSeconds=0,
    )
    first = statements.api.describe_statement(Id=opened["Id"])["RedshiftQueryId"]
    assert statements.api.get_statement_result(Id=asked["Id"])["Records"] == [[{"longValue": first}]]


def test_history_is_written_without_anybody_looking_and_hinders_no_drop(
    statements: Statements, data_api: Any
) -> None:
    statements.run("create database beside")
    there = Statements(data_api, "beside")
    there.run("select 1")
    assert statements.run("drop database beside")["Status"] == "FINISHED"
    statements.run("select 1 as seen")
    # Hidden from the trigger that would flush it: the regular writing must have done it.
    count = "select count(*) from pg_stat_all_tables where relname = 'queries' and n_tup_ins > 0"
    assert eventually(lambda: statements.rows(count) == [[1]])


def test_the_stand_ins_own_schema_is_hidden(statements: Statements) -> None:
    api, where = statements.api, statements.where
    assert "local_aws" not in api.list_schemas(**where)["Schemas"]
    tables = api.list_tables(**where, SchemaPattern="local%")["Tables"]
    assert tables == []
    for view, column in (
        ("svv_tables", "table_schema"),
        ("svv_columns", "table_schema"),
        ("svv_table_info", '"schema"'),
        ("svv_redshift_schemas", "schema_name"),
        ("svv_all_schemas", "schema_name"),
        ("svv_all_tables", "schema_name"),
        ("svv_all_columns", "schema_name"),
        ("pg_table_def", "schemaname"),
        ("pg_tables", "schemaname"),
        ("pg_views", "schemaname"),
        ("information_schema.schemata", "schema_name"),
        ("information_schema.tables", "table_schema"),
        ("information_schema.columns", "table_schema"),
        ("information_schema.routines", "specific_schema"),
    ):
        assert statements.rows(f"select count(*) from {view} where {column} = 'local_aws'") == [[0]], view
    # Hidden, but nothing else with it.
    statements.run("create table seen (a int)")
    assert statements.rows("select count(*) from information_schema.tables where table_name = 'seen'") == [
        [1]
    ]
    assert statements.rows("select count(*) > 9 from information_schema.tables") == [[True]]


def test_who_does_what_now(statements: Statements) -> None:
    sleeping = statements.start("select pg_sleep(60), 'busy'")
    running = (
        "select status, pid from stv_recents"
        " where query like '%pg_sleep%busy%' and pid > 0 and pid <> pg_backend_pid()"
    )
    [[status, pid]] = eventually(lambda: statements.rows(running))
    assert status.strip() == "Running"
    assert statements.rows(f"select count(*) from stv_sessions where process = {pid}") == [[1]]
    assert statements.rows(f"select count(*) from stv_inflight where pid = {pid}") == [[1]]
    statements.api.cancel_statement(Id=sleeping)


def test_the_text_of_ddl_in_pieces(statements: Statements) -> None:
    sql = f"create table long_one ({', '.join(f'column_{number} int' for number in range(30))})"
    statements.run(sql)
    pieces = statements.rows("select text from stl_ddltext order by sequence")
    assert "".join(piece for (piece,) in pieces) == sql
    assert len(pieces) == len(sql) // 200 + 1


def test_only_what_reads_the_history_waits_for_its_writing() -> None:
    creation = dialect.rewrite(
        "create procedure p() as $$ begin call q(); exception when others then raise info 'no'; end $$"
        " language plpgsql"
    )
    assert "'local_aws." in creation
    assert not LOOK.search(creation)
    for sql in ("select * from stl_query", "select pg_last_query_id()", "select * from local_aws.query_log"):
        assert LOOK.search(dialect.rewrite(sql))
