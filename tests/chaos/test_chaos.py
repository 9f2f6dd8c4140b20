"""The short form: each kind of fault that needs no Prefect server of its own, and that a verdict can be bad."""

import random
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws import Admin, Served
from tests.chaos import kinds
from tests.chaos.ground import Ground
from tests.chaos.history import Done, History
from tests.chaos.kinds import Kind
from tests.chaos.kinds.calls import RECIPES
from tests.chaos.place import Place, own_folder, own_stand_in, small_disk
from tests.chaos.scripts import copy_scripts
from tests.chaos.trial import trial
from tests.project import PROJECT_FOLDER

SEED = random.randrange(1 << 16)
FACTS, ITEM, VALIDATION = "run_load_fact_sales", "LoadItemTable", "run_validate_sql_statement"


@pytest.fixture(scope="module")
def ground(stand_in: Served, data_api: Any, prefect_server: str) -> Iterator[Ground]:
    """The stand-in and the server of the session."""
    with own_folder() as folder:
        place = Place(data_api, Admin(stand_in.url), stand_in.environment, prefect_server, folder)
        copy_scripts(place.scripts)
        yield Ground(place)


@pytest.fixture(scope="module")
def own_ground(ground: Ground) -> Iterator[Ground]:
    """A stand-in that may be killed."""
    with own_folder() as folder, own_stand_in(folder, ground.place.api_url) as place:
        shutil.copytree(ground.place.scripts, place.scripts)
        yield Ground(place, ground.known)


def holds(kind: Kind, ground: Ground, number: int = 0) -> None:
    verdict = kind(ground, random.Random(f"{SEED} {kind.__name__} {number}"))
    assert verdict, (
        f"{verdict} python -m tests.chaos --kinds {kind.__name__} --first {number} --runs 1 --seed {SEED}"
    )


@pytest.mark.parametrize(
    "kind",
    [
        kinds.killed,
        kinds.backfill_killed,
        kinds.tokens_forgotten,
        kinds.faulty_calls,
        kinds.slow_cancels,
        kinds.expiring_credentials,
        kinds.edited_scripts,
        kinds.fixed_source,
        kinds.two_daily_runs,
    ],
)
def test_on_any_stand_in(ground: Ground, kind: Kind) -> None:
    holds(kind, ground)


@pytest.mark.parametrize("kind", [kinds.stand_in_killed, kinds.silent_endpoint, kinds.clock_jumps])
def test_on_a_stand_in_that_may_be_killed(own_ground: Ground, kind: Kind) -> None:
    holds(kind, own_ground)


def test_disk_full(ground: Ground) -> None:
    with own_folder() as folder:
        try:
            with (
                small_disk(folder / "disk", 400),
                own_stand_in(folder / "disk", ground.place.api_url) as place,
            ):
                shutil.copytree(ground.place.scripts, place.scripts)
                holds(kinds.disk_full, Ground(place, ground.known))
        except PermissionError as error:
            pytest.skip(str(error))


def test_every_fault_of_the_stand_in_has_a_recipe(stand_in: Served) -> None:
    assert set(Admin(stand_in.url)._send("GET", "/faults")["kinds"]) == RECIPES.keys()


def test_every_fault_that_the_page_names_is_a_kind() -> None:
    page = (PROJECT_FOLDER / "docs" / "under-faults.md").read_text()
    named = {
        name
        for row in page.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert named == kinds.KINDS.keys()
    assert sum(kinds.RUNS.values()) == 500


def test_the_judge_sees_what_is_wrong(ground: Ground) -> None:
    api = ground.place.data_api
    with trial(ground.place) as one:
        assert one.ended(one.begin())
        step = f"sales-data-pipeline/{one.flow_run_id}/{ITEM}"
        (first,) = one.judged.statements(f"{step}/")
        sql = api.describe_statement(Id=first["Id"])["QueryString"]
        target = one.warehouse.target
        again = api.execute_statement(**target, StatementName=f"{step}/2/0", Sql=sql, WaitTimeSeconds=30)
        assert again["Status"] == "FINISHED"
        one.warehouse.run("delete from item where i_item_id = 'ITEM0001'")
        endless = api.execute_statement(**target, StatementName=f"{step}/3/0", Sql="select pg_sleep(3600)")
        verdict = one.judge(ground.tables(), settle_seconds=0.2)
        api.cancel_statement(Id=endless["Id"])
    assert verdict.lost == [
        "item differs",
        f"{FACTS} is older than {ITEM}",
        f"{VALIDATION} is older than {ITEM}",
    ]
    assert len(verdict.doubled) == 1
    assert f"{step}/3" in str(verdict.orphaned)
    assert not verdict


def done(step: str, place: float, sql: str = "select 1", **more: Any) -> Done:
    return Done("flow/run", step, **{"status": "FINISHED", **more}, place=place, sql=sql)


@pytest.mark.parametrize(
    ("between", "is_called_for"),
    [
        ([], False),
        ([done("LoadCustomerAddressTable", 2)], True),
        ([done(ITEM, 2)], True),
        ([done(ITEM, 2, status="FAILED")], False),
        ([done(VALIDATION, 2)], False),
        ([done(VALIDATION, 2, found_failures=True)], True),
    ],
)
def test_what_is_executed_again_is_called_for_by_something(between: list[Done], is_called_for: bool) -> None:
    history = History([done(FACTS, 1), *between, done(FACTS, 3)])
    assert bool(history.doubled()) != is_called_for


def test_what_drops_tables_is_never_called_for_again() -> None:
    twice = [done("setup_sales_data_pipeline", 1), done("setup_sales_data_pipeline", 2, sql="select 2")]
    assert History(twice).doubled() == []
    assert len(History(twice, destroys=True).doubled()) == 1


def test_what_follows_an_edit_must_be_executed_again() -> None:
    steps = [ITEM, FACTS]
    edited = History([done(ITEM, 1), done(FACTS, 2), done(ITEM, 3, sql="select 2")])
    assert edited.lost("flow/run", steps, {ITEM: "select 2"}) == [f"{FACTS} is older than {ITEM}"]
    assert edited.lost("flow/run", steps, {FACTS: "edit"})[0] == f"{FACTS} has not run as edited"
    assert edited.lost("flow/run", [VALIDATION], {}) == [f"{VALIDATION} did not finish"]
