"""The scripts of a job, read and checked against its declaration before the first statement runs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.sql.parameters import parameters_used, renamed, words
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.checks import Check, CheckSuite, checks_of
from prefect_redshift.pipeline.days import DAY_COLUMNS
from prefect_redshift.pipeline.job import Job, Script, Step
from prefect_redshift.pipeline.ranges import DayRange, RangeStatement
from prefect_redshift.pipeline.script_text import parts_of, statements_of

RUN_DATE = "run_date"
RANGE = ("first_day", "last_day")
# Steps that a script may have beside those of the job.
CHECK_RUN_DATE, FIND_DAYS = "check_run_date", "find_days"

Parameters = Mapping[str, str]


class JobScripts:
    """What the scripts of a job hold, kept as they are read one by one.

    Args:
        job: The declaration.
        schema: The schema that every transaction is to work in, None for the user's own search path.
    """

    def __init__(self, job: Job, schema: str | None = None) -> None:
        self._job = job
        self._schema = schema
        self._procedures: Sequence[str] = ()
        self._steps: Mapping[str, Sequence[str]] = {}
        self._checks: dict[str, Check] = {}

    def keep(self, script: Script, text: str, where: str) -> None:
        """Take the text of one of the job's scripts.

        Args:
            script: Which one.
            text: Its text.
            where: Its path, for the errors' messages.

        Raises:
            ScriptError: It is not what the job's declaration says, or breaks a limit of the Data API.
        """
        if script == self._job.procedures:
            self._procedures = statements_of(text, where, room=self._room)
        elif script == self._job.steps:
            self._steps = parts_of(text, "step", where, room=self._room)
            self._check_steps(where)
        else:
            self._keep_checks(
                checks_of(parts_of(text, "check", where), where, for_a_day=self.for_a_day), where
            )

    @property
    def for_a_day(self) -> bool:
        """Whether the job loads days."""
        return bool(self._job.facts) or CHECK_RUN_DATE in self._steps

    @property
    def _room(self) -> int:
        return MAX_STATEMENTS - (1 if self._schema else 0)

    def _check_steps(self, where: str) -> None:
        setup = [self._job.setup.name] if self._job.setup else []
        loads = [name for step in self._job.loads for name in (step.name, step.range_step) if name]
        for name in [*setup, *loads]:
            if name not in self._steps:
                raise ScriptError(
                    f"{where} has no line `-- step: {name}`, which the job {self._job.name} runs."
                )
        for step in self._job.loads:
            self._check_parameters(step.name, {RUN_DATE} if step.each_day else set(), where)
            if step.range_step:
                self._check_parameters(step.range_step, set(RANGE), where)

    def _check_parameters(self, name: str, needed: set[str], where: str) -> None:
        used = set(chain.from_iterable(map(parameters_used, self._steps[name])))
        if missing := needed - used:
            raise ScriptError(
                f"{where}, step {name}: it loads {'a range of days' if RUN_DATE not in needed else 'one day'}, and its "
                f"SQL does not use :{min(missing)}."
            )
        if unknown := used - needed:
            hint = f"; a step that uses :{RUN_DATE} is declared with each_day=True."
            raise ScriptError(
                f"{where}, step {name}: nobody gives it a value for :{min(unknown)}"
                + (hint if RUN_DATE in unknown and not needed else ".")
            )

    def _keep_checks(self, checks: Sequence[Check], where: str) -> None:
        for check in checks:
            if check.name in self._checks:
                raise ScriptError(f"{where}: the check {check.name} comes twice.")
            self._checks[check.name] = check

    def procedures(self) -> list[str]:
        """Return the statements that create the procedures, as one transaction."""
        return self.in_schema(self._procedures)

    def setup(self, mode: str, days: Sequence[date]) -> tuple[list[str], Parameters]:
        """Return the statements of the setup, as one transaction, and their parameters.

        Args:
            mode: `always`, `if_missing` or `never`.
            days: The first and the last day that are to be loaded; they are checked with it, so that a wrong one leaves
                no trace.
        """
        setup = self._job.setup
        drops = self._job.drop_tables() if mode == "always" else []
        creates = self._steps[setup.name] if setup and mode != "never" else []
        check = self._steps.get(CHECK_RUN_DATE, [])
        checks, parameters = _numbered([(check, {RUN_DATE: day.isoformat()}) for day in days])
        return self.in_schema([*drops, *creates, *chain.from_iterable(checks)]), parameters

    def load(self, step: Step, run_date: date | None) -> tuple[list[str], Parameters]:
        """Return the statements of a step, as one transaction, and their parameters."""
        parameters = {RUN_DATE: run_date.isoformat()} if step.each_day and run_date else {}
        return self.in_schema(self._steps[step.name]), parameters

    def load_of_ranges(
        self, ranges: Sequence[DayRange], find: DayRange | None = None
    ) -> tuple[list[RangeStatement], Parameters]:
        """Return the statements that load ranges of days, range after range, and the parameters of them all.

        A step with a form for ranges is run once for a range, the others once for each of its days.

        Args:
            ranges: The ranges.
            find: The days that are looked for after the loads: the last statement is then the query `find_days`.
        """
        groups = [group for days in ranges for step in self._job.facts for group in self._groups(step, days)]
        if find:
            groups.append((FIND_DAYS, _range_values(find), find))
        texts, parameters = _numbered([(self._steps[name], values) for name, values, _ in groups])
        statements = [
            RangeStatement(sql, days)
            for sqls, (_, _, days) in zip(texts, groups, strict=True)
            for sql in sqls
        ]
        return statements, parameters

    @staticmethod
    def _groups(step: Step, days: DayRange) -> Iterator[tuple[str, Parameters, DayRange]]:
        """Yield the parts of the script that load a range by one step, with the values and days of each."""
        if step.range_step:
            yield step.range_step, _range_values(days), days
        else:
            for day in days:
                yield step.name, {RUN_DATE: day.isoformat()}, DayRange(day, day)

    def most_days(self, wanted: int, room: int) -> int:
        """Return how many days a range takes at most, so that its statements fit into one batch.

        Args:
            wanted: How many are asked for.
            room: How many statements the batch takes.
        """
        once = sum(len(self._steps[step.range_step]) for step in self._job.facts if step.range_step)
        daily = sum(len(self._steps[step.name]) for step in self._job.facts if not step.range_step)
        if daily and not once:
            return 1
        return max(1, min(wanted, (room - once) // daily)) if daily else wanted

    def find_days(self) -> str:
        """Return the query that says which days are loaded.

        Raises:
            ScriptError: The script of steps has none, or it is not one query.
        """
        found = self._steps.get(FIND_DAYS, [])
        if len(found) != 1:
            raise ScriptError(
                f"{self._job.steps.file} needs one query under a line `-- step: {FIND_DAYS}`, which says which days "
                "are loaded: without it no days are found for a backfill or catch-up."
            )
        if missing := [column for column in DAY_COLUMNS if column not in words(found[0])]:
            raise ScriptError(
                f"{self._job.steps.file}, step {FIND_DAYS}: its query has to return the columns day, delivered and "
                f"problem, and has no {missing[0]}."
            )
        return found[0]

    @property
    def suite(self) -> CheckSuite:
        """The checks, and the tables that are counted with them."""
        return CheckSuite(list(self._checks.values()), self._job.counted_tables, for_a_day=self.for_a_day)

    def in_schema(self, statements: Sequence[str]) -> list[str]:
        """Return the statements of one transaction, first of all in the job's schema."""
        return [*([f"set search_path to {self._schema}"] if self._schema and statements else []), *statements]


def _range_values(days: DayRange) -> Parameters:
    first, last = RANGE
    return {first: days.first.isoformat(), last: days.last.isoformat()}


def _numbered(groups: Sequence[tuple[Sequence[str], Parameters]]) -> tuple[list[list[str]], Parameters]:
    """Return groups of statements and their parameters, whose names end in the number of their group.

    The parameters of a batch are those of all its statements. Those of one group alone keep their names.
    """
    if len(groups) == 1:
        [(statements, values)] = groups
        return [list(statements)], values if statements else {}
    texts: list[list[str]] = []
    parameters: dict[str, str] = {}
    for number, (statements, values) in enumerate(groups, start=1):
        for name, value in values.items():
            # As many digits in each: no name begins with another.
            numbered = f"{name}_{number:02}"
            statements = [renamed(sql, name, numbered) for sql in statements]
            parameters |= {numbered: value} if statements else {}
        texts.append(list(statements))
    return texts, parameters
