"""Fires schedules, by their time or on request, as EventBridge Scheduler does."""

import asyncio
import json
import logging
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local_aws.identity import ACCOUNT
from local_aws.scheduler import times
from local_aws.wire.service_errors import ApiError, validation

LOG = logging.getLogger(__name__)
_SENT = ("execution-id", "scheduled-time", "schedule-arn")


class Schedules:
    """The schedules that moto keeps; `port` is where their targets are."""

    def __init__(self, port: int) -> None:
        self._endpoint = f"http://127.0.0.1:{port}"
        # Until when each schedule has been looked after, by its ARN and its last change.
        self._seen: dict[tuple[str, float], datetime] = {}

    async def fire_due(self) -> None:
        """Fire what has become due since the last time."""
        # Not loaded means that nobody has made one.
        if "moto.scheduler.models" in sys.modules:
            await asyncio.to_thread(self._fire_due, datetime.now(UTC))

    def _fire_due(self, now: datetime) -> None:
        for schedule in list(_all()):
            if schedule.state != "ENABLED":
                continue
            key = schedule.arn, schedule.last_modified_date
            after = self._seen.setdefault(key, datetime.fromtimestamp(schedule.last_modified_date, UTC))
            start = datetime.fromtimestamp(schedule.creation_date, UTC)
            try:
                expression, zone = schedule.schedule_expression, schedule.schedule_expression_timezone
                due = times.next_due(expression, zone, after, start)
            except ValueError as error:
                LOG.warning("schedule %s: %s", schedule.name, error)
                due = None
            if due and due <= now:
                self._seen[key] = now
                self._fire(schedule, due)

    async def fire(self, name: str, time: str | None = None) -> dict[str, Any]:
        """Fire a schedule now, as if it were due at a time (ISO 8601, by default now); return what became of it."""
        found = [schedule for schedule in _all() if schedule.name == name]
        if not found:
            raise ApiError("ResourceNotFoundException", f"there is no schedule {name}", http_status=404)
        try:
            due = datetime.fromisoformat(time) if time else datetime.now(UTC)
        except (TypeError, ValueError):
            raise validation("time must be in ISO 8601, such as 2026-11-22T05:00:00Z") from None
        return await asyncio.to_thread(self._fire, found[0], due if due.tzinfo else due.replace(tzinfo=UTC))

    def _fire(self, schedule: Any, due: datetime) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        target = schedule.target
        values = {
            "scheduled-time": due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "schedule-arn": schedule.arn,
            "execution-id": str(uuid.uuid4()),
            "attempt-number": "1",
        }
        given = target.get("Input") or "{}"
        for name, value in values.items():
            given = given.replace(f"<aws.scheduler.{name}>", value)
        fired = {"scheduledTime": values["scheduled-time"], "executionId": values["execution-id"]}
        try:
            return fired | self._invoke(target, given, values["execution-id"])
        except ClientError as error:
            failure = error.response["Error"]
        self._bury(schedule, given, values, failure)
        return fired | {"error": failure}

    def _invoke(self, target: dict[str, Any], given: str, execution_id: str) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        arn = target["Arn"]
        if ":stateMachine:" in arn:
            started = self._client("stepfunctions", arn).start_execution(
                stateMachineArn=arn, name=execution_id, input=given
            )
            return {"executionArn": started["executionArn"]}
        if ":sqs:" in arn:
            return {"messageId": self._send(arn, given, {})}
        message = f"local stand-in does not support the target {arn}"
        raise ClientError({"Error": {"Code": "ValidationException", "Message": message}}, "Invoke")

    def _bury(self, schedule: Any, given: str, values: dict[str, str], failure: dict[str, str]) -> None:
        """Put what could not be delivered into the dead-letter queue, with the reason, if the schedule has one."""
        LOG.warning("schedule %s: %s", schedule.name, json.dumps(failure))
        queue = schedule.target.get("DeadLetterConfig", {}).get("Arn")
        attributes = {
            "ERROR_CODE": failure["Code"],
            "ERROR_MESSAGE": failure["Message"],
            "RETRY_ATTEMPTS": "0",
            "TARGET_ARN": schedule.target["Arn"],
            **{name.replace("-", "_").upper(): values[name] for name in _SENT},
        }
        if queue:
            self._send(queue, given, attributes)

    def _send(self, arn: str, body: str, attributes: dict[str, str]) -> str:
        sqs = self._client("sqs", arn)
        url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        typed = {
            name: {"DataType": "String", "StringValue": value or "-"} for name, value in attributes.items()
        }
        sent = sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=typed)
        return str(sent["MessageId"])

    def _client(self, service: str, arn: str) -> Any:
        import boto3

        return boto3.client(service, region_name=arn.split(":")[3], endpoint_url=self._endpoint)


def _all() -> Iterator[Any]:
    if "moto.scheduler.models" not in sys.modules:
        return
    from moto.scheduler.models import scheduler_backends

    for backend in scheduler_backends[ACCOUNT].values():
        for group in backend.schedule_groups.values():
            yield from list(group.schedules.values())
