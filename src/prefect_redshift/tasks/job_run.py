"""One run of a job: what its steps share, and what has become of them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from prefect import get_run_logger, runtime

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import RedshiftError, StatementError, one_line
from prefect_redshift.pipeline.check_results import ValidationReport
from prefect_redshift.pipeline.choices import Setup
from prefect_redshift.pipeline.job import Job
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.pipeline.script_folder import ScriptFolder
from prefect_redshift.reports.days_report import DaysReport
from prefect_redshift.reports.run_report import CHANGES_PREFIX, RunReport, StepReport
from prefect_redshift.step_functions.execution import Execution
from prefect_redshift.tasks.chain import Chain


@dataclass
class JobRun:
    """What the steps of one run share.

    Attributes:
        job: The declaration.
        warehouse: Where the job runs.
        source: Where its scripts are.
        scripts: What they hold, once the steps that read them have ended.
        chain: Which statements there are from earlier tries, and what each step comes after.
        run_date: The day to load; None for a job without days, and for a backfill.
        days: The first and the last day that are loaded.
        setup: `if_missing`, `always` or `never`.
        schema: The schema that it works in; None for the user's own search path.
    """

    job: Job
    warehouse: RedshiftDataApi
    source: ScriptFolder
    scripts: JobScripts
    chain: Chain
    days: Sequence[date]
    setup: Setup
    schema: str | None
    run_date: date | None = None
    statements: dict[str, Statement] = field(default_factory=dict)
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    validation: ValidationReport | None = None
    missed: DaysReport = field(default_factory=DaysReport)

    def name_in_this_try(self, name: str) -> str:
        """Return what work is called that each try at the flow run does anew."""
        return f"{self.chain.name(name)}/{runtime.flow_run.run_count}"

    async def report(self, failure: str = "") -> RunReport:
        """Return what the steps that have ended tell of themselves; nothing is raised."""
        console = None
        with suppress(RedshiftError):
            console = await self.warehouse.aconsole_url()
        ordered = [name for name in self.job.step_names if name in self.statements]
        others = [name for name in self.statements if name not in ordered]
        checks = self.validation.checks if self.validation else ()
        return RunReport(
            name=self.job.name,
            title=self.job.title,
            run_date=self.run_date,
            steps=[
                StepReport(name, self.statements[name], self.changes.get(name, {}))
                for name in ordered + others
            ],
            checks=checks,
            row_counts=self.validation.row_counts if self.validation else {},
            failure=failure,
            console=console,
        )

    async def run_statements(
        self,
        name: str,
        sql: Sequence[str],
        parameters: Mapping[str, str],
        *,
        after: Sequence[str] = (),
        **options: Any,
    ) -> Statement:
        """Run the statements of a step as one transaction, never twice, and keep how they ended.

        Args:
            name: The step's.
            sql: Its statements.
            parameters: Their values.
            after: The ids of the statements that it comes after.
            options: Further arguments of the block's `run`.

        Raises:
            StatementError: They ended otherwise than FINISHED.
            CallError: A call was refused.
        """
        try:
            statement = await self.warehouse.arun(
                sql[0] if len(sql) == 1 else sql,
                parameters,
                name=self.chain.name(name),
                after=after,
                listed=self.chain.listed(name),
                **options,
            )
        except StatementError as error:
            self.statements[name] = error.statement
            raise
        self.statements[name] = statement
        self.chain.ended(name, statement)
        return statement

    def keep_execution(self, execution: Execution) -> None:
        """Keep what a state machine tells of its steps: statement, status and run time."""
        told = execution.output if isinstance(execution.output, Mapping) else {}
        for step, statement in told.items():
            if isinstance(statement, Mapping) and "Id" in statement:
                self.statements[step] = Statement.from_response(statement, f"{execution.name}/{step}")

    async def read_changes(self) -> None:
        """Read what the loads that have ended tell of themselves; a result that cannot be read is only logged."""
        loads = {step.name for step in self.job.loads}
        wanted = [name for name in self.statements if name in loads and name not in self.changes]
        await asyncio.gather(*(self._read_changes(name) for name in wanted))

    async def describe(self, name: str) -> Statement:
        """Read the run time, rows and query id of a step's statement, unless they are known; fails at nothing."""
        statement = self.statements[name]
        if not statement.is_described:
            try:
                statement = await self.warehouse.adescribe_statement(statement)
            except RedshiftError as error:
                get_run_logger().warning("%s cannot be described: %s", name, one_line(error))
            self.statements[name] = statement
        return statement

    async def _read_changes(self, name: str) -> None:
        statement = await self.describe(name)
        last = statement.sub_statements[-1] if statement.sub_statements else statement
        self.changes[name] = {}
        if not last.has_result_set or last.rows > 1:
            return
        try:
            rows = [row async for row in self.warehouse.rows(last, as_dict=True)]
        except RedshiftError as error:
            get_run_logger().warning("What %s has changed cannot be read: %s", name, one_line(error))
            return
        self.changes[name] = {
            column: value
            for row in rows
            for column, value in row.items()
            if column.startswith(CHANGES_PREFIX) and isinstance(value, int)
        }
