"""The days of a backfill or catch-up: loaded in batches, and what has become of each."""

from collections import deque
from collections.abc import Sequence
from datetime import date

from prefect import get_run_logger

from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.exceptions import StatementError
from prefect_redshift.pipeline.days import Day, Load
from prefect_redshift.reports.days_report import DayReport, DaysReport, Status
from prefect_redshift.reports.progress import progress_of
from prefect_redshift.tasks.job_run import JobRun


class DayLoads:
    """The days that are to be loaded, and what has become of each so far.

    Args:
        run: The run of the job.
        found: The days asked for, as the warehouse holds them.
        reload: Whether days that are loaded already are loaded again.

    Attributes:
        wanted: The days that are to be loaded.
        found_again: What the warehouse holds for them after the loads.
    """

    def __init__(self, run: JobRun, found: Sequence[Day], *, reload: bool = False) -> None:
        self._run = run
        self._found = {day.day: day for day in found}
        self._submitted: set[date] = set()
        self._loads: dict[date, Load] = {}
        self.wanted = [day.day for day in found if reload or not day.is_loaded]
        self.found_again: Sequence[Day] = ()

    async def load(self) -> None:
        """Load what is to be loaded, batch after batch; a day that fails stops no other."""
        if not self.wanted:
            return
        waiting = deque(self.wanted)
        room = MAX_STATEMENTS - len(self._schema)
        size = max(1, room // self._run.scripts.statements_of_a_day)
        number = 0
        async with progress_of(self._run.job.name, len(waiting)) as show:
            while waiting:
                number += 1
                days = [waiting.popleft() for _ in range(min(size, len(waiting)))]
                again = self._submitted.intersection(days)
                self._submitted.update(days)
                loads = await self._load_batch(f"load_days_{number:02}", days)
                self._loads.update(zip(days, loads, strict=True))
                waiting.extend(
                    day for day, load in zip(days, loads, strict=True) if load.may_pass and day not in again
                )
                await show(len(self.wanted) - len(waiting))
                _log_batch(number, days, loads, len(waiting))

    @property
    def _schema(self) -> list[str]:
        return self._run.scripts.in_schema(["-"])[:-1]

    async def _load_batch(self, name: str, days: Sequence[date]) -> list[Load]:
        """Run the statements of each day, all in one batch, each committed by itself.

        Raises:
            CallError: A call was refused.
        """
        sql, parameters = self._run.scripts.load_of_days(days)
        # The block's limit is meant for one statement.
        timeout = self._run.warehouse.statement_timeout_seconds * len(sql)
        try:
            batch = await self._run.warehouse.run(
                [*self._schema, *sql],
                parameters,
                name=self._run.name_in_this_try(name),
                listed=(),
                execution_mode="AUTO_COMMIT",
                timeout=timeout,
            )
        except StatementError as error:
            batch = error.statement
        parts = batch.sub_statements[len(self._schema) :]
        each = self._run.scripts.statements_of_a_day
        return [Load.of_parts(parts[n : n + each], batch) for n in range(0, len(sql), each)]

    def report(self) -> DaysReport:
        """Return what has become of each day so far."""
        now = {day.day: day for day in self.found_again}
        return DaysReport([self._report_of(day, now.get(day.day)) for day in self._found.values()])

    def _report_of(self, found: Day, now: Day | None) -> DayReport:
        load = self._loads.get(found.day)
        if found.day not in self.wanted:
            return DayReport(found.day, "skipped", found.delivered, found.counts)
        if load is None:
            return DayReport(found.day, "interrupted" if found.day in self._submitted else "not reached")
        if now is None:
            return DayReport(found.day, "failed", seconds=load.seconds, error=load.error or "not found again")
        error = load.error or now.problem
        status: Status = "failed" if error else "loaded"
        return DayReport(found.day, status, now.delivered, now.counts, load.seconds, error)


def _log_batch(number: int, days: Sequence[date], loads: Sequence[Load], waiting: int) -> None:
    get_run_logger().info(
        "Batch %s, %s to %s: %s days loaded, %s failed, in %.1f s; %s days wait",
        number,
        min(days),
        max(days),
        sum(not load.error for load in loads),
        sum(bool(load.error) for load in loads),
        sum(load.seconds for load in loads),
        waiting,
    )
