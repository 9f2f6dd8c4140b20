"""Files that UNLOAD has written, as record batches: each is fetched to disk while the one before is read."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.exceptions import FrameError
from prefect_redshift.frames.staging_area import StagingArea
from prefect_redshift.frames.types import MICROSECONDS, carrier_of

ROWS_A_BATCH = 1 << 15
_BYTES_A_CALL = 8 << 20
_BYTES_A_READ = 1 << 16
_CALLS_AT_ONCE = 4


async def read_files(
    area: StagingArea, folder: str, columns: Sequence[Column]
) -> AsyncGenerator[pa.RecordBatch, None]:
    """Yield the rows of all files in a folder of an area, at least one batch, which may be empty.

    Raises:
        FrameError: A file is not of the query's columns.
        CallError: A call was refused.
    """
    files = [entry for entry in await area.objects(folder) if entry[1]]
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory(prefix="prefect-redshift-") as place:
        # One thread, since each keeps a heap of its own.
        thread = ThreadPoolExecutor(1, thread_name_prefix="read-parquet")
        ahead: asyncio.Task[Path] | None = None
        is_found = False
        try:
            for number in range(len(files)):
                path = await (ahead or _fetch_soon(area, files, number, place))
                ahead = _fetch_soon(area, files, number + 1, place) if number + 1 < len(files) else None
                reader = await loop.run_in_executor(thread, _Reader, path, columns)
                while (batch := await loop.run_in_executor(thread, reader.next)) is not None:
                    is_found = True
                    yield batch
                path.unlink()
        finally:
            thread.shutdown(wait=False)
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
    if not is_found:
        yield _no_rows(columns)


def schema_for(columns: Sequence[Column]) -> pa.Schema:
    """Return the schema of the rows."""
    return pa.schema([(column.name, carrier_of(column).arrow) for column in columns])


def _no_rows(columns: Sequence[Column]) -> pa.RecordBatch:
    schema = schema_for(columns)
    return pa.RecordBatch.from_arrays([pa.array([], entry.type) for entry in schema], schema=schema)


def _fetch_soon(
    area: StagingArea, files: Sequence[tuple[str, int]], number: int, folder: str
) -> "asyncio.Task[Path]":
    return asyncio.create_task(_fetch(area, *files[number], Path(folder) / f"{number}.parquet"))


async def _fetch(area: StagingArea, key: str, size: int, path: Path) -> Path:
    """Write an object to a file, some pieces at once."""
    slots = asyncio.Semaphore(_CALLS_AT_ONCE)

    async def piece(start: int) -> None:
        async with slots:
            content = await area.get(key, start, min(_BYTES_A_CALL, size - start))
            # Into the page cache, which takes a moment; a thread could outlast the file.
            os.pwrite(file.fileno(), content, start)

    with path.open("wb") as file:
        pieces = [asyncio.create_task(piece(start)) for start in range(0, size, _BYTES_A_CALL)]
        try:
            await asyncio.gather(*pieces)
        finally:
            for one in pieces:
                one.cancel()
            await asyncio.gather(*pieces, return_exceptions=True)
    return path


class _Reader:
    """The rows of one file, finished."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = schema_for(columns)
        self._file = pq.ParquetFile(
            path, buffer_size=_BYTES_A_READ, pre_buffer=False, coerce_int96_timestamp_unit="us"
        )
        if len(self._file.schema_arrow) != len(columns):
            raise FrameError("The files of UNLOAD have other columns than the query: run it again.")
        self._batches = self._file.iter_batches(ROWS_A_BATCH, use_threads=False)

    def next(self) -> pa.RecordBatch | None:
        """Return the next batch, None at the end."""
        batch = next(self._batches, None)
        if batch is None:
            self._file.close()
            return None
        arrays = [_kept(_finished(*pair)) for pair in zip(batch.columns, self._columns, strict=True)]
        del batch
        # What reading has freed stays this thread's otherwise, a multiple of the rows.
        pa.default_memory_pool().release_unused()
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _kept(array: pa.Array) -> pa.Array:
    """Return a copy that lies apart from what reading allocates and frees, so that no page holds both."""
    return pa.concat_arrays([array], memory_pool=pa.system_memory_pool())


def _finished(array: pa.Array, column: Column) -> pa.Array:
    """Return an array of a file as the column's own type."""
    wanted = carrier_of(column).arrow
    if pa.types.is_time(wanted):
        # Arrow reads texts as timestamps, not as times.
        day = pa.scalar("1970-01-01", array.type)
        return pc.binary_join_element_wise(day, array, " ").cast(MICROSECONDS).cast(wanted)
    if pa.types.is_timestamp(wanted):
        return array.cast(pa.timestamp("us", tz=array.type.tz)).cast(wanted)
    return array if array.type == wanted else array.cast(wanted)
