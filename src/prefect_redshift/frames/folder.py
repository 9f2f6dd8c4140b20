"""Record batches into Parquet files in a folder."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from prefect_redshift.exceptions import FrameError

BYTES_A_FILE = 128 << 20


async def write_files(batches: AsyncIterator[pa.RecordBatch], folder: Path) -> list[Path]:
    """Write batches to `part-00000.parquet` and so on; the files appear in the folder when all are written.

    Raises:
        FrameError: The folder holds such files already.
    """
    hidden = await asyncio.to_thread(_made, folder)
    writer: pq.ParquetWriter | None = None
    written: list[Path] = []
    try:
        async for batch in batches:
            if writer is None:
                written.append(hidden / f"part-{len(written):05}.parquet")
                writer = pq.ParquetWriter(written[-1], batch.schema)
            await asyncio.to_thread(writer.write_batch, batch)
            if written[-1].stat().st_size >= BYTES_A_FILE:
                writer.close()
                writer = None
        if writer is not None:
            writer.close()
        return [path.rename(folder / path.name) for path in written]
    finally:
        if writer is not None:
            writer.close()
        shutil.rmtree(hidden, ignore_errors=True)


def _made(folder: Path) -> Path:
    """Make a folder within the folder, so that renaming moves no data."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("part-*.parquet")):
        raise FrameError(f"{folder} holds files part-*.parquet already: name another folder, or remove them.")
    return Path(tempfile.mkdtemp(prefix=".unload-", dir=folder))
