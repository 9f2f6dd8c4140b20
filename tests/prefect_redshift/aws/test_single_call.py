"""A call ends, whatever the endpoint does, and what is no answer of the API is one clear error."""

import asyncio
import time
from typing import Any

import pytest

from prefect_redshift.data_api.listener import SILENCE
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import AnswerError, ResultError, TransientCallError
from tests.prefect_redshift.odd_endpoint import (
    GIBIBYTE,
    Answer,
    drips_a_body,
    drips_a_header,
    odd_endpoint,
    says,
    says_nothing,
)

ID = {"Id": "00000000-0000-0000-0000-000000000000"}
FINISHED = Statement(id=ID["Id"], status="FINISHED", has_result_set=True)
CSV = Statement(id=ID["Id"], status="FINISHED", has_result_set=True, result_format="CSV")
PAGE = {"ColumnMetadata": [{"name": "n", "typeName": "int4"}], "TotalNumRows": 1}


@pytest.mark.parametrize("answer", [says_nothing, drips_a_body, drips_a_header])
def test_a_call_has_a_deadline(answer: Answer) -> None:
    with odd_endpoint(DescribeStatement=answer) as endpoint:
        client = endpoint.data_api(SILENCE).connection.client
        began = time.monotonic()
        with pytest.raises(TransientCallError, match=r"NoAnswerInTime: no whole answer within 0\.5 seconds"):
            client.request_once("DescribeStatement", ID, 0.5)
        # Only against hanging: the answers take 100 seconds.
        assert time.monotonic() - began < 20


def test_a_connection_that_was_slow_is_none_for_the_next_call() -> None:
    with odd_endpoint(DescribeStatement=drips_a_body) as endpoint:
        client = endpoint.data_api(SILENCE).connection.client
        with pytest.raises(TransientCallError):
            client.request_once("DescribeStatement", ID, 0.3)
        endpoint.answers["DescribeStatement"] = says(ID)
        for _ in range(3):
            assert client.request_once("DescribeStatement", ID, 5)["Id"] == ID["Id"]
            time.sleep(0.1)


def test_an_answer_has_a_largest_size() -> None:
    with odd_endpoint() as endpoint:
        endpoint.answers["DescribeStatement"] = endpoint.is_endless
        client = endpoint.data_api(SILENCE).connection.client
        with pytest.raises(AnswerError, match="AnswerTooLarge: the answer has more than 64 MB"):
            client.request_once("DescribeStatement", ID, 60)
        assert endpoint.sent < GIBIBYTE / 4


WRONG = {
    "HTML": says("<html>Welcome to the hotel's network</html>", "text/html"),
    "HTML as JSON": says("<html>Welcome</html>"),
    "an object": says({"message": "hello"}),
    "a list": says([1, 2]),
    "a text": says('"hello"'),
    "a number": says(7),
    "nothing": says(""),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
async def test_what_is_no_answer_of_the_api_is_one_error(answer: Answer) -> None:
    operations = (
        "ExecuteStatement",
        "DescribeStatement",
        "CancelStatement",
        "ListStatements",
        "ListSessions",
    )
    results = ("GetStatementResult", "GetStatementResultV2")
    with odd_endpoint(**dict.fromkeys((*operations, *results), answer)) as endpoint:
        api = endpoint.data_api(SILENCE)

        async def listed(items: Any) -> list[Any]:
            return [item async for item in items]

        asked = {
            "ExecuteStatement": api.execute_statement("select 1"),
            "DescribeStatement": api.describe_statement(ID["Id"]),
            "CancelStatement": api.cancel_statement(ID["Id"]),
            "ListStatements": listed(api.list_statements()),
            "ListSessions": listed(api.list_sessions()),
            "GetStatementResult": listed(api.rows(FINISHED)),
            "GetStatementResultV2": listed(api.rows(CSV)),
        }
        for operation, work in asked.items():
            with pytest.raises(
                AnswerError, match=f"^{operation}: UnexpectedAnswer: .* Check AWS_ENDPOINT_URL"
            ):
                await asyncio.wait_for(work, 30)
        assert set(endpoint.asked) == set(asked)


@pytest.mark.parametrize(
    "members",
    [
        {"Id": 7},
        {"Status": ["FINISHED"]},
        {"Duration": "long"},
        {"Duration": True},
        {"HasResultSet": "yes"},
        {"CreatedAt": "yesterday"},
        {"CreatedAt": {}},
        {"SubStatements": {"Id": "x"}},
        {"SubStatements": [{"Status": "FINISHED"}]},
        {"SubStatements": ["x"]},
        {"SubStatements": [{**ID, "Duration": {}}]},
    ],
    ids=str,
)
async def test_members_of_other_types_are_one_error(members: dict[str, Any]) -> None:
    with odd_endpoint(DescribeStatement=says({**ID, **members})) as endpoint:
        with pytest.raises(AnswerError, match=r"^DescribeStatement: ") as refused:
            await endpoint.data_api(SILENCE).describe_statement(ID["Id"])
        assert "yesterday" not in str(refused.value)


@pytest.mark.parametrize(
    "records",
    [[7], [{"longValue": 1}], [[7]], [[{"longValue": 1}, {"longValue": 2}]], [[{}]], [["x"]]],
    ids=str,
)
async def test_records_that_do_not_fit_are_one_error(records: list[Any]) -> None:
    with (
        odd_endpoint(GetStatementResult=says({**PAGE, "Records": records})) as endpoint,
        pytest.raises(ResultError),
    ):
        [row async for row in endpoint.data_api(SILENCE).rows(FINISHED)]
