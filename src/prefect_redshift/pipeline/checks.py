"""Checks: queries that say what they expect and what they found, all run as one statement with one result."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from prefect_redshift.data_api.sql.parameters import parameters_used, words
from prefect_redshift.exceptions import ScriptError

Severity = Literal["fail", "warn"]
# In the place of a severity, in a row that counts a table.
COUNTED = "rows"
# Below the 100 KB of one statement, with room for what stands around the checks.
MAX_SUITE_BYTES = 90_000

_HEADER = re.compile(r"(\w{1,120})[ \t]*\((\w+)\)")
_COLUMNS = "check_name, severity, status, expected, actual, message, returned, summary"
# One row for each check, whatever its query returned. `max` of a query without a row is NULL, which no number is.
_CHECK = """select cast('{name}' as varchar(128)) as check_name, cast('{severity}' as varchar(8)) as severity,
       cast(case when count(*) <> 1 or count(expected) <> 1 or count(actual) <> 1 then 'invalid'
                 when max(expected) = max(actual) then 'passed'
                 else '{unequal}' end as varchar(8)) as status,
       cast(max(expected) as decimal(38, 8)) as expected, cast(max(actual) as decimal(38, 8)) as actual,
       cast({message} as varchar(1000)) as message, count(*) as returned
  from (
{sql}
) local_check"""
_COUNT = """select cast('{table}' as varchar(128)), cast('{counted}' as varchar(8)), cast('counted' as varchar(8)),
       cast(null as decimal(38, 8)), cast(count(*) as decimal(38, 8)), cast(null as varchar(1000)), cast(1 as bigint)
  from {table}"""
_NUMBER = "rtrim(rtrim(cast({column} as varchar(64)), '0'), '.')"
_SUITE = """select {columns}
  from (select check_name, severity, status, expected, actual, message, returned,
               case when status in ('passed', 'counted') then cast(null as varchar(2000))
                    when status = 'invalid' then cast('check ' || check_name || {day} || ' returned '
                         || cast(returned as varchar(20)) || ' rows, or NULL' as varchar(2000))
                    else cast('check ' || check_name || ' ' || status || {day} || ': expected '
                         || {expected} || ', found ' || {actual} || nvl('. ' || message, '') as varchar(2000))
               end as summary
          from (
{checks}
) checks) suite
 order by case when severity = 'fail' and status in ('invalid', 'failed') then 0
               when status in ('invalid', 'warned') then 1 when status = 'passed' then 2 else 3 end, check_name"""


@dataclass(frozen=True)
class Check:
    """One check: a query that returns one row with the numbers `expected` and `actual` and, if it likes, `message`.

    Attributes:
        severity: `fail` fails the run where the numbers differ, `warn` is only told.
    """

    name: str
    severity: Severity
    sql: str

    def wrapped(self) -> str:
        """Return the query as one row of the suite's columns, which also says if it returned no row, two, or NULL."""
        unequal = "failed" if self.severity == "fail" else "warned"
        # Whether the column is there cannot be asked in SQL itself.
        message = "max(message)" if "message" in words(self.sql) else "null"
        return _CHECK.format(
            name=self.name, severity=self.severity, unequal=unequal, message=message, sql=self.sql
        )


@dataclass(frozen=True)
class CheckSuite:
    """All checks of a job, and the tables whose rows are counted with them.

    Attributes:
        for_a_day: Whether they check one day, the parameter `:run_date`.
    """

    checks: Sequence[Check]
    counted_tables: Sequence[str] = ()
    for_a_day: bool = True

    def statements(self) -> list[str]:
        """Return the statements that run all of them: one, or more where it would pass 90 KB."""
        parts = [
            *(check.wrapped() for check in self.checks),
            *(_COUNT.format(table=t, counted=COUNTED) for t in self.counted_tables),
        ]
        return [self._suite(group) for group in _grouped(parts)]

    def one_by_one(self) -> dict[str, str]:
        """Return a statement for each check, by its name: for the error of one that fails as a statement."""
        return {check.name: self._suite([check.wrapped()]) for check in self.checks}

    def _suite(self, parts: Sequence[str]) -> str:
        return _SUITE.format(
            columns=_COLUMNS,
            checks="\n union all\n".join(parts),
            day="' on ' || cast(cast(:run_date as date) as varchar(10))" if self.for_a_day else "''",
            expected=_NUMBER.format(column="expected"),
            actual=_NUMBER.format(column="actual"),
        )


def _grouped(parts: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for part in parts:
        bytes_of_part = len(part.encode())
        if group and size + bytes_of_part > MAX_SUITE_BYTES:
            yield group
            group, size = [], 0
        group.append(part)
        size += bytes_of_part
    if group:
        yield group


def checks_of(parts: Mapping[str, Sequence[str]], where: str, *, for_a_day: bool) -> list[Check]:
    """Return the checks whose queries stand under the lines `-- check: name (severity)`.

    Raises:
        ScriptError: A line is not of this form, a check is not exactly one query, or it has another parameter than
            `:run_date`.
    """
    return [_check_of(header, statements, where, for_a_day=for_a_day) for header, statements in parts.items()]


def _check_of(header: str, statements: Sequence[str], where: str, *, for_a_day: bool) -> Check:
    match = _HEADER.fullmatch(header)
    if match is None or match[2] not in get_args(Severity):
        raise ScriptError(
            f"{where}: `-- check: {header}` is not of the form `-- check: name (fail)` or `-- check: name (warn)`."
        )
    name, severity = match[1], cast("Severity", match[2])
    if len(statements) != 1:
        raise ScriptError(
            f"{where}, check {name}: it has {len(statements)} statements; a check is one query, and each begins with a "
            "line `-- check: name (fail)` or `-- check: name (warn)`."
        )
    found = set(words(statements[0]))
    if missing := [column for column in ("expected", "actual") if column not in found]:
        raise ScriptError(
            f"{where}, check {name}: its query has to return the columns expected and actual, and has "
            f"no {missing[0]}."
        )
    others = parameters_used(statements[0]) - ({"run_date"} if for_a_day else set())
    if others:
        raise ScriptError(f"{where}, check {name}: nobody gives it a value for :{min(others)}.")
    return Check(name, severity, statements[0])
