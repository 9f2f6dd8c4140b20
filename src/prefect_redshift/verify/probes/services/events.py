"""Events: what EventBridge is told of a statement's end, read from a queue of the probe's own."""

import json
from collections.abc import Mapping
from typing import Any

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.place import Removal
from prefect_redshift.verify.probe import Family, NotAskedError, Observed
from prefect_redshift.verify.probes.sources import EVENTS

events = Family("events")
_EVENTS, _QUEUES = "events", "sqs"
_TARGET = "queue"
# A rule may need a while before it is in force: the statements are run again until one of them is told.
_TRIES = 6
_WAIT_SECONDS = 10
_MEMBERS = {"principal", "statementName", "statementId", "redshiftQueryId", "state", "rows", "expireAt"}


@events.probe(
    "statement",
    "EventBridge is told of the end of a statement and of a batch WithEvent, and of no other: name, id, state, rows.",
    source=EVENTS,
    expects={
        "type": "Redshift Data Statement Status Change",
        "states": {"statement": "FINISHED", "batch": "FAILED", "without": "not told"},
        "name": True,
        "rows": 2,
        "missing members": [],
        "expireAt is an integer": True,
        "resource is an ARN": True,
    },
)
async def _statement(ask: Ask) -> object:
    if not ask.means.make_queue:
        raise NotAskedError("it needs a queue and a rule of EventBridge of its own: --make-queue")
    queue = await _queue(ask)
    told: dict[str, Mapping[str, Any]] = {}
    ids: dict[str, str] = {}
    for _ in range(_TRIES):
        ids["without"] = (await ask.finish("select 1"))["Id"]
        ids["batch"] = (await ask.run("select 1", "select a from {own}_nowhere", WithEvent=True))["Id"]
        ids["statement"] = (await ask.finish("select 1 union all select 2", WithEvent=True))["Id"]
        await _receive(ask, queue, told, {ids["batch"], ids["statement"]})
        if ids["statement"] in told:
            break
    return _answer(ask, ids, told)


def _answer(ask: Ask, ids: Mapping[str, str], told: Mapping[str, Mapping[str, Any]]) -> object:
    details = {what: told[found]["detail"] for what, found in ids.items() if found in told}
    states = {what: details[what]["state"] if what in details else "not told" for what in ids}
    if "statement" not in details:
        return {"states": states}
    event, detail = told[ids["statement"]], details["statement"]
    answer = {
        "type": event["detail-type"],
        "states": states,
        "name": detail["statementName"] == f"{ask.place.name}/{ask.probe}",
        "rows": detail["rows"],
        "missing members": sorted(_MEMBERS - detail.keys()),
        "expireAt is an integer": isinstance(detail.get("expireAt"), int),
        "resource is an ARN": [one.split(":")[0] for one in event["resources"]] == ["arn"],
    }
    return Observed(answer, {"further members": sorted(detail.keys() - _MEMBERS)})


async def _receive(ask: Ask, queue: str, told: dict[str, Mapping[str, Any]], wanted: set[str]) -> None:
    """Read events until those wanted are told, or none comes."""
    inputs = {"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": _WAIT_SECONDS}
    while not wanted <= told.keys():
        messages = needed(await ask.service(_QUEUES, "ReceiveMessage", inputs))["Messages"]
        if not messages:
            return
        for message in messages:
            event = json.loads(message["Body"])
            told[event["detail"]["statementId"]] = event


async def _queue(ask: Ask) -> str:
    """Make a rule for this probe's statements and a queue that it fills, and return the queue's URL.

    Raises:
        NotAskedError: One of them cannot be made.
    """
    name = ask.own.replace(".", "_")
    pattern = {"source": ["aws.redshift-data"], "detail": {"statementName": [{"prefix": ask.place.name}]}}
    ask.place.others[f"the target of the rule {name}"] = Removal(
        _EVENTS, "RemoveTargets", {"Rule": name, "Ids": [_TARGET]}
    )
    ask.place.others[f"the rule {name}"] = Removal(_EVENTS, "DeleteRule", {"Name": name})
    rule = needed(await ask.service(_EVENTS, "PutRule", {"Name": name, "EventPattern": json.dumps(pattern)}))[
        "RuleArn"
    ]
    _, partition, _, region, account, _ = rule.split(":", 5)
    arn = f"arn:{partition}:sqs:{region}:{account}:{name}"
    attributes = {"Policy": json.dumps(_policy(arn, rule))}
    made = await ask.service(_QUEUES, "CreateQueue", {"QueueName": name, "Attributes": attributes})
    if made["QueueUrl"]:
        ask.place.others[f"the queue {name}"] = Removal(
            _QUEUES, "DeleteQueue", {"QueueUrl": made["QueueUrl"]}
        )
    queue = needed(made)["QueueUrl"]
    needed(await ask.service(_EVENTS, "PutTargets", {"Rule": name, "Targets": [{"Id": _TARGET, "Arn": arn}]}))
    return str(queue)


def _policy(queue: str, rule: str) -> dict[str, Any]:
    """Return the policy of a queue that takes messages of one rule."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
