"""When schedules are due, and that they then fire by themselves."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest

from local_aws import Admin, Served
from local_aws.scheduler.times import next_due
from tests.statements import eventually

SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("cron(0 6 * * ? *)", "UTC", "2026-11-22T06:00", "2026-11-23T06:00"),
        ("cron(0 6 * * ? *)", "UTC", "2026-11-22T05:59", "2026-11-22T06:00"),
        ("cron(0 6 * * ? *)", "Europe/Berlin", "2026-11-22T04:00", "2026-11-22T05:00"),
        ("cron(0 6 * * ? *)", "Europe/Berlin", "2026-07-01T03:59", "2026-07-01T04:00"),
        ("cron(0/20 8-9 ? * MON-FRI *)", "UTC", "2026-11-20T09:40", "2026-11-23T08:00"),
        ("cron(15 10 ? * 6L *)", "UTC", "2026-11-22T00:00", "2026-11-27T10:15"),
        ("cron(0 8 ? * 2#1 *)", "UTC", "2026-11-22T00:00", "2026-12-07T08:00"),
        ("cron(0 8 L * ? *)", "UTC", "2026-02-01T00:00", "2026-02-28T08:00"),
        ("cron(0 8 1W * ? *)", "UTC", "2026-07-31T00:00", "2026-08-03T08:00"),
        ("cron(0 0 1 JAN,jul ? 2027)", "UTC", "2026-11-22T00:00", "2027-01-01T00:00"),
        ("cron(0 0 30 2 ? *)", "UTC", "2026-11-22T00:00", None),
        # What the clocks leave out is skipped; of what comes twice, the first.
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T12:00", "2026-03-30T00:30"),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30"),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("at(2026-11-22T06:00:00)", "America/New_York", "2026-11-22T10:00", "2026-11-22T11:00"),
        ("at(2026-11-22T06:00:00)", "UTC", "2026-11-22T06:00", None),
        ("rate(5 minutes)", "UTC", "2026-11-22T12:07", "2026-11-22T12:10"),
        ("rate(1 day)", "UTC", "2026-11-22T11:00", "2026-11-22T12:00"),
    ],
)
def test_when_a_schedule_is_due(expression: str, zone: str, after: str, due: str | None) -> None:
    found = next_due(expression, zone, datetime.fromisoformat(after).replace(tzinfo=UTC), start=SUNDAY)
    assert found == (datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None)


@pytest.mark.parametrize(
    "expression",
    [
        "daily",
        "cron(0 6 * * *)",
        "cron(0 6 * * * *)",
        "cron(60 6 * * ? *)",
        "cron(x 6 * * ? *)",
        "rate(5 weeks)",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):
        next_due(expression, "UTC", SUNDAY, SUNDAY)


def test_what_is_no_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Middle/Earth"):
        next_due("rate(1 day)", "Middle/Earth", SUNDAY, SUNDAY)


def test_a_schedule_fires_by_its_time_until_it_is_disabled(aws: Served) -> None:
    sqs, scheduler = boto3.client("sqs"), boto3.client("scheduler")
    name = f"due-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    schedule = {
        "Name": name,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": arn,
            "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
            "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
        },
    }
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    once = f"at({due:%Y-%m-%dT%H:%M:%S})"
    scheduler.create_schedule(**schedule, ScheduleExpression=once, State="ENABLED")
    scheduler.create_schedule(**schedule | {"Name": f"{name}-off"}, ScheduleExpression=once, State="DISABLED")

    def received() -> list[Any]:
        messages: list[Any] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return messages

    [message] = eventually(received)
    assert json.loads(message["Body"]) == {"at": f"{due:%Y-%m-%dT%H:%M:%SZ}"}
    assert received() == []
    for one in (name, f"{name}-off"):
        scheduler.delete_schedule(Name=one)
    sqs.close()
    scheduler.close()


def test_only_a_schedule_that_is_there_can_be_fired(admin: Admin) -> None:
    with pytest.raises(HTTPError, match="404"):
        admin.fire_schedule("no-such-schedule")
