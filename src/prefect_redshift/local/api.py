"""A client of the server that was brought up here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.settings import PREFECT_API_KEY, PREFECT_API_URL, temporary_settings


@asynccontextmanager
async def client_of(api_url: str) -> AsyncIterator[PrefectClient]:
    """Yield a client of that server. The key of an account elsewhere is nothing for it."""
    with temporary_settings({PREFECT_API_URL: api_url, PREFECT_API_KEY: None}):
        async with get_client() as client:
            yield client
