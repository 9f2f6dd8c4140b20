"""What can be loaded, as Arrow record batches: pandas, polars, Arrow, and iterators of any of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from prefect_redshift.exceptions import FrameError

_DONE = object()


def schema_of(frame: Any) -> pa.Schema | None:
    """Return the schema of a frame that is there as a whole, None of what has to be read first."""
    if isinstance(frame, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return frame.schema
    if _is_pandas(frame):
        with _of_one_type(frame):
            return pa.Schema.from_pandas(frame, preserve_index=False)
    return None


async def batches_of(data: Any, rows: int) -> AsyncGenerator[pa.RecordBatch, None]:
    """Yield a frame, or the frames that an iterator yields, in batches of up to so many rows.

    Raises:
        FrameError: It is none.
    """
    if _is_frame(data):
        async for batch in _on_a_thread(_batches(data, rows)):
            yield batch
    elif isinstance(data, AsyncIterable):
        try:
            async for frame in data:
                async for batch in _on_a_thread(_batches(frame, rows)):
                    yield batch
        finally:
            # Such as `unload`, whose files go with it.
            if hasattr(data, "aclose"):
                await data.aclose()
    elif isinstance(data, Iterable) and not isinstance(data, str | bytes | dict):
        async for frame in _on_a_thread(iter(data)):
            async for batch in _on_a_thread(_batches(frame, rows)):
                yield batch
    else:
        raise _unknown(data)


async def _on_a_thread(items: Iterator[Any]) -> AsyncIterator[Any]:
    while (item := await asyncio.to_thread(next, items, _DONE)) is not _DONE:
        yield item


def _is_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "iloc")


def _is_frame(data: Any) -> bool:
    return _is_pandas(data) or hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _batches(frame: Any, rows: int) -> Iterator[pa.RecordBatch]:
    if _is_pandas(frame):
        yield from _pandas_batches(frame, rows)
    elif isinstance(frame, pa.Table):
        yield from frame.to_batches(max_chunksize=rows)
    elif isinstance(frame, pa.RecordBatch):
        yield from (frame.slice(start, rows) for start in range(0, max(frame.num_rows, 1), rows))
    elif hasattr(frame, "__arrow_c_stream__"):
        yield from pa.RecordBatchReader.from_stream(frame)
    elif hasattr(frame, "__arrow_c_array__"):
        yield pa.record_batch(frame)
    else:
        raise _unknown(frame)


def _pandas_batches(frame: Any, rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, max(len(frame), 1), rows):
        with _of_one_type(frame):
            batch = pa.RecordBatch.from_pandas(frame.iloc[start : start + rows], preserve_index=False)
        yield batch


@contextmanager
def _of_one_type(frame: Any) -> Iterator[None]:
    if frame.ndim != 2:
        raise FrameError("A pandas Series is no frame: call its to_frame().")
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        reason = " ".join(map(str, error.args))
        raise FrameError(f"A column of the frame has values of several types: {reason}") from error


def _unknown(data: Any) -> FrameError:
    return FrameError(
        f"{type(data).__name__} is no frame: pass a pandas or polars frame, an Arrow table or record batches, or an "
        "iterator or async iterator of them."
    )
