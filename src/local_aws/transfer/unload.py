"""UNLOAD: a query's rows into files in S3."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from local_aws.data_api.results import columns as metadata
from local_aws.engine import divisions
from local_aws.engine.connection import Connection
from local_aws.engine.copying import copy_out
from local_aws.transfer import compression, unload_text
from local_aws.transfer.command import Unload
from local_aws.transfer.objects import Bucket
from local_aws.transfer.options import Options
from local_aws.transfer.transfer_errors import TransferProblem
from local_aws.transfer.unload_parquet import ParquetWriter
from local_aws.transfer.unload_text import TextWriter

MEGABYTE = 1 << 20
DEFAULT_SIZE = 6200 * MEGABYTE
IN_MEMORY = 8 * MEGABYTE
ROWS_A_TURN = 10_000
OCCUPIED = (
    "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing"
    " the target files in S3, or using the ALLOWOVERWRITE option."
)

# Each with Redshift's name of its type, precision and scale.
Columns = list[tuple[str, tuple[str, int, int]]]


async def run(unload: Unload, connection: Connection, backend: Any) -> int:
    """Write the files; return the number of rows. Raises TransferProblem or EngineError."""
    query = await divisions.scaled(connection, unload.query)
    files = prepare(unload, backend, await _columns(query, connection))
    return await write(files, _turns(copy_out(connection, f"COPY ({query}) TO STDOUT")))


def prepare(unload: Unload, backend: Any, columns: Columns) -> "Files":
    """Return files for rows of these columns; raise TransferProblem for what cannot be written."""
    _check(unload.options)
    bucket = Bucket(backend, unload.target.bucket)
    occupied = bucket.keys(unload.target.key)
    if occupied and not (unload.options.has("allowoverwrite") or unload.options.has("cleanpath")):
        raise TransferProblem(OCCUPIED)
    if unload.options.has("cleanpath"):
        for key in occupied:
            bucket.delete(key)
    return Files(unload, bucket, columns)


async def write(files: "Files", turns: AsyncIterator[list[bytes]]) -> int:
    """Write rows, some at a time, as the engine's COPY prints them; return how many there were."""
    try:
        async for lines in turns:
            await asyncio.to_thread(files.add, lines)
        await asyncio.to_thread(files.finish)
    finally:
        files.discard()
    return files.rows


def _check(options: Options) -> None:
    if options.has("fixedwidth"):
        raise TransferProblem("local stand-in does not support FIXEDWIDTH in UNLOAD")
    size = options.values.get("maxfilesize")
    if size is not None and not 5 * MEGABYTE <= float(size) <= DEFAULT_SIZE:
        raise TransferProblem("MAXFILESIZE must be between 5 MB and 6.2 GB")
    if options.has("parquet") and (options.compression or options.has("header") or options.has("delimiter")):
        raise TransferProblem("PARQUET takes no compression, HEADER or DELIMITER")


async def _columns(query: str, connection: Connection) -> Columns:
    async for result in connection.stream(f"SELECT * FROM ({query}) AS unloaded LIMIT 0"):  # noqa: S608
        found = metadata.of_result(result)
    return [(column["name"], (column["typeName"], column["precision"], column["scale"])) for column in found]


async def _turns(rows: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    lines: list[bytes] = []
    async for row in rows:
        lines.append(row)
        if len(lines) >= ROWS_A_TURN:
            yield lines
            lines = []
    yield lines


class Files:
    """The files of one UNLOAD, one after another; the stand-in is a cluster of one slice."""

    def __init__(self, unload: Unload, bucket: Bucket, columns: Columns) -> None:
        self._options = unload.options
        self._prefix = unload.target.key
        self._bucket = bucket
        self._names, self._types = [name for name, _ in columns], [kind for _, kind in columns]
        self._limit = float(unload.options.values.get("maxfilesize", DEFAULT_SIZE))
        self._done: list[str] = []
        self._file: Any = None
        self._writer: ParquetWriter | TextWriter | None = None
        self.rows = 0

    def add(self, lines: list[bytes]) -> None:
        """Write rows as the engine's COPY prints them."""
        if lines:
            (self._writer or self._open()).add(lines)
            self.rows += len(lines)
        if self._file is not None and self._file.tell() >= self._limit:
            self._close()

    def finish(self) -> None:
        """Write the last file, which an empty result has, too, and the manifest."""
        if self._writer is None and not self._done:
            self._open()
        self._close()
        if self._options.has("manifest"):
            entries = [{"url": f"s3://{self._bucket.name}/{key}"} for key in self._done]
            with tempfile.TemporaryFile() as file:
                file.write(json.dumps({"entries": entries}).encode())
                self._bucket.put(f"{self._prefix}manifest", file)

    def discard(self) -> None:
        """Forget what is not in S3 yet."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> ParquetWriter | TextWriter:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by _close or discard
        if self._options.has("parquet"):
            self._writer = ParquetWriter(self._file, self._names, self._types)
        else:
            stream: BinaryIO = compression.writer(self._file, self._options.compression)
            self._writer = unload_text.writer(stream, self._names, self._types, self._options)
        return self._writer

    def _close(self) -> None:
        if self._writer is None:
            return
        self._writer.close()
        key = self._prefix + self._name(len(self._done))
        self._bucket.put(key, self._file)
        self._file.close()
        self._done.append(key)
        self._writer = self._file = None

    def _name(self, number: int) -> str:
        serial = f"{number:03}" if self._options.off("parallel") else f"0000_part_{number:02}"
        extension = {"parquet": ".parquet", "json": ".json"}
        kind = next((end for name, end in extension.items() if self._options.has(name)), "")
        if self._options.has("extension"):
            return f"{serial}.{self._options.text('extension')}"
        return serial + kind + compression.EXTENSIONS[self._options.compression]
