"""Which days a backfill or a catch-up has loaded, as the engine's own batches tell."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from tests.job_warehouse import Warehouse


def loads(warehouse: Warehouse, prefix: str = "sales-backfill/") -> "Counter[tuple[str, str]]":
    """How often the load of each day ended how, by day and status."""
    found: Counter[tuple[str, str]] = Counter()
    for days, status in range_loads(warehouse, prefix):
        found.update((day.isoformat(), status) for day in days)
    return found


def range_loads(warehouse: Warehouse, prefix: str = "sales-backfill/") -> list[tuple[list[date], str]]:
    """Return the days of each statement that loads some, and how it ended; oldest first."""
    found = []
    for batch in warehouse.statements(prefix):
        if "/load_days_" not in batch["StatementName"]:
            continue
        values = {parameter["name"]: parameter["value"] for parameter in batch["QueryParameters"]}
        for part in warehouse.data_api.describe_statement(Id=batch["Id"])["SubStatements"]:
            if not re.search(r"^call ", part["QueryString"], re.MULTILINE):
                continue  # it looks for the days
            names = re.findall(r":((?:run_date|first_day|last_day)(?:_\d\d)?)\b", part["QueryString"])
            first, last = (date.fromisoformat(values[names[at]]) for at in (0, -1))
            found.append(([first + timedelta(n) for n in range((last - first).days + 1)], part["Status"]))
    return found


def each(days: Iterable[date], status: str = "FINISHED") -> "Counter[tuple[str, str]]":
    """Each day once, with that status."""
    return Counter((day.isoformat(), status) for day in days)
