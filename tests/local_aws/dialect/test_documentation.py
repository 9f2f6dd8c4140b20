"""Every row of DIALECT.md is true."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import errors

import local_aws.dialect
from local_aws.dialect import UnsupportedError
from tests.local_aws.dialect.database import Database

TEXT = (Path(local_aws.dialect.__file__).parent.parent / "DIALECT.md").read_text(encoding="utf-8")


def rows(section: str) -> list[tuple[str, ...]]:
    body = TEXT.split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    cells = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines
    ]
    return [(row[0], row[1].strip("`"), *row[2:]) for row in cells]


@pytest.fixture(scope="module")
def documented(new_database: Callable[[], Database]) -> Database:
    return new_database()


@pytest.mark.parametrize("row", [*rows("Supported"), *rows("Different")], ids=lambda row: row[0])
def test_supported_and_different(documented: Database, row: tuple[str, ...]) -> None:
    try:
        assert str(documented.run(row[1])[0][0]) == row[2]
    finally:
        documented.run("rollback")


@pytest.mark.parametrize("row", rows("Refused"), ids=lambda row: row[0])
def test_refused(documented: Database, row: tuple[str, ...]) -> None:
    try:
        with pytest.raises(
            (UnsupportedError, errors.FeatureNotSupported), match="local stand-in does not support"
        ):
            documented.run(row[1])
    finally:
        documented.run("rollback")
