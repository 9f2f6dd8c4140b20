"""The checks of sql/, run as a job runs them: all of them as one statement."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from prefect_redshift.pipeline.checks import Check, CheckSuite, checks_of
from prefect_redshift.pipeline.script_text import parts_of
from tests.sql.warehouse import SQL, Warehouse

Number = Decimal | int | None


class Found(NamedTuple):
    """What a check found."""

    status: str
    expected: Number
    actual: Number
    summary: str | None


def checks(script: str) -> list[Check]:
    """Return the checks of one script."""
    return checks_of(parts_of((SQL / script).read_text(), "check", script), script, for_a_day=True)


def run_checks(
    warehouse: Warehouse, checks: Sequence[Check], day: date, *, fault: str = ""
) -> dict[str, Found]:
    """Return what each check found of a day, after a fault that is rolled back again."""
    (suite,) = CheckSuite(checks).statements()
    faults = [fault] if fault else []
    batch = warehouse.run(["begin", *faults, suite, "rollback"], run_date=day.isoformat())
    rows = warehouse.result(f"{batch}:{len(faults) + 2}")
    return {row[0]: Found(row[2], row[3], row[4], row[7]) for row in rows}
