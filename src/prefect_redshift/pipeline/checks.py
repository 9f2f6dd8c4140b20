"""The validations of a run: which there are, and running all of them as one batch."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import SubStatement
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.validation import Severity, Validated, Validation, ValidationFailedError
from prefect_redshift.reports.events import announce_validation

# One place in the batch is left for the row counts.
MAX_VALIDATIONS = 39

_HEADER = re.compile(r"(\w+)[ \t]*\((\w+)\)")


@dataclass(frozen=True)
class Check:
    """One statement of `checks.sql`.

    Attributes:
        severity: `fail` fails the run where the numbers differ, `warn` is only told.
    """

    name: str
    severity: Severity
    sql: str


@dataclass(frozen=True)
class Validations:
    """All that is validated after a load.

    Attributes:
        statements: Those of `validate_sql_statement.sql`, which name and judge themselves.
        checks: Those of `checks.sql`.

    Raises:
        ScriptError: They are more than one batch takes.
    """

    statements: Sequence[str]
    checks: Sequence[Check]

    def __post_init__(self) -> None:
        if (number := len(self.statements) + len(self.checks)) > MAX_VALIDATIONS:
            raise ScriptError(f"At most {MAX_VALIDATIONS} validations run as one batch, these are {number}.")


def checks_of(parts: Mapping[str, Sequence[str]], where: str) -> list[Check]:
    """The checks whose statements stand under the lines `-- check: name (severity)`.

    Raises:
        ScriptError: A line is not of this form, a name comes twice, or a check is not exactly one statement.
    """
    checks: dict[str, Check] = {}
    for header, statements in parts.items():
        match = _HEADER.fullmatch(header)
        if match is None or match[2] not in get_args(Severity):
            raise ScriptError(
                f"{where}: `-- check: {header}` is not of the form `-- check: name (fail)` or `-- check: name (warn)`."
            )
        name, severity = match[1], cast("Severity", match[2])
        if name in checks:
            raise ScriptError(f"{where}: the check {name} comes twice.")
        if len(statements) != 1:
            raise ScriptError(
                f"{where}, check {name}: it has {len(statements)} statements; a check is one, and each begins with a "
                "line `-- check: name (fail)` or `-- check: name (warn)`."
            )
        # With its name in the text, the engine's own error and the warehouse's history tell which check it is.
        checks[name] = Check(name, severity, f"-- check {name}\n{statements[0]}")
    return list(checks.values())


async def validate(
    warehouse: RedshiftDataApi, validations: Validations, count_rows: str, run_date: date, *, name: str
) -> Validated:
    """Runs all validations and counts the rows, in one transaction, and reads what they found.

    Args:
        warehouse: Where.
        validations: What.
        count_rows: A query of two columns, a table's name and the number of its rows.
        run_date: Of which day.
        name: The statement's name; under one that was used before, it is not run again.

    Raises:
        ValidationFailedError: At least one failed: which, on which date, with its numbers.
        ScriptError: A check does not return what it has to.
        StatementError: The batch ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    sql = [*validations.statements, *(check.sql for check in validations.checks), count_rows]
    parameters = {"run_date": run_date.isoformat(), "on_failure": "report"}
    statement = await warehouse.run(sql, parameters, name=name)
    *parts, counted = statement.sub_statements
    own = len(validations.statements)
    judging = [
        *(_judged_itself(warehouse, part) for part in parts[:own]),
        *(
            _judged(warehouse, part, check, run_date)
            for part, check in zip(parts[own:], validations.checks, strict=True)
        ),
    ]
    counts, results = await asyncio.gather(row_counts(warehouse, counted), asyncio.gather(*judging))
    for validation in results:
        if validation.warned:
            warehouse.logger.warning("%s", validation)
    validated = Validated(statement, results, counts)
    announce_validation(validated, run_date)
    if any(validation.failed for validation in results):
        raise ValidationFailedError(validated)
    return validated


async def row_counts(warehouse: RedshiftDataApi, counted: SubStatement) -> Mapping[str, int]:
    """What the query `count_rows` found: the number of rows by table."""
    return {row[0]: row[1] async for row in warehouse.rows(counted)}


async def _judged_itself(warehouse: RedshiftDataApi, part: SubStatement) -> Validation:
    (row,) = await _rows(warehouse, part)
    return Validation(**row)


async def _judged(warehouse: RedshiftDataApi, part: SubStatement, check: Check, run_date: date) -> Validation:
    rows = await _rows(warehouse, part)
    if len(rows) != 1 or rows[0].keys() != {"expected", "actual"} or not _are_numbers(rows[0]):
        raise ScriptError(
            f"checks.sql, check {check.name}: it has to return one row with two numbers, expected and actual; "
            f"it returned {_described(rows)}."
        )
    expected, actual = rows[0]["expected"], rows[0]["actual"]
    unequal = "failed" if check.severity == "fail" else "warned"
    return Validation(
        check.name, run_date, expected, actual, "passed" if expected == actual else unequal, check.severity
    )


async def _rows(warehouse: RedshiftDataApi, part: SubStatement) -> list[dict[str, Any]]:
    return [row async for row in warehouse.rows(part, as_dict=True)] if part.has_result_set else []


def _are_numbers(row: Mapping[str, Any]) -> bool:
    return all(isinstance(value, int | float | Decimal) for value in row.values())


def _described(rows: Sequence[Mapping[str, Any]]) -> str:
    # Never the values: they may be anybody's.
    if len(rows) != 1:
        return f"{len(rows)} rows"
    return ", ".join(
        f"{name} ({'NULL' if value is None else type(value).__name__})" for name, value in rows[0].items()
    )
