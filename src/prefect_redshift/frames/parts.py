"""Record batches into parts of equal size, and parts into Parquet files, the same for the same rows."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_A_PART = 1 << 17
BYTES_A_PART = 32 << 20
# A part ends at a multiple of it, however the rows arrive.
_QUANTUM = 1 << 13
_BYTES_A_DICTIONARY = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file.

    Attributes:
        digest: Of its content, in hexadecimal.
        size: In bytes.
    """

    digest: str
    rows: int
    size: int


class Cutter:
    """Cuts a stream of batches, where a part has so many rows, or bytes, whatever the size of the batches."""

    def __init__(self, schema: pa.Schema, rows: int) -> None:
        self._schema = schema
        self._rows_a_part = max(rows, 1)
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0

    def add(self, batch: pa.RecordBatch) -> Iterator[pa.Table]:
        """Take a batch; yield the parts that are full now."""
        start = 0
        while start < batch.num_rows:
            room = self._rows_a_part - self._rows
            piece = batch.slice(start, room)
            if self._bytes + payload(piece) >= BYTES_A_PART:
                piece = batch.slice(start, min(room, _QUANTUM - self._rows % _QUANTUM))
            start += piece.num_rows
            self._waiting.append(piece)
            self._rows += piece.num_rows
            self._bytes += payload(piece)
            is_large = self._bytes >= BYTES_A_PART and self._rows % _QUANTUM == 0
            if is_large or self._rows >= self._rows_a_part:
                yield self._part()

    def rest(self) -> Iterator[pa.Table]:
        """Yield the last part, if it has any row."""
        if self._rows:
            yield self._part()

    def _part(self) -> pa.Table:
        table = pa.Table.from_batches(self._waiting, self._schema)
        self._waiting = []
        self._rows = self._bytes = 0
        return table


def payload(batch: pa.RecordBatch) -> int:
    """Return how many bytes the values have, which does not depend on how they lie in memory."""
    size = 0
    for array in batch.columns:
        if pa.types.is_string(array.type) or pa.types.is_binary(array.type):
            size += pc.sum(pc.binary_length(array)).as_py() or 0
        else:
            size += array.type.bit_width * len(array) // 8
    return size


def encode(table: pa.Table) -> tuple[Part, bytes]:
    """Return a part as a Parquet file that Redshift reads."""
    # Its content is not copied when it is taken out, as that of one of Arrow's own is.
    sink = io.BytesIO()
    pq.write_table(
        table.combine_chunks(),
        sink,
        row_group_size=table.num_rows,
        compression="snappy",
        # A column of few values is written as a dictionary; of many, one costs time, memory and size.
        dictionary_pagesize_limit=_BYTES_A_DICTIONARY,
        # What Redshift reads with microseconds: other tools' 64-bit timestamps have come out wrong there.
        use_deprecated_int96_timestamps=True,
        store_schema=False,
        write_statistics=False,
    )
    content = sink.getvalue()
    return Part(digest=hashlib.sha256(content).hexdigest(), rows=table.num_rows, size=len(content)), content


def digest_of(parts: Sequence[Part]) -> str:
    """Return what the rows of all parts are known by."""
    return hashlib.sha256("".join(part.digest for part in parts).encode()).hexdigest()
