"""The scripts of a job, read and checked against its declaration before the first statement runs."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain

from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.sql.parameters import parameters_used, renamed, words
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.checks import Check, CheckSuite, checks_of
from prefect_redshift.pipeline.days import DAY_COLUMNS
from prefect_redshift.pipeline.job import Job, Script, Step
from prefect_redshift.pipeline.script_text import parts_of, statements_of

RUN_DATE = "run_date"
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
        for name in [*setup, *(step.name for step in self._job.loads)]:
            if name not in self._steps:
                raise ScriptError(
                    f"{where} has no line `-- step: {name}`, which the job {self._job.name} runs."
                )
        for step in self._job.loads:
            used = set(chain.from_iterable(map(parameters_used, self._steps[step.name])))
            allowed = {RUN_DATE} if step.each_day else set()
            if step.each_day and RUN_DATE not in used:
                raise ScriptError(
                    f"{where}, step {step.name}: it loads one day, and its SQL does not use :{RUN_DATE}."
                )
            if unknown := used - allowed:
                raise ScriptError(
                    f"{where}, step {step.name}: nobody gives it a value for :{min(unknown)}"
                    + (
                        f"; a step that uses :{RUN_DATE} is declared with each_day=True."
                        if RUN_DATE in unknown
                        else "."
                    )
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
        checks, parameters = self.each_day(self._steps.get(CHECK_RUN_DATE, []), days)
        return self.in_schema([*drops, *creates, *checks]), parameters

    def load(self, step: Step, run_date: date | None) -> tuple[list[str], Parameters]:
        """Return the statements of a step, as one transaction, and their parameters."""
        parameters = {RUN_DATE: run_date.isoformat()} if step.each_day and run_date else {}
        return self.in_schema(self._steps[step.name]), parameters

    def load_of_days(self, days: Sequence[date]) -> tuple[list[str], Parameters]:
        """Return the statements that load each of the days, day after day, and the parameters of them all."""
        statements = [sql for step in self._job.facts for sql in self._steps[step.name]]
        return self.each_day(statements, days)

    @property
    def statements_of_a_day(self) -> int:
        """How many statements load one day."""
        return sum(len(self._steps[step.name]) for step in self._job.facts)

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

    @staticmethod
    def each_day(statements: Sequence[str], days: Sequence[date]) -> tuple[list[str], Parameters]:
        """Return the statements of one day, for each of several days: each day's parameter has a name of its own."""
        if len(days) == 1:
            return list(statements), {RUN_DATE: days[0].isoformat()} if statements else {}
        # As many digits in each: no name begins with another.
        names = [f"{RUN_DATE}_{number:02}" for number in range(1, len(days) + 1)]
        repeated = [renamed(sql, RUN_DATE, name) for name in names for sql in statements]
        parameters = {name: day.isoformat() for name, day in zip(names, days, strict=True)}
        return repeated, parameters if statements else {}
