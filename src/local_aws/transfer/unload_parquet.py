"""UNLOAD to Parquet, column by column, by pyarrow."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_aws.data_api.results.columns import BY_NAME
from local_aws.data_api.results.rendering import super_text
from local_aws.transfer.compression import pyarrow
from local_aws.transfer.unload_text import unescaped

# Redshift's row groups have 32 MB.
BYTES_A_ROW_GROUP = 32 << 20
_NULL = "\\N"


class ParquetWriter:
    """Writes rows as the engine's COPY prints them; `types` are Redshift's names with precision and scale."""

    def __init__(self, file: Any, names: Sequence[str], types: Sequence[tuple[str, int, int]]) -> None:
        self._arrow = pyarrow("FORMAT PARQUET")
        import pyarrow.csv as csv
        import pyarrow.parquet as parquet

        self._csv = csv
        self._kinds = [name for name, _, _ in types]
        self._read = {str(number): _read_as(self._arrow, *kind) for number, kind in enumerate(types)}
        written = [_written_as(self._arrow, *kind) for kind in types]
        self._schema = self._arrow.schema(list(zip(names, written, strict=True)))
        self._writer = parquet.ParquetWriter(file, self._schema, compression="snappy")
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, lines: Sequence[bytes]) -> None:
        """Write rows."""
        self._lines += lines
        self._size += sum(map(len, lines))
        if self._size >= BYTES_A_ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the rest and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._lines:
            return
        parsed = self._parsed(b"".join(self._lines))
        self._lines.clear()
        self._size = 0
        arrays = [
            self._finished(column, kind, field.type)
            for column, kind, field in zip(parsed.columns, self._kinds, self._schema, strict=True)
        ]
        table = self._arrow.Table.from_arrays(arrays, schema=self._schema)
        self._writer.write_table(table, row_group_size=table.num_rows)

    def _parsed(self, content: bytes) -> Any:
        # Tabs and line ends within a value are escaped: nothing is quoted.
        return self._csv.read_csv(
            io.BytesIO(content),
            self._csv.ReadOptions(column_names=list(self._read), block_size=1 << 22),
            self._csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
            self._csv.ConvertOptions(
                column_types=self._read,
                null_values=[_NULL],
                strings_can_be_null=True,
                true_values=["t"],
                false_values=["f"],
            ),
        )

    def _finished(self, column: Any, kind: str, wanted: Any) -> Any:
        """Do what the reader of CSV does not: escapes, JSON, bytes."""
        if column.type != self._arrow.string():
            return column
        change = _CHANGES.get(kind)
        compute = self._arrow.compute
        if change is None and not compute.any(compute.match_substring(column, "\\")).as_py():
            return column
        change = change or unescaped
        values = [None if text is None else change(text) for text in column.to_pylist()]
        return self._arrow.chunked_array([self._arrow.array(values, wanted)])


_CHANGES: Mapping[str, Callable[[str], Any]] = {
    "super": lambda text: super_text(unescaped(text)),
    "varbyte": lambda text: bytes.fromhex(text.removeprefix("\\\\x")),
}


def _read_as(arrow: Any, name: str, precision: int, scale: int) -> Any:
    return arrow.string() if name == "varbyte" else _written_as(arrow, name, precision, scale)


def _written_as(arrow: Any, name: str, precision: int, scale: int) -> Any:
    if name == "numeric":
        return arrow.decimal128(precision, min(scale, precision))
    return arrow.type_for_alias(BY_NAME[name].arrow)
