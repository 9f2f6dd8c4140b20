"""Rows into tables and out of queries by files in S3, for many of them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack
from uuid import uuid4

import boto3

from prefect_redshift.aws.aws_client import CALL_THREADS, AwsClient
from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.data_api.statements import Statements
from prefect_redshift.exceptions import FrameError, ResultError
from prefect_redshift.frames.loading import load_once
from prefect_redshift.frames.names import TableName, beginning_of, folder_of, location, role_sql
from prefect_redshift.frames.optional import import_optional
from prefect_redshift.frames.staging_area import StagingArea
from prefect_redshift.frames.unload_answers import columns_of, count_of

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from prefect_redshift.frames.copy_statements import Mode
    from prefect_redshift.frames.copying import Copying


class UnloadOptions(TypedDict, total=False):
    """The options of `Frames.unload`."""

    name: str
    listed: Sequence[ListedStatement] | None
    s3_prefix: str | None
    iam_role: str | None
    timeout: float | None


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What `copy_into` has loaded.

    Attributes:
        rows: As the warehouse counted them.
        parts: Files.
        size: Their bytes.
        statement: The transaction; None where there was nothing to do.
    """

    rows: int
    parts: int
    size: int
    statement: Statement | None


@dataclass(frozen=True)
class Frames:
    """Frames in and out, by way of S3.

    Attributes:
        connection: The warehouse.
        s3: A client of S3; see `s3_client`.
        s3_prefix: `s3://bucket/prefix/`, below which each run has a prefix of its own for as long as it takes.
        iam_role: The role by which the warehouse reads and writes there: an ARN, or `default`.
    """

    connection: Connection
    s3: AwsClient
    s3_prefix: str | None = None
    iam_role: str = "default"

    async def copy_into(
        self,
        table: str,
        data: Any,
        *,
        mode: "Mode" = "append",
        keys: Sequence[str] = (),
        create: bool = False,
        types: Mapping[str, str] | None = None,
        name: str = "",
        listed: Sequence[ListedStatement] | None = None,
        rows_a_part: int = 1 << 17,
        s3_prefix: str | None = None,
        iam_role: str | None = None,
        timeout: float | None = None,
    ) -> Copied:
        """Load rows into a table: as Parquet to S3, some parts at once, then one COPY in one transaction.

        Columns are matched by name, and values are converted to the table's types where that is exact. Named work is
        loaded once, as `run` runs it once: repeated with the same rows, it finds what it has done. With other rows, an
        append is refused, since the first ones are there already; the other modes load them.

        Args:
            table: `table` or `schema.table`.
            data: A pandas or polars frame, an Arrow table or record batches, or an iterator or async iterator of them.
            mode: append; overwrite, which deletes all rows in the same transaction; upsert, which replaces the rows
                whose keys are equal and adds the others.
            keys: Of an upsert: the columns that tell rows apart.
            create: Whether the table is created, from the first frame's schema, if it is not there.
            types: SQL types of columns of a table that is created, such as `{"name": "varchar(40)"}`.
            name: What this work is called, the same for each try at it; without one, each call is work of its own.
            listed: As of `run`.
            rows_a_part: Rows of one file, or fewer where they have 32 MB.
            s3_prefix: `s3://bucket/prefix/`; by default the connection's.
            iam_role: An ARN, or `default`; by default the connection's.
            timeout: Seconds for the transaction; by default the connection's.

        Raises:
            FrameError: The rows cannot be loaded exactly as they are, or pyarrow is not installed.
            ChangedWorkError: This append has been done with other rows.
            StatementError: The transaction ended otherwise than FINISHED: nothing was changed.
            CallError: A call was refused.
        """
        role = role_sql(iam_role or self.iam_role)
        target = TableName.parse(table)
        made = import_optional("prefect_redshift.frames.copying").Copying
        area = self._area("copy", name, s3_prefix)
        copying: Copying = made(
            self.connection, area, target, mode, tuple(keys), create, types or {}, rows_a_part
        )
        try:
            manifest = await copying.stage(data)
            assert copying.load is not None  # noqa: S101 - stage() raises before
            rows = sum(part.rows for part in copying.parts)
            statements = copying.load.statements(manifest, role, rows)
            statement = None
            if statements:
                statement = await load_once(
                    self.connection, statements, copying.load, name=name, listed=listed, timeout=timeout
                )
        finally:
            await area.remove()
        size = sum(part.size for part in copying.parts)
        return Copied(rows=rows, parts=len(copying.parts), size=size, statement=statement)

    async def unload(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        name: str = "",
        listed: Sequence[ListedStatement] | None = None,
        s3_prefix: str | None = None,
        iam_role: str | None = None,
        timeout: float | None = None,
    ) -> "AsyncGenerator[pyarrow.RecordBatch, None]":
        """Yield the rows of a query as Arrow record batches, in no particular order: by UNLOAD to Parquet in S3.

        For results of many rows, and for those beyond the 500 MB that the Data API returns. At least one batch, which
        may be empty. The files are removed when the last batch was taken or the generator is closed: leave a loop over
        it early only within `contextlib.aclosing`.

        Args:
            sql: A query.
            parameters: Values of its `:name` parameters; with them, the rows pass through a temporary table.
            name: What its statements' names begin with, and its files' keys. It is run each time; an earlier one of the
                name that still runs is ended first, and its files are removed with these.
            listed: As of `run`.
            s3_prefix: `s3://bucket/prefix/`; by default the connection's.
            iam_role: An ARN, or `default`; by default the connection's.
            timeout: Seconds for the query; by default the connection's.

        Raises:
            FrameError: A column's type cannot be carried, or pyarrow is not installed.
            ResultError: The files have not as many rows as were written.
            StatementError: A statement ended otherwise than FINISHED.
            CallError: A call was refused.
        """
        role = role_sql(iam_role or self.iam_role)
        query_of = import_optional("prefect_redshift.frames.unload_statements").Query
        read_files = import_optional("prefect_redshift.frames.unloaded_files").read_files
        query = query_of(sql.strip().rstrip(";").rstrip(), bool(parameters))
        area = self._area("unload", name, s3_prefix)
        # Not where an earlier try may have left files, which go with ours.
        own = f"{uuid4().hex}/"
        run = Statements(self.connection).run
        try:
            probe = f"{name or 'unload'}/columns/{uuid4()}"
            columns = await columns_of(
                self.connection,
                await run(query.probe, parameters, name=probe, listed=(), timeout=timeout),
            )
            statements = query.statements(columns, area.url + own, role)
            statement = await run(statements, parameters, name=name, listed=listed, timeout=timeout)
            count, written = 0, await count_of(self.connection, statement)
            async with aclosing(read_files(area, own, columns)) as batches:
                async for batch in batches:
                    count += batch.num_rows
                    yield batch
            if count != written:
                raise ResultError(f"{statement.id}: {count} rows were read of {written}; unload them again.")
        finally:
            await area.remove()

    async def unload_to_arrow(
        self, /, sql: str, parameters: Parameters | None = None, **options: Unpack[UnloadOptions]
    ) -> "pyarrow.Table":
        """Return the rows of a query as one Arrow table; as `unload`, which needs less memory."""
        table = import_optional("pyarrow").Table
        async with aclosing(self.unload(sql, parameters, **options)) as batches:
            return table.from_batches([batch async for batch in batches])

    async def unload_to_pandas(
        self,
        /,
        sql: str,
        parameters: Parameters | None = None,
        *,
        dtype_backend: Literal["pyarrow", "numpy"] = "pyarrow",
        **options: Unpack[UnloadOptions],
    ) -> "pandas.DataFrame":
        """Return the rows of a query as a pandas data frame; see `unload`, and `to_pandas` for `dtype_backend`."""
        mapper = import_optional("pandas").ArrowDtype if dtype_backend == "pyarrow" else None
        table = await self.unload_to_arrow(sql, parameters, **options)
        return table.to_pandas(types_mapper=mapper)

    async def unload_to_folder(
        self,
        /,
        sql: str,
        folder: Path | str,
        parameters: Parameters | None = None,
        **options: Unpack[UnloadOptions],
    ) -> list[Path]:
        """Write the rows of a query to Parquet files in a folder, `part-00000.parquet` and so on; return their paths.

        The files appear when all rows are there; before, nothing in the folder has such a name. See `unload`.

        Raises:
            FrameError: The folder holds such files already.
        """
        write = import_optional("prefect_redshift.frames.folder").write_files
        async with aclosing(self.unload(sql, parameters, **options)) as batches:
            found: list[Path] = await write(batches, Path(folder))
            return found

    async def remove_staged(self, name_prefix: str, *, s3_prefix: str | None = None) -> None:
        """Remove the files of work whose names begin so, for whoever cleans up after a process that is dead.

        A live one removes its own. Nothing is raised where some cannot be removed: that is told to the listener
        (API: ListObjectsV2, DeleteObjects).

        Args:
            name_prefix: What the names begin with, in 400 characters at most.
            s3_prefix: `s3://bucket/prefix/`; by default the connection's.

        Raises:
            FrameError: The prefix is empty, or there is no place in S3.
        """
        if not name_prefix:
            raise FrameError(
                "Name what the work's names begin with: without it, the files of all work would go."
            )
        bucket, prefix = location(s3_prefix or self.s3_prefix)
        for what in ("copy", "unload"):
            await self._below(bucket, f"{prefix}{what}/{beginning_of(name_prefix)}").remove()

    def _area(self, what: str, name: str, s3_prefix: str | None) -> StagingArea:
        bucket, prefix = location(s3_prefix or self.s3_prefix)
        return self._below(bucket, f"{prefix}{what}/{folder_of(name or uuid4().hex)}")

    def _below(self, bucket: str, prefix: str) -> StagingArea:
        return StagingArea(self.s3, bucket, prefix, self.connection.listener)


def s3_client(session: boto3.Session | None = None) -> AwsClient:
    """Return a client for `Frames`, with the credentials and the region that boto3 finds, or those of a session."""
    return AwsClient(partial(_made, session))


def _made(session: boto3.Session | None) -> Any:
    return make_client("s3", session or boto3.Session(), CALL_THREADS)
