"""All pages are followed, and a service that repeats itself is not followed for ever."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest

from prefect_redshift.aws.paging import Pager, items, pages
from prefect_redshift.exceptions import ResultError


class Pages:
    """A service with three pages; `fetched` are those that were asked for."""

    def __init__(self, next_tokens: Mapping[str, str]) -> None:
        self.fetched: list[str] = []
        self._next = next_tokens

    async def request(self, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        page = inputs.get("NextToken", "first")
        self.fetched.append(page)
        await asyncio.sleep(0)
        following = self._next.get(page)
        return {"Items": [page, page.upper()]} | ({"NextToken": following} if following else {})


THREE = {"first": "second", "second": "third"}


async def test_all_pages_are_read() -> None:
    service: Any = Pages(THREE)
    found = [item async for item in items(service, "ListThings", "Items", {"A": 1})]
    assert found == ["first", "FIRST", "second", "SECOND", "third", "THIRD"]
    assert service.fetched == ["first", "second", "third"]


@pytest.mark.parametrize(("ahead", "fetched"), [(False, ["first"]), (True, ["first", "second"])])
async def test_only_who_asks_for_it_gets_the_next_page_fetched_meanwhile(
    ahead: bool, fetched: list[str]
) -> None:
    service: Any = Pages(THREE)
    async with aclosing(pages(service, "ListThings", {}, ahead=ahead)) as answers:
        async for _ in answers:
            await asyncio.sleep(0.01)
            break
    assert service.fetched == fetched


@pytest.mark.parametrize("ahead", [False, True])
async def test_a_repeated_token_ends_it(ahead: bool) -> None:
    service: Any = Pages({"first": "second", "second": "third", "third": "second"})
    with pytest.raises(ResultError, match="ListThings: the service repeats a page"):
        async for _ in pages(service, "ListThings", {}, ahead=ahead):
            pass
    assert service.fetched == ["first", "second", "third"]


def test_a_pager_serves_calls_that_block_as_well() -> None:
    pager = Pager("ListThings", {"A": 1})
    assert pager.turn({"NextToken": "t"})
    assert pager.inputs == {"A": 1, "NextToken": "t"}
    assert not pager.turn({"NextToken": ""})
    with pytest.raises(ResultError):
        pager.turn({"NextToken": "t"})
