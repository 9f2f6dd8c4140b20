"""The form of a job for ranges of days, compared with its daily form: both load the same day over the same tables."""

import re
from collections.abc import Sequence

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.probe import NotAskedError

# What a column with such a default holds comes from the load, not from the data.
_OF_THE_LOAD = re.compile("identity|sysdate|getdate|current_|now", re.IGNORECASE)
_BEFORE, _DAILY = "verify_before_", "verify_daily_"


class RangeForm:
    """The tables that the daily form has loaded, and those that the other form loads.

    Attributes:
        tables: Which tables both load.
    """

    def __init__(self, tables: Sequence[str]) -> None:
        self.tables = tables
        self._why_not = "the daily form was not run"

    async def keep(self, ask: Ask) -> None:
        """Keep the tables as they are before the first load of a day."""
        try:
            await self._copy(ask, _BEFORE)
            self._why_not = ""
        except NotAskedError as error:
            self._why_not = f"its tables could not be kept before the load: {error}"

    async def restore(self, ask: Ask) -> None:
        """Keep what the daily form has loaded, and give the tables back what they held before it.

        Raises:
            NotAskedError: That cannot be done.
        """
        if self._why_not:
            raise NotAskedError(self._why_not)
        await self._copy(ask, _DAILY)
        for table in self.tables:
            columns = await self._columns(ask, table)
            before = f"{{schema}}.{_BEFORE}{table}"
            await ask.prepare(
                f"delete from {{schema}}.{table}",  # noqa: S608 - names of the job's declaration
                f"insert into {{schema}}.{table} ({columns}) select {columns} from {before}",  # noqa: S608
            )

    async def differences(self, ask: Ask) -> dict[str, dict[str, int]]:
        """Return, by table, how many kinds of rows only one of both forms has loaded."""
        found = {}
        for table in self.tables:
            columns = await self._columns(ask, table)
            daily, other = (
                f"select {columns}, count(*) from {{schema}}.{name} group by {columns}"  # noqa: S608
                for name in (f"{_DAILY}{table}", table)
            )
            found[table] = {
                "only by day": await _count(ask, f"{daily} except {other}"),
                "only by range": await _count(ask, f"{other} except {daily}"),
            }
        return found

    async def sizes(self, ask: Ask) -> dict[str, int]:
        """Return, by table, how many rows the daily form has added or taken away."""
        found = {}
        for table in self.tables:
            daily, before = (f"select 1 from {{schema}}.{prefix}{table}" for prefix in (_DAILY, _BEFORE))  # noqa: S608
            found[table] = await _count(ask, daily) - await _count(ask, before)
        return found

    async def _copy(self, ask: Ask, prefix: str) -> None:
        for table in self.tables:
            copied = f"create table {{schema}}.{prefix}{table} as select * from {{schema}}.{table}"  # noqa: S608
            await ask.prepare(copied)

    @staticmethod
    async def _columns(ask: Ask, table: str) -> str:
        """Return the columns of a table whose values come from the data, as SQL lists them."""
        described = await ask.call(
            "DescribeTable", **ask.place.target, Schema=ask.place.name, Table=table, MaxResults=1000
        )
        columns = [
            column["name"]
            for column in needed(described)["ColumnList"]
            if not _OF_THE_LOAD.search(column.get("columnDefault") or "")
        ]
        return ", ".join(f'"{column}"' for column in columns)


async def _count(ask: Ask, query: str) -> int:
    [[count]] = await ask.rows(f"select count(*) from ({query}) found")  # noqa: S608
    return int(count)
