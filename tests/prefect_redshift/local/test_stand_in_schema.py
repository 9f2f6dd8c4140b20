"""The schema of a job on the stand-in."""

import uuid
from typing import Any

import pytest

from local_aws import Served
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.stand_in_schema import make_schema
from tests.statements import CLUSTER, finish


def test_a_schema_is_made_where_there_is_none(aws: Served, data_api: Any) -> None:
    name = f"made_{uuid.uuid4().hex[:12]}"
    make_schema(name)
    finish(data_api, f"create table {name}.kept (a integer)")
    make_schema(name)
    listed = data_api.list_tables(**CLUSTER, Database="dev", SchemaPattern=name)["Tables"]
    assert [table["name"] for table in listed] == ["kept"]
    finish(data_api, f"drop schema {name} cascade")


def test_a_name_that_needs_quotes_is_refused(aws: Served) -> None:
    with pytest.raises(PipelineError, match="not a plain identifier"):
        make_schema('bikes"; drop table trip; --')


def test_the_engine_s_own_words_are_told(aws: Served) -> None:
    with pytest.raises(PipelineError, match=r"The schema pg_bikes is FAILED: .*unacceptable schema name"):
        make_schema("pg_bikes")
