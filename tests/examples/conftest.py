"""The bike sharing job's warehouse and bucket, with the files of two days."""

from collections.abc import Iterator

import pytest

from job import BIKES
from tests.examples.bucket import Bucket
from tests.job_warehouse import Warehouse, warehouse

__all__ = ["warehouse"]

ONCE = (BIKES.folder / "sql" / "once.sql").read_text()


@pytest.fixture
def bucket(warehouse: Warehouse) -> Iterator[Bucket]:
    """Two stations, two tariffs of which one has two prices, and two days: each with files in two parts."""
    made = Bucket(f"bikes-{warehouse.database.replace('_', '-')}")
    made.prepare(warehouse, ONCE)
    made.put("stations", [("A", "Harbour", 24), ("B", "Market", 16)])
    made.put(
        "tariffs", [("T", "2026-01-01", "0.20"), ("T", "2026-11-23", "0.30"), ("M", "2026-01-01", "0.10")]
    )
    made.put("trips/2026-11-22/part-0", [(1, "A", "T", 10), (2, "B", "M", 30)])
    made.put("trips/2026-11-22/part-1", [(3, "B", "T", 5)])
    made.put("relocations/2026-11-22/part-0", [("A", "B", 6)])
    made.put("trips/2026-11-23/part-0", [(4, "A", "T", 10), (5, "NEW", "M", 20)])
    made.put("relocations/2026-11-23/part-0", [("B", "A", 2), ("NEW", "B", 1)])
    yield made
    made.close()
