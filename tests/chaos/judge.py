"""The verdict on what a trial left, from the warehouse and from the history of its statements."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flows.sales import SALES
from local_aws import Admin
from tests.chaos.history import Done, History
from tests.chaos.job import Job
from tests.chaos.verdict import Verdict
from tests.job_warehouse import Warehouse
from tests.loaded_days import range_loads

SETTLE_SECONDS = 10.0
ENDED = ("FINISHED", "FAILED", "ABORTED")
ENGINE_IS_BUSY = """
select query from pg_stat_activity where state <> 'idle' and datname = current_database() and pid <> pg_backend_pid()
"""
Tables = dict[str, list[tuple[Any, ...]]]


class Judge:
    """Looks at one database.

    Args:
        warehouse: The database.
        admin: What the stand-in itself knows of it.
    """

    def __init__(self, warehouse: Warehouse, admin: Admin) -> None:
        self._warehouse = warehouse
        self._admin = admin

    def statements(self, prefix: str = "sales-") -> list[dict[str, Any]]:
        """Return the flows' statements, oldest first."""
        return self._warehouse.statements(prefix)

    def running(self, prefix: str = "sales-") -> list[dict[str, Any]]:
        """Return those that have not ended."""
        return [statement for statement in self.statements(prefix) if statement["Status"] not in ENDED]

    def settled(self, seconds: float = SETTLE_SECONDS) -> list[str]:
        """Wait until nothing runs any more, and return what does so for too long."""
        deadline = time.monotonic() + seconds
        while left := self.running() or self._warehouse.rows(ENGINE_IS_BUSY):
            if time.monotonic() > deadline:
                return [str(statement) for statement in left]
            time.sleep(0.1)
        return []

    def tables(self, undisturbed: Tables) -> Verdict:
        """Compare the tables with those that an undisturbed run leaves."""
        try:
            found = self._warehouse.tables()
        except AssertionError as error:
            return Verdict(lost=[str(error)])
        return Verdict(lost=[f"{name} differs" for name in undisturbed if found[name] != undisturbed[name]])

    def history(self, *, destroys: bool = False) -> History:
        """Return what the statements of all flow runs in this database tell."""
        place = self._places()
        return History((self._done(statement, place) for statement in self.statements()), destroys=destroys)

    def _places(self) -> Callable[[Mapping[str, Any]], float]:
        """Return what tells a statement's place in the order of submissions, also where clocks jump."""
        order: dict[str, float] = {}
        for number, call in enumerate(self._admin.calls()):
            if call["operation"] in ("ExecuteStatement", "BatchExecuteStatement"):
                order.setdefault(str(call["statement_id"]), number)
        statements = self.statements()
        if all(statement["Id"] in order for statement in statements):
            return lambda statement: order[statement["Id"]]
        # The stand-in that knew was killed: then no clock was set.
        return lambda statement: statement["CreatedAt"].timestamp()

    def _done(self, listed: Mapping[str, Any], place: Callable[[Mapping[str, Any]], float]) -> Done:
        name = str(listed["StatementName"])
        work, _attempt, _digest = name.rsplit("/", 2)
        flow, run, step = work.split("/", 2)
        found_failures = False
        described = self._warehouse.data_api.describe_statement(Id=listed["Id"])
        parts = described.get("SubStatements") or [described]
        if step == SALES.validate and described["Status"] == "FINISHED":
            found_failures = any(self._tells_of_a_failure(part) for part in parts)
        sql = "\n".join(part["QueryString"] for part in parts)
        return Done(f"{flow}/{run}", step, described["Status"], place(listed), sql, found_failures)

    def _tells_of_a_failure(self, part: Mapping[str, Any]) -> bool:
        if not part.get("HasResultSet"):
            return False
        records = self._warehouse.data_api.get_statement_result(Id=part["Id"])["Records"]
        texts = [{str(value) for field in record for value in field.values()} for record in records]
        return any({"fail", "failed"} <= found for found in texts)

    def executed_twice(self) -> list[str]:
        """Return the statements that the engine has run more than once, by the stand-in's own account."""
        runs = self._admin.executions(database=self._warehouse.database)
        return [part for part, times in Counter(run["statement_id"] for run in runs).items() if times > 1]

    def days_doubled(self, job: Job) -> list[str]:
        """Return what a backfill has loaded more than once: it loads each of its days, but those that are there."""
        if job.days is None:
            return []
        finished = [
            days for days, status in range_loads(self._warehouse, f"{job.flow}/") if status == "FINISHED"
        ]
        times = sum(map(len, finished))
        return [f"{job.days} days were loaded {times} times"] if times > job.days else []

    def calls_are_over(self, seconds: float) -> None:
        """Wait until the stand-in has answered every call, also those that nobody waits for."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(OSError):
                if not [call for call in self._admin.calls() if call["outcome"] == "pending"]:
                    return
            time.sleep(0.1)
