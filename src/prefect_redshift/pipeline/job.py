"""A job, declared once: its steps, what each makes, reads and comes after, and where its SQL is.

From the declaration follow the flow's steps, the backfill, lineage, titles, the keys of artifacts, the names of events,
what `setup=always` drops, and the state machine.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline.identifiers import identifier, table_name

_STEP_NAME = re.compile(r"[A-Za-z]\w{0,59}")
_JOB_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Step:
    """One step that loads: the statements under the line `-- step: name` of the script of steps.

    Attributes:
        name: What the step is called in the graph, the logs, the names of statements and the state machine.
        makes: The tables that it changes, `table` or `schema.table`.
        reads: The tables that it reads and that no earlier step makes.
        after: The steps that end before it begins. By default, the setup; for a step of a day, every step that is not.
        each_day: Whether it loads one day, the parameter `:run_date`: then a backfill repeats it for each day.
        range_step: For a step of a day, another part of the script that does the same for all days from `:first_day` to
            `:last_day` at once: then a backfill runs that one, for months at a time.
    """

    name: str
    makes: Sequence[str] = ()
    reads: Sequence[str] = ()
    after: Sequence[str] | None = None
    each_day: bool = False
    range_step: str = ""


@dataclass(frozen=True)
class Script:
    """One file of SQL.

    Attributes:
        file: Its name in the folder of the scripts.
        read_by: The name of the step that reads it; by default `read_` and the file's name without its ending.
    """

    file: str
    read_by: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "read_by", self.read_by or f"read_{Path(self.file).stem}")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A SQL job on Amazon Redshift.

    Its scripts are `procedures` (every statement creates or replaces), `steps` (the statements of each step, under
    lines `-- step: name`) and `checks` (queries under lines `-- check: name (fail)` or `(warn)`). Of these only the
    steps must exist. The script of steps may also hold `check_run_date` (fails for a day that cannot be loaded) and
    `find_days` (which days are loaded; needed for a backfill).

    Attributes:
        name: Lower case letters, digits and dashes: the flow's name, with which the keys of artifacts and the names of
            events begin.
        folder: The project's folder; a relative folder of scripts begins there.
        loads: The steps that load.
        title: What the job is about, as a person writes it; by default made of the name.
        scripts: Where the SQL is: a folder, or `s3://bucket/prefix`.
        schema: The schema of all tables that are named without one; by default the database user's own search path.
        procedures: The script that is run first, if there is one.
        steps: The script of steps.
        checks: The scripts of checks; without any, nothing is validated.
        deploy: What the step that runs `procedures` is called.
        setup: The step that creates the tables, if there is one; it `makes` them in this order, and `setup=always`
            drops them in the reverse of it.
        validate: What the step that runs the checks is called.
        parallel: What the state machine calls the state in which steps run at once.
        state_names: Other names for states of the state machine, by the names that they would have.

    Raises:
        PipelineError: The declaration contradicts itself; says where.
    """

    name: str
    folder: Path
    loads: Sequence[Step]
    title: str = ""
    scripts: str = "sql"
    schema: str | None = None
    procedures: Script | None = None
    steps: Script = Script("steps.sql")
    checks: Sequence[Script] = ()
    deploy: str = "deploy_procedures"
    setup: Step | None = None
    validate: str = "validate"
    parallel: str = "run_loads"
    state_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or self.name.replace("-", " ").capitalize())
        if not _JOB_NAME.fullmatch(self.name):
            raise PipelineError(f"The job's name {self.name!r} takes lower case letters, digits and dashes.")
        if self.schema is not None:
            identifier(self.schema, "The schema")
        for table in self.tables:
            table_name(table)
        self._check_names()
        self._check_order()

    def _check_names(self) -> None:
        for step in filter(None, [self.setup, *self.loads]):
            if step.range_step and not step.each_day:
                raise PipelineError(
                    f"{step.name} has the form {step.range_step} for a range of days and loads no day: give it "
                    "each_day=True as well."
                )
        names = [*self.step_names, *(step.range_step for step in self.loads if step.range_step)]
        for name in names:
            if not _STEP_NAME.fullmatch(name):
                raise PipelineError(
                    f"The step's name {name!r} takes up to 60 letters, digits and underscores."
                )
            if names.count(name) > 1:
                raise PipelineError(f"Two steps of the job {self.name} are called {name}.")
        if not self.loads:
            raise PipelineError(f"The job {self.name} has no step that loads.")

    def _check_order(self) -> None:
        days = {step.name for step in self.loads if step.each_day}
        known = {step.name for step in self.loads}
        for step in self.loads:
            for name in step.after or ():
                if name not in known:
                    raise PipelineError(f"{step.name} comes after {name}, which is not a step that loads.")
                if name in days and not step.each_day:
                    raise PipelineError(
                        f"{step.name} comes after {name}, which loads one day: give it each_day=True as well."
                    )
        try:
            self.ordered  # noqa: B018 - computed once, here for its check
        except CycleError as error:
            raise PipelineError(
                f"Steps come after each other in a circle: {', '.join(error.args[1])}."
            ) from error

    @cached_property
    def ordered(self) -> tuple[Step, ...]:
        """The steps that load, each after those that it comes after; else in their order."""
        by_name = {step.name: step for step in self.loads}
        sorter = TopologicalSorter({step.name: self.loads_before(step) for step in self.loads})
        return tuple(by_name[name] for name in sorter.static_order())

    @property
    def dimensions(self) -> tuple[Step, ...]:
        """The steps that are run once, whichever days are loaded."""
        return tuple(step for step in self.ordered if not step.each_day)

    @property
    def facts(self) -> tuple[Step, ...]:
        """The steps of one day, which a backfill repeats for each day."""
        return tuple(step for step in self.ordered if step.each_day)

    def loads_before(self, step: Step) -> tuple[str, ...]:
        """Return the names of the loads that end before `step` begins."""
        if step.after is not None:
            return tuple(step.after)
        return tuple(other.name for other in self.loads if not other.each_day) if step.each_day else ()

    @property
    def first_steps(self) -> tuple[str, ...]:
        """The names of what runs before the loads: the deployment of the procedures, then the setup."""
        return tuple([self.deploy] if self.procedures else []) + tuple(
            [self.setup.name] if self.setup else []
        )

    @property
    def code_scripts(self) -> tuple[Script, ...]:
        """The scripts of the procedures and the steps, in the order in which they are read."""
        return tuple(filter(None, [self.procedures, self.steps]))

    @property
    def read_scripts(self) -> tuple[Script, ...]:
        """All scripts, in the order in which they are read."""
        return (*self.code_scripts, *self.checks)

    @property
    def step_names(self) -> list[str]:
        """The names of all steps, in order."""
        return [
            *(script.read_by for script in self.read_scripts),
            *self.first_steps,
            *(step.name for step in self.loads),
            *([self.validate] if self.checks else []),
        ]

    @property
    def tables(self) -> list[str]:
        """All tables that the job makes: those of the setup, then those that only other steps make."""
        return list(dict.fromkeys(self._made()))

    def _made(self) -> Iterator[str]:
        for step in filter(None, [self.setup, *self.loads]):
            yield from step.makes

    @property
    def counted_tables(self) -> list[str]:
        """The tables whose rows a run counts: those of steps that are not of a day, which history does not let grow."""
        return list(dict.fromkeys(table for step in self.dimensions for table in step.makes))

    def drop_tables(self) -> list[str]:
        """Return the statements that drop every table of the job, the one that was created last first."""
        return [f"drop table if exists {table}" for table in reversed(self.tables)]
