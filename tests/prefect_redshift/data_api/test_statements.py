"""Statements are submitted, described and cancelled by the API's own operations."""

from typing import Any

import boto3
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import CallError
from tests.history import History


async def values(warehouse: RedshiftDataApi, sql: str) -> list[tuple[Any, ...]]:
    statement = await warehouse.run(sql)
    return [tuple(row) async for row in warehouse.rows(statement)]


async def test_a_statement_is_submitted_and_not_waited_for(
    warehouse: RedshiftDataApi, history: History
) -> None:
    submitted = await warehouse.execute_statement("select pg_sleep(0.5)", name="nap")
    assert not submitted.has_ended
    assert history.calls("DescribeStatement") == []
    ended = await warehouse.wait(submitted)
    assert (ended.id, ended.name, ended.status) == (submitted.id, "nap", "FINISHED")
    assert ended.seconds >= 0.5


async def test_submitted_again_under_its_name_it_is_the_same(warehouse: RedshiftDataApi) -> None:
    await warehouse.run("create table runs (n integer)")
    first = await warehouse.execute_statement("insert into runs values (1)", name="load")
    again = await warehouse.execute_statement("insert into runs values (1)", name="load")
    assert first.id == again.id
    assert (await warehouse.wait(again)).rows == 1
    assert await values(warehouse, "select count(*) from runs") == [(1,)]


@pytest.mark.parametrize(("mode", "kept"), [("TRANSACTION", []), ("AUTO_COMMIT", [("a",), ("c",)])])
async def test_a_batch_is_all_or_nothing_or_each_by_itself(
    warehouse: RedshiftDataApi, mode: Any, kept: list[tuple[str]]
) -> None:
    await warehouse.run("create table kept (v varchar)")
    sqls = ["insert into kept values (:a)", "select 1 / 0", "insert into kept values (:c)"]
    submitted = await warehouse.batch_execute_statement(
        sqls, {"a": "a", "c": "c"}, name="batch", execution_mode=mode
    )
    ended = await warehouse.wait(submitted)
    assert ended.execution_mode == mode
    assert [part.number for part in ended.sub_statements] == [1, 2, 3]
    assert "division by zero" in str(ended.sub_statements[1].error)
    assert await values(warehouse, "select v from kept order by v") == kept


async def test_each_statement_of_a_batch_has_a_result_of_its_own(warehouse: RedshiftDataApi) -> None:
    batch = await warehouse.run(["select 1 as n", "create table t (a integer)", "select 3 as n"])
    first, second, third = batch.sub_statements
    assert [[row.n async for row in warehouse.rows(part)] for part in (first, third)] == [[1], [3]]
    assert not second.has_result_set
    described = await warehouse.describe_statement(third)
    assert (described.id, described.status) == (batch.id, "FINISHED")
    assert [(part.id, part.sql) for part in described.sub_statements] == [(third.id, "select 3 as n")]


def test_a_statement_that_is_part_of_no_batch_has_no_number() -> None:
    assert Statement(id="statement-1", status="FINISHED").number == 0
    assert Statement(id="statement-1:2", status="FINISHED").number == 2


async def test_with_event_tells_event_bridge(warehouse: RedshiftDataApi, database: str) -> None:
    sqs, events = boto3.client("sqs"), boto3.client("events")
    queue = sqs.create_queue(QueueName=database)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=database, EventPattern='{"source": ["aws.redshift-data"]}')
    events.put_targets(Rule=database, Targets=[{"Id": "queue", "Arn": arn}])
    try:
        await warehouse.run("select 1", name="quiet")
        await warehouse.run("select 1", name="announced", with_event=True)
        found = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10)["Messages"]
        assert len(found) == 1
        assert '"statementName": "announced/1/' in found[0]["Body"].replace('":"', '": "')
    finally:
        events.remove_targets(Rule=database, Ids=["queue"])
        events.delete_rule(Name=database)
        for client in (sqs, events):
            client.close()


async def test_a_described_statement_tells_all(warehouse: RedshiftDataApi, admin: Admin) -> None:
    statement = await warehouse.run(
        "select 1 as n union all select 2", name="two", result_format="CSV", describe=True
    )
    by_id = await warehouse.describe_statement(statement.id, wait_seconds=5)
    assert by_id == Statement(**{**statement.__dict__, "name": ""})
    assert (by_id.rows, by_id.result_format, by_id.has_result_set) == (2, "CSV", True)
    assert by_id.result_bytes > 0
    with pytest.raises(CallError, match="ResourceNotFoundException"):
        await warehouse.describe_statement("00000000-0000-0000-0000-000000000000")


async def test_cancelling(warehouse: RedshiftDataApi, history: History) -> None:
    running = await warehouse.execute_statement("select pg_sleep(60)", name="long")
    assert await warehouse.cancel_statement(running)
    assert (await warehouse.wait(running)).status == "ABORTED"
    finished = await warehouse.run("select 1")
    assert not await warehouse.cancel_statement(finished)
    assert not await warehouse.cancel_statement(running.id)
    with pytest.raises(CallError, match="ResourceNotFoundException"):
        await warehouse.cancel_statement("00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("operation", ["CancelStatement", "DescribeStatement"])
async def test_passing_failures_are_retried(warehouse: RedshiftDataApi, admin: Admin, operation: str) -> None:
    running = await warehouse.execute_statement("select pg_sleep(60)", name="long")
    admin.add_fault("throttle", operation=operation, count=2)
    await warehouse.describe_statement(running)
    assert await warehouse.cancel_statement(running)
    assert (await warehouse.wait(running)).status == "ABORTED"
