"""The short form: each kind of fault that needs no Prefect server of its own, and that a verdict can be bad."""

import random
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws import Admin, Served
from tests.chaos import kinds
from tests.chaos.__main__ import LOAD_SECONDS, RUNS
from tests.chaos.kinds import RECIPES, Ground
from tests.chaos.place import Place, own_folder, own_stand_in, small_disk
from tests.chaos.trial import BACKFILL, copy_scripts, trial, undisturbed

SEED = random.randrange(1 << 16)


@pytest.fixture(scope="module")
def ground(stand_in: Served, data_api: Any, prefect_server: str) -> Iterator[Ground]:
    """The stand-in and the server of the session."""
    with own_folder() as folder:
        place = Place(data_api, Admin(stand_in.url), stand_in.environment, prefect_server, folder)
        copy_scripts(place.scripts, LOAD_SECONDS)
        yield Ground(place, *undisturbed(place))


@pytest.fixture(scope="module")
def own_ground(ground: Ground) -> Iterator[Ground]:
    """A stand-in that may be killed."""
    with own_folder() as folder, own_stand_in(folder, ground.place.api_url) as place:
        shutil.copytree(ground.place.scripts, place.scripts)
        yield Ground(place, ground.tables, ground.seconds)


def holds(kind: kinds.Kind, ground: Ground, number: int) -> None:
    verdict = kind(ground, random.Random(f"{SEED} {kind.__name__} {number}"))
    assert verdict, (
        f"{verdict} python -m tests.chaos --kinds {kind.__name__} --first {number} --runs 1 --seed {SEED}"
    )


@pytest.mark.parametrize("number", range(2))
def test_killed(ground: Ground, number: int) -> None:
    holds(kinds.killed, ground, number)


def test_backfill_killed(ground: Ground) -> None:
    backfill = Ground(ground.place, *undisturbed(ground.place, BACKFILL), BACKFILL)
    holds(kinds.backfill_killed, backfill, 0)


@pytest.mark.parametrize("number", range(2))
def test_faulty_calls(ground: Ground, number: int) -> None:
    holds(kinds.faulty_calls, ground, number)


def test_tokens_forgotten(ground: Ground) -> None:
    holds(kinds.tokens_forgotten, ground, 0)


def test_stand_in_killed(own_ground: Ground) -> None:
    holds(kinds.stand_in_killed, own_ground, 0)


def test_clock_jumps(own_ground: Ground) -> None:
    holds(kinds.clock_jumps, own_ground, 0)


def test_disk_full(ground: Ground) -> None:
    with own_folder() as folder:
        try:
            with (
                small_disk(folder / "disk", 400),
                own_stand_in(folder / "disk", ground.place.api_url) as place,
            ):
                shutil.copytree(ground.place.scripts, place.scripts)
                holds(kinds.disk_full, Ground(place, ground.tables, ground.seconds), 0)
        except PermissionError as error:
            pytest.skip(str(error))


def test_every_fault_of_the_stand_in_has_a_recipe(stand_in: Served) -> None:
    assert Admin(stand_in.url)._send("GET", "/faults")["kinds"].keys() == RECIPES.keys()


def test_every_kind_is_run() -> None:
    assert all(callable(getattr(kinds, kind)) for kind in RUNS)


def test_the_judge_sees_what_is_wrong(ground: Ground) -> None:
    with trial(ground.place) as one:
        assert one.ended(one.begin())
        step = f"sales-data-pipeline/{one.flow_run_id}/LoadItemTable"
        one.warehouse.run("delete from item where i_item_id = 'ITEM0001'")
        for name, sql in ((f"{step}/2/0", "select 1"), (f"{step}/3/0", "select pg_sleep(3600)")):
            target = one.warehouse.target
            statement = ground.place.data_api.execute_statement(**target, StatementName=name, Sql=sql)["Id"]
        verdict = one.judge(ground.tables, settle_seconds=0.2)
        ground.place.data_api.cancel_statement(Id=statement)
    assert verdict.lost == ["item differs"]
    assert len(verdict.doubled) == 1
    assert f"{step}/3" in str(verdict.orphaned)
    assert not verdict
