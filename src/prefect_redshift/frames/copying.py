"""Rows into a table: parts to S3, several at once, then one COPY; removed from S3 whatever happens."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from prefect_redshift.data_api.catalog import Catalog
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import FrameError
from prefect_redshift.frames.batches import batches_of, schema_of
from prefect_redshift.frames.casting import cast
from prefect_redshift.frames.copy_statements import Load, Mode
from prefect_redshift.frames.names import TableName, check_columns
from prefect_redshift.frames.parts import Cutter, Part, digest_of, encode
from prefect_redshift.frames.staging_area import StagingArea
from prefect_redshift.frames.types import carrier_of, column_for, declared

# Each holds its rows and its file in memory.
PARTS_AT_ONCE = 2


@dataclass
class Copying:
    """One load: what is asked for, and then what is known of it.

    Attributes:
        types: SQL types of columns of a table that is created, by the frame's names.
        create: Whether the table is created from the frame's schema if it is not there.
        load: Known once the first rows are.
    """

    connection: Connection
    area: StagingArea
    table: TableName
    mode: Mode
    keys: Sequence[str]
    create: bool
    types: Mapping[str, str]
    rows_a_part: int
    load: Load | None = None
    _parts: dict[int, Part] = field(default_factory=dict)

    @property
    def parts(self) -> list[Part]:
        """The parts that are in S3, in their order."""
        return [self._parts[number] for number in sorted(self._parts)]

    async def stage(self, data: Any) -> str:
        """Put the rows into S3 and return the manifest's URL; an empty text where there are none.

        Raises:
            FrameError: They cannot be carried exactly.
            CallError: A call was refused.
        """
        schema = schema_of(data)
        if schema is not None:
            self.load = await self._load_of(schema)
        uploads: set[asyncio.Task[None]] = set()
        slots = asyncio.Semaphore(PARTS_AT_ONCE)
        try:
            number = 0
            async with aclosing(self._cut(data)) as parts:
                async for part in parts:
                    await slots.acquire()
                    _raise_first(uploads)
                    upload = asyncio.create_task(self._upload(number, part))
                    upload.add_done_callback(lambda _: slots.release())
                    uploads.add(upload)
                    number += 1
            await _all(uploads)
        finally:
            for upload in uploads:
                upload.cancel()
            await asyncio.gather(*uploads, return_exceptions=True)
        if self.load is None:
            raise FrameError("There is not one frame to load, so that its columns are not known.")
        return await self._manifest() if self._parts else ""

    async def _cut(self, data: Any) -> AsyncGenerator[pa.Table, None]:
        cutter: Cutter | None = None
        async with aclosing(batches_of(data, self.rows_a_part)) as batches:
            async for batch in batches:
                if self.load is None:
                    self.load = await self._load_of(batch.schema)
                carried = await asyncio.to_thread(_carried, batch, self.load)
                cutter = cutter or Cutter(carried.schema, self.rows_a_part)
                for part in cutter.add(carried):
                    yield part
        for part in cutter.rest() if cutter else ():
            yield part

    async def _upload(self, number: int, table: pa.Table) -> None:
        part, content = await asyncio.to_thread(encode, table)
        await self.area.put(_key(number, part), content)
        self._parts[number] = part

    async def _manifest(self) -> str:
        entries = [
            {
                "url": self.area.url + _key(number, part),
                "mandatory": True,
                "meta": {"content_length": part.size},
            }
            for number, part in sorted(self._parts.items())
        ]
        name = f"{digest_of(self.parts)}.manifest"
        await self.area.put(name, json.dumps({"entries": entries}).encode())
        return self.area.url + name

    async def _load_of(self, schema: pa.Schema) -> Load:
        if not schema.names:
            raise FrameError("The frame has no columns.")
        check_columns(schema.names)
        described = await self._described()
        if not described and not self.create:
            raise FrameError(
                f"There is no table {self.table.sql}, or it is not yours to see: create it, or pass create=True."
            )
        if unknown := set(self.types) - set(schema.names):
            raise FrameError(f"types names {min(unknown)!r}, which is no column of the frame.")
        made = [self._made(entry) for entry in schema] if self.create else []
        found = {column.name.lower(): column for column in described}
        columns = [found.get(name.lower()) for name in schema.names] if described else made
        if missing := [n for n, column in zip(schema.names, columns, strict=True) if column is None]:
            raise FrameError(
                f"The table {self.table.sql} has no column {missing[0]!r}; it has {', '.join(found)}."
            )
        # So that a table that one of our tries has created is no other work for the next.
        return Load(
            table=self.table,
            columns=[column for column in columns if column is not None],
            mode=self.mode,
            keys=[found[key.lower()].name if key.lower() in found else key for key in self.keys],
            create=made,
        )

    def _made(self, entry: pa.Field) -> Column:
        sql = self.types.get(entry.name)
        return declared(entry.name, sql) if sql else column_for(entry)

    async def _described(self) -> Sequence[Column]:
        described = await self._columns_of(self.table)
        if not described and self.table.lowered != self.table:
            described = await self._columns_of(self.table.lowered)
        schemas = sorted({column.schema_name for column in described})
        if len(schemas) > 1:
            raise FrameError(
                f"There are tables {self.table.table} in the schemas {', '.join(schemas)}: write schema.table."
            )
        return described

    async def _columns_of(self, table: TableName) -> Sequence[Column]:
        catalog = Catalog(self.connection)
        return (await catalog.describe_table(table.table, schema=table.schema or None)).columns


def _key(number: int, part: Part) -> str:
    return f"{number:05}-{part.digest[:16]}.parquet"


def _carried(batch: pa.RecordBatch, load: Load) -> pa.RecordBatch:
    """Return a batch with the types and columns of the files."""
    by_name = {name.lower(): number for number, name in enumerate(batch.schema.names)}
    names = [column.name for column in load.columns]
    if set(by_name) != {name.lower() for name in names}:
        raise FrameError(
            f"The first frame has the columns {', '.join(names)}, a later one {', '.join(batch.schema.names)}."
        )
    arrays = []
    for column in load.columns:
        array = cast(batch.column(by_name[column.name.lower()]), column)
        if column.name in load.keys and array.null_count:
            raise FrameError(
                f"The key {column.name} is NULL in a row: NULL equals nothing, so that no row matches."
            )
        arrays.append(array)
    schema = pa.schema([(column.name, carrier_of(column).in_file) for column in load.columns])
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _raise_first(uploads: set[asyncio.Task[None]]) -> None:
    for upload in [upload for upload in uploads if upload.done()]:
        uploads.remove(upload)
        upload.result()


async def _all(uploads: set[asyncio.Task[None]]) -> None:
    while uploads:
        await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED)
        _raise_first(uploads)
