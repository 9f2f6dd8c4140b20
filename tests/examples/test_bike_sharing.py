"""The second job, by its daily flow, its backfill and its state machine: what the warehouse holds afterwards."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from backfill import backfill
from daily import daily
from job import BIKES
from prefect_redshift.exceptions import RedshiftError
from prefect_redshift.pipeline.check_results import ValidationFailedError
from prefect_redshift.state_machine import definition
from prefect_redshift.state_machine.faults import all_states
from tests.examples.bucket import Bucket
from tests.examples.content import ALL, CHECKS, DAYS, RELOCATIONS, STATIONS, TARIFFS, TRIPS, held
from tests.infra.machine import Machine
from tests.job_warehouse import Warehouse
from tests.server_records import artifacts, events

OF_THE_PROJECT = ("sales", "customer", "store")


def run(day: date, **options: Any) -> Any:
    """Run the daily flow of a day and return its report."""
    return asyncio.run(daily(run_date=day, **options))


def test_two_days_daily(warehouse: Warehouse, bucket: Bucket) -> None:
    first, second = (run(day) for day in DAYS)
    assert held(warehouse) == ALL
    assert {check.name: check.status for check in first.checks} == dict.fromkeys(CHECKS, "passed")
    assert [str(check) for check in second.checks if not check.passed] == [
        "check stations_known warned on 2026-11-23: expected 0, found 2. run the day again once stations.csv has them"
    ]
    assert first.heading == "Bike sharing of 2026-11-22"
    assert {step.name: step.changed for step in first.steps if step.changes} == {
        "load_stations": "2 inserted, 0 updated",
        "load_tariffs": "3 inserted, 1 updated",
        "load_trips": "3 inserted",
        "load_relocations": "1 inserted",
    }


def test_dimensions_follow_their_files(warehouse: Warehouse, bucket: Bucket) -> None:
    run(DAYS[0])
    bucket.put("stations", [("B", "Old market", 16), ("NEW", "Museum", 12)])
    bucket.put("tariffs", [("M", "2026-11-23", "0.15"), ("T", "2026-11-23", "0.35")])
    report = run(DAYS[1])
    rows = held(warehouse)
    assert rows["station"] == [*STATIONS[:2], (2, "B", "Old market", 16), (3, "NEW", "Museum", 12)]
    assert rows["tariff"] == [
        (1, "M", "2026-01-01", "2026-11-22", "0.10"),
        TARIFFS[1],
        (3, "T", "2026-11-23", None, "0.35"),
        (4, "M", "2026-11-23", None, "0.15"),
    ]
    assert rows["trip"] == [
        *TRIPS[:3],
        ("2026-11-23", 4, 1, 3, 10, "3.50"),
        ("2026-11-23", 5, 3, 4, 20, "3.00"),
    ]
    assert all(check.passed for check in report.checks)
    # Again, without a change of the files: nothing changes.
    run(DAYS[1])
    assert held(warehouse) == rows


def test_a_day_without_files_fails_and_is_run_again(warehouse: Warehouse, bucket: Bucket) -> None:
    run(DAYS[0])
    before = held(warehouse)
    with pytest.raises(
        RedshiftError, match=r"S3 prefix 'trips/2026-11-24/' does not exist|relocations/2026-11-24/"
    ):
        run(date(2026, 11, 24))
    assert held(warehouse) == before
    bucket.put("trips/2026-11-24/part-0", [])
    bucket.put("relocations/2026-11-24/part-0", [("A", "B", 1)])
    with pytest.raises(ValidationFailedError, match=r"trips_delivered .* the files of the day hold no trips"):
        run(date(2026, 11, 24))
    bucket.put("trips/2026-11-24/part-0", [(6, "A", "M", 10)])
    run(date(2026, 11, 24))
    assert held(warehouse)["trip"] == [*before["trip"], ("2026-11-24", 6, 1, 1, 10, "1.00")]


def test_a_trip_without_a_price_fails_the_run(warehouse: Warehouse, bucket: Bucket) -> None:
    bucket.put("trips/2026-11-22/part-1", [(3, "B", "FREE", 5), (3, "B", "M", 5)])
    with pytest.raises(ValidationFailedError) as failed:
        run(DAYS[0])
    assert "check trips_priced failed on 2026-11-22: expected 4, found 3" in str(failed.value)
    assert "check trip_ids failed on 2026-11-22: expected 4, found 3" in str(failed.value)


def test_setup_always_begins_anew_and_keeps_where_the_files_are(warehouse: Warehouse, bucket: Bucket) -> None:
    for day in DAYS:
        run(day)
    run(DAYS[0], setup="always")
    assert held(warehouse) == {**ALL, "trip": TRIPS[:3], "relocation": RELOCATIONS[:1]}
    assert warehouse.rows("select location from bikes.source") == [(f"s3://{bucket.name}/",)]


def test_a_backfill_loads_what_is_missing(warehouse: Warehouse, bucket: Bucket) -> None:
    run(DAYS[0])
    report: Any = asyncio.run(backfill(from_date=DAYS[0], to_date=DAYS[1]))  # type: ignore[arg-type]
    assert [(day.day, day.status) for day in report.days] == [(DAYS[0], "skipped"), (DAYS[1], "loaded")]
    assert held(warehouse) == ALL
    warehouse.run("delete from bikes.relocation")
    asyncio.run(backfill(dates=DAYS))  # type: ignore[arg-type]
    assert held(warehouse) == ALL
    with pytest.raises(RedshiftError, match="2026-11-24"):
        asyncio.run(backfill(dates=[*DAYS, date(2026, 11, 24)]))  # type: ignore[arg-type]
    assert held(warehouse) == ALL


def test_the_state_machine_does_the_same(warehouse: Warehouse, bucket: Bucket) -> None:
    machine = Machine(warehouse.database, job=BIKES)
    for day in DAYS:
        output = machine.succeed({"run_date": day.isoformat()})
    assert held(warehouse) == ALL
    assert set(output["checks"]["names"]) == CHECKS
    assert output["checks"]["warnings"] == [
        "check stations_known warned on 2026-11-23: expected 0, found 2. run the day again once stations.csv has them"
    ]
    missing = machine.run({"run_date": "2026-11-24"})
    assert missing["status"] == "FAILED"
    assert "2026-11-24/' does not exist" in missing["cause"]
    assert held(warehouse) == ALL
    machine.close()


def test_its_names_are_its_own(warehouse: Warehouse, bucket: Bucket) -> None:
    run(DAYS[0])
    kept = artifacts()
    assert set(kept) == {
        f"bike-sharing-{part}" for part in ("summary", "steps", "timeline", "checks", "rows")
    }
    [validated] = events("bike-sharing.", lambda found: len(found) == 1)
    assert validated["event"] == "bike-sharing.validation.passed"
    assert validated["resource"]["prefect.resource.name"] == "validation of Bike sharing of 2026-11-22"

    kind = "prefect.asset.materialization."
    place = f"redshift://local-workgroup/{warehouse.database}/bikes/"
    made = events(kind, lambda found: len(found) == 4)
    assert {event["resource"]["prefect.resource.id"] for event in made} == {
        place + table for table in BIKES.tables
    }
    read = {related["prefect.resource.id"] for event in made for related in event["related"]}
    assert place + "source" in read

    machine = definition(BIKES)
    states = {name for name, _ in all_states(machine)}
    assert states >= {step.name for step in BIKES.loads} | {"bike_sharing_success", "bike_sharing_failure"}
    names = [statement["StatementName"] for statement in warehouse.statements("bike-sharing/")]
    assert len(names) == len(BIKES.step_names) - len(BIKES.read_scripts)
    told = json.dumps([kept, validated, made, names, machine]).lower()
    assert not [word for word in OF_THE_PROJECT if word in told]
