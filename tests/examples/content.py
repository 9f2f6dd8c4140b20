"""What the bike sharing job's tables hold after the files of tests/examples/conftest.py."""

from datetime import date
from typing import Any

from tests.job_warehouse import Warehouse

DAYS = [date(2026, 11, 22), date(2026, 11, 23)]
STATIONS = [(-1, "UNKNOWN", "unknown", 0), (1, "A", "Harbour", 24), (2, "B", "Market", 16)]
TARIFFS = [
    (1, "M", "2026-01-01", None, "0.10"),
    (2, "T", "2026-01-01", "2026-11-22", "0.20"),
    (3, "T", "2026-11-23", None, "0.30"),
]
TRIPS = [
    ("2026-11-22", 1, 1, 2, 10, "2.00"),
    ("2026-11-22", 2, 2, 1, 30, "3.00"),
    ("2026-11-22", 3, 2, 2, 5, "1.00"),
    ("2026-11-23", 4, 1, 3, 10, "3.00"),
    ("2026-11-23", 5, -1, 1, 20, "2.00"),
]
RELOCATIONS = [("2026-11-22", 1, 2, 6), ("2026-11-23", -1, 2, 1), ("2026-11-23", 2, 1, 2)]
ALL = {"station": STATIONS, "tariff": TARIFFS, "trip": TRIPS, "relocation": RELOCATIONS}
CHECKS = {
    "relocations_delivered",
    "station_keys",
    "stations_known",
    "tariff_keys",
    "tariff_versions",
    "trip_ids",
    "trips_delivered",
    "trips_priced",
}


def held(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the job's tables, in order."""
    columns = {"station": "1", "tariff": "1", "trip": "2", "relocation": "1, 2, 3"}
    return {
        table: warehouse.rows(f"select * from bikes.{table} order by {order}")
        for table, order in columns.items()
    }
