"""What a run that was killed has left is found by its name and its mark, told and removed; nothing else is."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.verify.command import Verification, main
from prefect_redshift.verify.left_over import MINUTES, LeftOver
from prefect_redshift.verify.place import LOGIN, MARK, OWNED, Place
from tests.prefect_redshift.verify.whole_run import MEANS
from tests.statements import Statements, eventually

# As a run's, but for one thing each.
OTHERS = ("verify_0123456789ab", "verify_0123456789abc", "verify_mine", "sales")
SCHEMAS = "select nspname from pg_namespace where left(nspname, 3) <> 'pg_' order by 1"


@pytest.fixture
def statements(data_api: object, target: str) -> Statements:
    """Statements in the test's own database."""
    return Statements(data_api, target)


def killed(target: str) -> Place:
    """Return the place of a run that has made its schema and has not removed it."""
    place = Verification(RedshiftDataApi(workgroup_name="local-workgroup", database=target), MEANS).place
    assert "Redshift" in asyncio.run(place.make())
    return place


def made_before(statements: Statements, schema: str, minutes: int) -> None:
    statements.run(f"update {schema}.{MARK} set made_at = dateadd(minute, -{minutes}, sysdate)")


def test_what_is_young_may_be_in_use() -> None:
    for minutes, may_be in ((0, True), (MINUTES - 1, True), (MINUTES, False)):
        assert LeftOver("verify_1", "2026-11-22 10:00", minutes).may_be_in_use == may_be


def test_what_a_killed_run_has_left_is_removed_and_nothing_else(
    target: str, statements: Statements, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in OTHERS:
        statements.run(f"create schema {name}")
    for name in OTHERS[1:]:  # with the mark, and another name; the first one has the name, and no mark
        statements.run(f"create table {name}.{MARK} as select dateadd(day, -9, sysdate) as made_at")
    theirs = statements.rows(SCHEMAS)
    place, young = killed(target), killed(target)
    owned, user = f"{place.name}{OWNED}", f"{place.name}{LOGIN}"
    statements.run(f"create user {user} password disable")
    statements.run(f"create schema {owned} authorization {user}")
    statements.run(f"create table {place.name}.t as select 1 as a")
    made_before(statements, place.name, 2 * MINUTES)
    made_before(statements, young.name, MINUTES // 2)  # the other half is for a slow machine

    assert main(["--left-over", "--yes"]) == 0
    told = capsys.readouterr().out
    assert f"{place.name}, made at 20" in told
    assert f"with {user}, {owned}" in told
    assert f"Removed: {place.name}." in told
    assert all(name not in told.replace(place.name, "").replace(young.name, "") for name in OTHERS)
    assert statements.rows(SCHEMAS) == sorted([*theirs, [young.name]])
    assert statements.rows(f"select count(*) from pg_user where usename = '{user}'") == [[0]]

    # The young one may be in use: it is told, and kept.
    assert main(["--left-over", "--yes"]) == 0
    told = capsys.readouterr().out
    assert f"{young.name}, made at" in told
    assert "kept" in told
    assert "Nothing is left over that could be removed." in told
    assert statements.rows(SCHEMAS) == sorted([*theirs, [young.name]])


def test_nothing_is_removed_before_somebody_agrees(
    target: str, statements: Statements, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = killed(target)
    made_before(statements, place.name, 2 * MINUTES)
    assert main(["--left-over"]) == 2  # no terminal
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert main(["--left-over"]) == 0
    assert place.name in capsys.readouterr().out
    assert [place.name] in statements.rows(SCHEMAS)


def test_what_cannot_be_removed_is_told(
    target: str, statements: Statements, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = killed(target)
    made_before(statements, place.name, 2 * MINUTES)

    async def kept(_: Place) -> list[str]:
        return [f"drop schema {place.name}: permission denied"]

    monkeypatch.setattr(Place, "clear", kept)
    assert main(["--left-over", "--yes"]) == 1
    assert f"{place.name}: permission denied" in capsys.readouterr().err


def test_a_run_that_is_killed_leaves_what_is_found(
    target: str, statements: Statements, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        sys.executable,
        "-m",
        "prefect_redshift.verify",
        "--yes",
        "--probes",
        "waits.end,sessions.kept",
    ]
    before = len(statements.rows(SCHEMAS))
    with subprocess.Popen([*command, "--output", str(tmp_path / "v.json")], stdout=subprocess.DEVNULL) as run:
        eventually(lambda: len(statements.rows(SCHEMAS)) > before)
        run.send_signal(signal.SIGKILL)
    [name] = [name for (name,) in statements.rows(SCHEMAS) if name.startswith("verify_")]
    made_before(statements, name, 2 * MINUTES)
    assert main(["--left-over", "--yes"]) == 0
    assert f"Removed: {name}." in capsys.readouterr().out
    assert len(statements.rows(SCHEMAS)) == before
