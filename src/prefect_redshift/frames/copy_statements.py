"""The statements that load files into a table in one transaction: all of the rows, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import FrameError
from prefect_redshift.frames.names import TableName, check_columns, quoted
from prefect_redshift.frames.types import carrier_of, type_sql

Mode = Literal["append", "overwrite", "upsert"]
# A temporary table, so that its name is nobody else's; it is dropped in the same transaction.
_STAGE = quoted("prefect_redshift_stage")


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is loaded into which columns of which table.

    Attributes:
        columns: In the files' order.
        keys: What tells the rows of an upsert apart, by the table's names of its columns.
        create: The columns that the table is created with if it is not there; empty where it is not created.
    """

    table: TableName
    columns: Sequence[Column]
    mode: Mode
    keys: Sequence[str] = ()
    create: Sequence[Column] = ()

    def __post_init__(self) -> None:
        check_columns(column.name for column in self.columns)
        if self.mode not in ("append", "overwrite", "upsert"):
            raise FrameError(f"There is no mode {self.mode!r}: write append, overwrite or upsert.")
        if (self.mode == "upsert") != bool(self.keys):
            raise FrameError(
                "An upsert needs keys, the columns that tell its rows apart; no other mode takes any."
            )
        names = {column.name for column in self.columns}
        if missing := [key for key in self.keys if key not in names]:
            raise FrameError(f"The key {missing[0]!r} is no column of the rows.")

    @property
    def is_staged(self) -> bool:
        """Whether the rows pass through a temporary table: for MERGE, or for types that COPY does not load."""
        return self.mode == "upsert" or any(carrier_of(column).stage for column in self.columns)

    def statements(self, manifest: str, role: str, rows: int) -> dict[str, str]:
        """Return the statements in their order, by what each does.

        Args:
            manifest: The URL of the manifest; empty where there are no files.
            role: What follows IAM_ROLE.
            rows: How many the files have.
        """
        found: dict[str, str] = {}
        if self.create:
            found["create"] = f"create table if not exists {self.table.sql} ({_declared(self.create)})"
        if self.mode == "overwrite":
            found["delete"] = f"delete from {self.table.sql}"  # noqa: S608 - a checked name
        if manifest and self.is_staged:
            found["stage"] = f"create temporary table {_STAGE} ({_declared(self.columns, staged=True)})"
        if manifest:
            target = _STAGE if self.is_staged else self.table.sql
            names = ", ".join(quoted(column.name) for column in self.columns)
            found["copy"] = (
                f"copy {target} ({names}) from '{manifest}' iam_role {role} format as parquet manifest"
            )
            count = f"case when pg_last_copy_count() = {rows} then 1 else 0 end"
            found["count"] = f"select 1 / {count} as all_rows_are_loaded"
        if manifest and self.is_staged:
            found |= self._from_stage()
        return found

    def _from_stage(self) -> dict[str, str]:
        end = {"drop": f"drop table {_STAGE}"}
        names = ", ".join(quoted(column.name) for column in self.columns)
        values = ", ".join(_loaded(column) for column in self.columns)
        if self.mode != "upsert":
            return {"insert": f"insert into {self.table.sql} ({names}) select {values} from {_STAGE}"} | end  # noqa: S608
        keys = ", ".join(map(quoted, self.keys))
        repeated = f"select 1 from {_STAGE} group by {keys} having count(*) > 1"  # noqa: S608
        check = f"select 1 / case when exists ({repeated}) then 0 else 1 end as keys_are_unique"
        return {"unique": check, "merge": self._merge(names, values)} | end

    def _merge(self, names: str, values: str) -> str:
        target = quoted(self.table.table)
        by_name = {column.name: column for column in self.columns}
        match = " and ".join(f"{target}.{quoted(key)} = {_loaded(by_name[key])}" for key in self.keys)
        # Redshift's MERGE needs both clauses, also where there is nothing but keys.
        changed = [column for column in self.columns if column.name not in self.keys] or list(self.columns)
        sets = ", ".join(f"{quoted(column.name)} = {_loaded(column)}" for column in changed)
        into = f"merge into {self.table.sql} using {_STAGE} on {match}"
        return f"{into} when matched then update set {sets} when not matched then insert ({names}) values ({values})"  # noqa: S608


def _loaded(column: Column) -> str:
    return carrier_of(column).loaded.format(f"{_STAGE}.{quoted(column.name)}")


def _declared(columns: Sequence[Column], *, staged: bool = False) -> str:
    return ", ".join(
        f"{quoted(column.name)} {(staged and carrier_of(column).stage) or type_sql(column)}"
        for column in columns
    )
