"""Calls of S3 that are refused, fail for a while, or are cut, in the middle of frames."""

import logging

import pandas as pd
import pytest

from local_aws import Admin
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import CallError, CredentialsRefusedError
from tests.prefect_redshift.frames.conftest import Bucket, folders, rows

FRAME = pd.DataFrame({"id": range(80), "name": "x"})
HELD = "select count(*), count(distinct id) from items"
SENTENCE = (
    "Files may be left in S3: DeleteObjects: AccessDenied: not yours. Check the AWS credentials and that they allow"
    " this action. Remove them: aws s3 rm --recursive {}"
)


@pytest.fixture
async def items(warehouse: RedshiftDataApi) -> RedshiftDataApi:
    await warehouse.run("create table items (id bigint, name varchar(20))")
    return warehouse


async def test_a_refused_part_ends_the_load(items: RedshiftDataApi, bucket: Bucket, admin: Admin) -> None:
    admin.add_fault("error", operation="PutObject", code="AccessDenied", message="not yours", count=1)
    with pytest.raises(CredentialsRefusedError, match="PutObject: AccessDenied: not yours"):
        await items.copy_into("items", FRAME, rows_a_part=10)
    assert bucket.keys() == []
    assert await rows(items, HELD) == [(0, 0)]


@pytest.mark.parametrize("kind", ["throttle", "server_error", "drop_before", "drop_after"])
async def test_what_passes_is_tried_again(items: RedshiftDataApi, admin: Admin, kind: str) -> None:
    calls = ("PutObject", "ListObjectsV2", "DeleteObjects", "GetObject")
    faults = [admin.add_fault(kind, operation=call, count=2)["id"] for call in calls]
    copied = await items.copy_into("items", FRAME, rows_a_part=10, name="passing")
    assert (copied.rows, copied.parts) == (80, 8)
    assert await rows(items, HELD) == [(80, 80)]
    back = await items.unload_to_arrow("select id from items")
    assert sorted(back["id"].to_pylist()) == list(range(80))
    assert {fault["id"]: fault["hits"] for fault in admin.faults()} == dict.fromkeys(faults, 2)


async def test_files_that_cannot_be_removed_are_named_and_the_load_counts(
    items: RedshiftDataApi, bucket: Bucket, admin: Admin, caplog: pytest.LogCaptureFixture
) -> None:
    admin.add_fault("error", operation="DeleteObjects", code="AccessDenied", message="not yours")
    with caplog.at_level(logging.WARNING):
        assert (await items.copy_into("items", FRAME, name="kept")).rows == 80
    told = [record.getMessage() for record in caplog.records if "S3" in record.getMessage()]
    assert told == [SENTENCE.format(f"s3://{bucket.name}/staging/copy/kept.files/")]
    assert len(bucket.keys()) == 2
    assert folders(bucket) == {"staging/copy/kept.files"}
    admin.clear_faults()
    # Asked for again, it finds what is loaded, and removes what is left.
    await items.copy_into("items", FRAME, name="kept")
    assert await rows(items, HELD) == [(80, 80)]
    assert bucket.keys() == []


@pytest.mark.parametrize("call", ["GetObject", "ListObjectsV2"])
async def test_files_that_cannot_be_read_are_an_error(
    items: RedshiftDataApi, admin: Admin, call: str
) -> None:
    admin.add_fault("error", operation=call, code="AccessDenied", message="not yours", count=1)
    with pytest.raises(CallError, match=f"{call}: AccessDenied: not yours"):
        await items.unload_to_arrow("select 1 as a")
