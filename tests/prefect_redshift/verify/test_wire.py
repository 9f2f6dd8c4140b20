"""What an interruption leaves of a call that was under way."""

import asyncio
import gc
from typing import Any

import pytest
from prefect_aws import AwsCredentials

from local_aws import Served
from prefect_redshift.verify.wire import DATA_API, AwsWire
from tests.prefect_redshift.odd_endpoint import odd_endpoint
from tests.statements import eventually


async def test_a_call_that_an_interruption_ends_prints_nothing_later(
    aws: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: printed.append(context))
    with odd_endpoint() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        calls = asyncio.create_task(
            AwsWire(AwsCredentials()).call(DATA_API, "DescribeStatement", {"Id": "1"})
        )
        await asyncio.to_thread(eventually, lambda: endpoint.open_calls)
        calls.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calls
        del calls
    # The call was ended on its thread; what that is answered with reaches the loop.
    for _ in range(20):
        await asyncio.sleep(0.05)
        gc.collect()
    assert printed == []
