"""Statements through real boto3: submitted, awaited, read."""

from typing import Any

import boto3
import pytest

from local_aws import Served

WHERE = {"ClusterIdentifier": "local-cluster", "DbUser": "tester"}


def run(data_api: Any, database: str, sql: str, **more: Any) -> dict[str, Any]:
    """Run one statement to its end and return its description."""
    started = data_api.execute_statement(**WHERE, Database=database, Sql=sql, WaitTimeSeconds=30, **more)
    described: dict[str, Any] = data_api.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
    return described


def test_select_returns_typed_fields(data_api: Any, database: str) -> None:
    done = run(
        data_api,
        database,
        "select 1 as n, 'a'::varchar(5) as t, true as b, null as nothing, 1.50::numeric(5,2) as d",
    )
    assert done["Status"] == "FINISHED"
    result = data_api.get_statement_result(Id=done["Id"])
    assert result["Records"] == [
        [
            {"longValue": 1},
            {"stringValue": "a"},
            {"booleanValue": True},
            {"isNull": True},
            {"stringValue": "1.50"},
        ]
    ]
    assert [column["typeName"] for column in result["ColumnMetadata"]][:3] == ["int4", "varchar", "bool"]


def test_sql_errors_are_a_status_not_an_exception(data_api: Any, database: str) -> None:
    done = run(data_api, database, "select * from no_such_table")
    assert (done["Status"], done["HasResultSet"]) == ("FAILED", False)
    assert 'relation "no_such_table" does not exist' in done["Error"]


def test_parameters_are_values(data_api: Any, database: str) -> None:
    done = run(
        data_api,
        database,
        "select :day::date + 1 as d, :word as w",
        Parameters=[{"name": "day", "value": "2026-11-23"}, {"name": "word", "value": "it's"}],
    )
    assert data_api.get_statement_result(Id=done["Id"])["Records"][0][1] == {"stringValue": "it's"}


def test_a_failing_batch_is_rolled_back_whole(data_api: Any, database: str) -> None:
    batch = data_api.batch_execute_statement(
        **WHERE,
        Database=database,
        Sqls=["create table t (n int)", "select 1/0", "select 1"],
        WaitTimeSeconds=30,
    )
    done = data_api.describe_statement(Id=batch["Id"])
    assert done["Status"] == "FAILED"
    assert [part["Status"] for part in done["SubStatements"]] == ["FINISHED", "FAILED", "ABORTED"]
    assert run(data_api, database, "select * from t")["Status"] == "FAILED"


def test_the_same_token_is_the_same_statement(data_api: Any, database: str) -> None:
    run(data_api, database, "create table t (n int)")
    first = run(data_api, database, "insert into t values (1)", ClientToken="once")
    second = run(data_api, database, "insert into t values (1)", ClientToken="once")
    assert first["Id"] == second["Id"]
    count = run(data_api, database, "select count(*) from t")
    assert data_api.get_statement_result(Id=count["Id"])["Records"] == [[{"longValue": 1}]]


def test_cancel_stops_a_running_statement(data_api: Any, database: str) -> None:
    started = data_api.execute_statement(**WHERE, Database=database, Sql="select pg_sleep(60)")
    while data_api.describe_statement(Id=started["Id"])["Status"] != "STARTED":
        pass
    assert data_api.cancel_statement(Id=started["Id"])["Status"] is True
    assert data_api.describe_statement(Id=started["Id"])["Status"] == "ABORTED"
    with pytest.raises(data_api.exceptions.ValidationException, match="already in ABORTED state"):
        data_api.cancel_statement(Id=started["Id"])


def test_s3_is_there(aws: Served) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="scripts")
    s3.put_object(Bucket="scripts", Key="a.sql", Body=b"select 1")
    assert s3.get_object(Bucket="scripts", Key="a.sql")["Body"].read() == b"select 1"
    s3.close()
