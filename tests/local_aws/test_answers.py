"""Every answer is what the model says it is: no member that boto3 would drop, none that it would miss."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from local_aws.control_plane import serverless
from local_aws.data_api import answers, paging
from local_aws.data_api.records.statement import Part, Statement
from local_aws.data_api.results import columns
from local_aws.data_api.running.runner import conclude
from local_aws.identity import Caller
from local_aws.wire.model import ServiceModel, Shape, load
from local_aws.wire.service_errors import ApiError, not_found, validation

MODEL = load("redshift-data", "2019-12-20")
ID = "d9b6c0c9-0747-4bf4-b142-e8883122f766"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (float, int),
}


def deviations(shape: Shape, value: Any, where: str, model: ServiceModel = MODEL) -> Iterator[str]:
    """Yield what in a value is not as its shape says."""
    if shape["type"] == "structure":
        members = shape["members"]
        yield from (f"{where}.{name} is not in the model" for name in value if name not in members)
        yield from (f"{where}.{name} is missing" for name in shape.get("required", ()) if name not in value)
        for name, item in value.items():
            yield from deviations(model.shapes[members[name]["shape"]], item, f"{where}.{name}", model)
    elif shape["type"] == "list":
        for item in value:
            yield from deviations(model.shapes[shape["member"]["shape"]], item, f"{where}[]", model)
    elif shape.get("timestampFormat") == "iso8601":
        if not (isinstance(value, str) and datetime.fromisoformat(value).tzinfo):
            yield f"{where} is {value!r}, not a time in ISO 8601"
    elif not isinstance(value, TYPES[shape["type"]]):
        yield f"{where} is {type(value).__name__}, not {shape['type']}"


def statement(*statuses: str, is_batch: bool = True) -> Statement:
    """Return a statement whose parts have these statuses."""
    return Statement(
        id=ID,
        parts=[Part(sql=f"select {status}", status=status, error="ERROR: no") for status in statuses],
        database="dev",
        db_user="me",
        is_batch=is_batch,
        cluster="local-cluster",
        name="a name",
        parameters=[{"name": "n", "value": "1"}],
        token="t",
        session_id=ID,
        pid=7,
    )


@pytest.mark.parametrize("is_batch", [True, False])
def test_answers_conform_to_the_model(is_batch: bool) -> None:
    one = statement("FINISHED", is_batch=is_batch)
    conclude(one, cancelled=False)
    for operation, answer in (
        ("ExecuteStatement", answers.submitted(one)),
        ("BatchExecuteStatement", answers.submitted(one)),
        ("DescribeStatement", answers.described(one)),
        ("DescribeStatement", answers.described(one, 1)),
        ("ListStatements", {"Statements": [answers.listed(one)]}),
    ):
        assert list(deviations(MODEL.shape(operation, "output"), answer, operation)) == []


def test_answers_of_redshift_serverless_conform_to_its_model() -> None:
    of_serverless = load("redshift-serverless", "2021-04-21")
    for operation, request in (
        ("GetWorkgroup", {"workgroupName": "local-workgroup"}),
        ("ListWorkgroups", {}),
        ("GetNamespace", {"namespaceName": "local-namespace"}),
        ("ListNamespaces", {}),
        ("GetCredentials", {"workgroupName": "local-workgroup"}),
    ):
        answer = asyncio.run(serverless.call(operation, request, Caller("key")))
        shape = of_serverless.shape(operation, "output")
        assert list(deviations(shape, answer, operation, of_serverless)) == []


def test_column_metadata_conforms_to_the_model() -> None:
    for oid in (*columns.BY_OID, 0):
        column = columns.describe(oid, -1, "name")
        assert list(deviations(MODEL.shapes["ColumnMetadata"], column, "column")) == []


def test_precision_comes_from_the_type_modifier() -> None:
    assert columns.precision_and_scale(columns.NUMERIC, (12 << 16 | 3) + 4) == (12, 3)
    assert columns.precision_and_scale(columns.VARCHAR, 20 + 4) == (20, 0)
    assert columns.precision_and_scale(20, -1) == (19, 0)


def test_a_statement_survives_being_kept() -> None:
    one = statement("FINISHED", "FAILED", "SUBMITTED")
    conclude(one, cancelled=False)
    again = Statement.from_document(json.loads(json.dumps(one.to_document())))
    assert again == one
    assert again.ended.is_set()


@pytest.mark.parametrize(
    ("before", "cancelled", "status", "after"),
    [
        (["FINISHED", "FINISHED"], False, "FINISHED", ["FINISHED", "FINISHED"]),
        (["FINISHED", "FAILED", "SUBMITTED"], False, "FAILED", ["FINISHED", "FAILED", "ABORTED"]),
        (["FINISHED", "ABORTED", "SUBMITTED"], True, "ABORTED", ["FINISHED", "ABORTED", "ABORTED"]),
        (["SUBMITTED"], True, "ABORTED", ["ABORTED"]),
        (["FINISHED"], True, "FINISHED", ["FINISHED"]),  # the cancellation came too late
    ],
)
def test_a_batch_ends_as_its_parts_did(
    before: list[str], cancelled: bool, status: str, after: list[str]
) -> None:
    one = statement(*before)
    conclude(one, cancelled=cancelled)
    assert (one.status, [part.status for part in one.parts]) == (status, after)


def test_the_failing_part_is_named() -> None:
    one = statement("FINISHED", "FAILED")
    conclude(one, cancelled=False)
    assert one.error == "Query #2 failed with ERROR: no"


def test_errors_have_the_modelled_members() -> None:
    missing = not_found("Query does not exist.", ID)
    assert (missing.http_status, missing.body()["ResourceId"]) == (400, ID)
    assert validation("no").body() == {"__type": "ValidationException", "Message": "no", "message": "no"}
    assert ApiError("InternalServerException", "no").http_status == 500


def test_every_modelled_fault_answers_500() -> None:
    for name, shape in MODEL.shapes.items():
        if shape.get("exception"):
            assert ApiError(name, "").http_status == (500 if shape.get("fault") else 400), name


def test_pages_of_a_list() -> None:
    items = list("abcde")
    first = paging.cut("Letters", items, {"MaxResults": 2}, 100)
    more = {"NextToken": first.pop("NextToken")}
    second = paging.cut("Letters", items, {"MaxResults": 3, **more}, 100)
    assert (first, second) == ({"Letters": ["a", "b"]}, {"Letters": ["c", "d", "e"]})
    with pytest.raises(ApiError, match="NextToken"):
        paging.cut("Digits", items, more, 100)


def test_the_event_says_until_when_the_result_is_kept() -> None:
    one = statement("FINISHED")
    conclude(one, cancelled=False)
    event = answers.event(one)
    assert event["Resources"] == ["arn:aws:redshift:us-east-1:123456789012:cluster:local-cluster"]
    assert event["Detail"]["state"] == "FINISHED"
    assert event["Detail"]["expireAt"] == int(one.created_at) + 24 * 3600
