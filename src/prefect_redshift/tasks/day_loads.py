"""The days of a backfill or catch-up: loaded in batches, and what has become of each."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from prefect import get_run_logger

from prefect_redshift.data_api.request import MAX_STATEMENTS
from prefect_redshift.data_api.statement import Statement, SubStatement
from prefect_redshift.exceptions import StatementError
from prefect_redshift.pipeline.days import Day, Load, error_of
from prefect_redshift.pipeline.ranges import (
    DAYS_AT_ONCE,
    DayRange,
    RangeLoad,
    RangeQueue,
    RangeResult,
    RangeStatement,
)
from prefect_redshift.reports.days_report import DayReport, DaysReport, Status
from prefect_redshift.reports.progress import Show
from prefect_redshift.tasks.job_run import JobRun

# A year, of a long history two: how far a backfill has come is known after each batch.
DAYS_IN_BATCH = 2 * DAYS_AT_ONCE


@dataclass(frozen=True)
class Batch:
    """Ranges whose statements are run together, each committed by itself.

    Attributes:
        find: The days that it looks for after its loads, by its last statement; None where it does not.
    """

    number: int
    ranges: Sequence[RangeLoad]
    find: DayRange | None = None

    @property
    def days(self) -> list[date]:
        """All days of the batch, in order of the ranges."""
        return [day for load in self.ranges for day in load.days]


async def read_days(run: JobRun, statement: SubStatement, wanted: AbstractSet[date]) -> list[Day]:
    """Return those of the wanted days that a finished query `find_days` has found, in order.

    Raises:
        ScriptError: It has other columns.
        CallError: A call was refused.
    """
    found = [Day.from_row(row) async for row in run.warehouse.rows(statement, as_dict=True)]
    return [day for day in found if day.day in wanted]


class DayLoads:
    """The days that are to be loaded, and what has become of each so far.

    Args:
        run: The run of the job.
        found: The days asked for, as the warehouse holds them.
        reload: Whether days that are loaded already are loaded again.
        most_days: How many days a step with a form for ranges loads at once, at most; by default `DAYS_AT_ONCE`.

    Attributes:
        wanted: The days that are to be loaded.
        found_again: What the warehouse holds for them after the loads; None until they have been looked for.
    """

    def __init__(
        self, run: JobRun, found: Sequence[Day], *, reload: bool = False, most_days: int | None = None
    ) -> None:
        self._job_run = run
        self._found = {day.day: day for day in found}
        self._submitted: set[date] = set()
        self.wanted = [day.day for day in found if reload or not day.is_loaded]
        self._wanted = frozenset(self.wanted)  # of ten years, a list is slow to look through for each day
        self.found_again: Sequence[Day] | None = None
        self._schema = run.scripts.in_schema(["-"])[:-1]
        self._room = MAX_STATEMENTS - len(self._schema)
        most_days = run.scripts.most_days(most_days or DAYS_AT_ONCE, self._room)
        self._days_in_batch = max(DAYS_IN_BATCH, 2 * most_days)
        self._queue = RangeQueue(self.wanted, most_days)

    async def load(self, show: Show) -> None:
        """Load what is to be loaded, batch after batch; a day that fails stops no other.

        Args:
            show: Is told after each batch how many days are done.
        """
        number = 0
        while self._queue.next():
            number += 1
            batch = self._next_batch(number)
            self._submitted.update(batch.days)
            statements, ended = await self._run(batch)
            if batch.find:
                # In vain, if a load is to be run again.
                self._queue.spend(1)
            self._queue.ended([self._result(load, statements, ended) for load in batch.ranges])
            show(len(self.wanted) - self._queue.days_waiting)
            self._log(batch)
            if batch.find and not self._queue.next():
                self.found_again = await self._found_by(ended)

    def _next_batch(self, number: int) -> Batch:
        """Take from the queue what fits into one batch: at least one range.

        The last one also looks for the days, unless it repeats loads that failed: those may have to be run once more.
        """
        taken: list[RangeLoad] = []
        days = statements = 0
        while load := self._queue.next():
            days += len(load.days)
            more = len(self._job_run.scripts.load_of_ranges([load.days])[0])
            if taken and (days > self._days_in_batch or statements + more > self._room):
                break
            statements += more
            taken.append(self._queue.take())
        is_first_try = not any(load.tries or load.whole for load in taken)
        if is_first_try and not self._queue.next() and statements < self._room:
            return Batch(number, taken, DayRange(self.wanted[0], self.wanted[-1]))
        return Batch(number, taken)

    async def _run(self, batch: Batch) -> tuple[list[RangeStatement], Statement]:
        """Run the statements of each range, all in one batch, each committed by itself; return those that load.

        Raises:
            CallError: A call was refused.
        """
        run = self._job_run
        statements, parameters = run.scripts.load_of_ranges([load.days for load in batch.ranges], batch.find)
        # The block's limit is meant for one statement.
        timeout = run.warehouse.statement_timeout_seconds * len(statements)
        try:
            ended = await run.warehouse.arun(
                [*self._schema, *(statement.sql for statement in statements)],
                parameters,
                name=run.name_in_this_try(f"load_days_{batch.number:02}"),
                listed=(),
                execution_mode="AUTO_COMMIT",
                timeout=timeout,
                read_ahead=batch.find is not None,
            )
        except StatementError as error:
            ended = error.statement
        return statements[:-1] if batch.find else statements, ended

    async def _found_by(self, ended: Statement) -> list[Day] | None:
        """Return what the last statement of a batch has found; None where it did not finish."""
        last = ended.sub_statements[-1] if ended.sub_statements else ended
        if last.status != "FINISHED" or not last.has_result_set:
            return None
        return await read_days(self._job_run, last, self._wanted)

    def _result(self, load: RangeLoad, statements: Sequence[RangeStatement], ended: Statement) -> RangeResult:
        parts = ended.sub_statements[len(self._schema) :]
        # Of a batch whose connection was refused, the answer has no parts.
        own = [
            (statement.days, part)
            for statement, part in zip(statements, parts, strict=False)
            if statement.days.first in load.days
        ]
        days = {
            day: Load.of_parts(
                [part for days, part in own if day in days],
                ended,
                sum(part.seconds / len(days) for days, part in own if day in days),
            )
            for day in load.days
        }
        unfinished = [part for days, part in own if len(days) > 1 and part.status != "FINISHED"]
        # What somebody has cancelled did not fail by its days.
        words = error_of(unfinished, ended) if unfinished and ended.status != "ABORTED" else ""
        number = sum(statement.days.first in load.days for statement in statements)
        return RangeResult(load, days, words, number)

    def report(self) -> DaysReport:
        """Return what has become of each day so far."""
        now = {day.day: day for day in self.found_again or ()}
        days = [self._report_of(day, now.get(day.day)) for day in self._found.values()]
        return DaysReport(days, self._job_run.job.name)

    def _report_of(self, found: Day, now: Day | None) -> DayReport:
        load = self._queue.loads.get(found.day)
        if found.day not in self._wanted:
            return DayReport(found.day, "skipped", found.delivered, found.counts)
        if load is None:
            return DayReport(found.day, "interrupted" if found.day in self._submitted else "not reached")
        if now is None:
            return DayReport(found.day, "failed", seconds=load.seconds, error=load.error or "not found again")
        error = load.error or now.problem
        status: Status = "failed" if error else "loaded"
        return DayReport(found.day, status, now.delivered, now.counts, load.seconds, error)

    def _log(self, batch: Batch) -> None:
        days = batch.days
        loads = [self._queue.loads[day] for day in days]
        get_run_logger().info(
            "Batch %s, %s to %s: %s days loaded, %s failed, in %.1f s; %s days wait",
            batch.number,
            min(days),
            max(days),
            sum(not load.error for load in loads),
            sum(bool(load.error) for load in loads),
            sum(load.seconds for load in loads),
            self._queue.days_waiting,
        )
