"""Rules for the example that no engine checks: its SQL, and that it stays small."""

import re

import pytest

from job import BIKES

SQL = BIKES.folder / "sql"
PROCEDURES = re.findall(
    r"create or replace procedure (load_\w+)(.*?\$\$.*?\$\$;)",
    (SQL / "procedures.sql").read_text(),
    re.DOTALL,
)


@pytest.mark.parametrize("filename", ["steps.sql", "checks.sql"])
def test_comments_hold_nothing_that_could_be_taken_for_sql(filename: str) -> None:
    for comment in re.findall(r"--[^\n]*", (SQL / filename).read_text()):
        assert re.search(r":\w|['\"?;$]", comment) is None


def test_each_load_locks_its_table_before_its_first_query() -> None:
    """The first query takes the snapshot: a lock that comes later protects against nothing."""
    tables = {step.name: step.makes[0] for step in BIKES.loads}
    locked = {name: re.search(r"\bbegin\s+(?:--[^\n]*\s+)*([^;]*);", body) for name, body in PROCEDURES}
    assert {name: found[1] for name, found in locked.items() if found} == {
        name: f"lock table {table}" for name, table in tables.items()
    }


def test_what_is_not_known_when_it_is_written_is_quoted() -> None:
    [command] = re.findall(r"\bexecute (.*?);", (SQL / "procedures.sql").read_text(), re.DOTALL)
    parts = [part.strip() for part in re.split(r"\|\|(?![^(]*\))", command)]
    assert parts[1:4:2] == ["quote_ident(p_table)", "quote_literal(place || p_path)"]
    assert all(part.startswith("'") for part in parts[::2])


def test_its_python_stays_small() -> None:
    assert sum(len(path.read_text().splitlines()) for path in BIKES.folder.rglob("*.py")) <= 70
