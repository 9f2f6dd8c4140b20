"""Parquet files, by pyarrow."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, cast

from local_aws.transfer.compression import pyarrow
from local_aws.transfer.table import Column
from local_aws.transfer.text_rows import Row
from local_aws.transfer.transfer_errors import TransferProblem

ROWS_A_BATCH = 5000


def rows(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Row]:
    """Read a file; its columns are the table's by position, whatever they are called."""
    arrow = pyarrow("FORMAT PARQUET")
    import pyarrow.parquet as parquet

    try:
        source = parquet.ParquetFile(file)
    except arrow.ArrowInvalid:
        raise TransferProblem(
            "Spectrum Scan Error\n  Detail: File has an invalid version number or is no Parquet file"
        ) from None
    if source.metadata.num_columns != len(columns) and len(source.schema_arrow) != len(columns):
        raise TransferProblem(
            "Spectrum Scan Error\n  Detail: Unmatched number of columns between table and file."
            f" Table columns: {len(columns)}, Data columns: {len(source.schema_arrow)}"
        )
    line = 0
    for batch in source.iter_batches(ROWS_A_BATCH):
        try:
            texts = [_texts(arrow, *pair) for pair in zip(batch.columns, columns, strict=True)]
        except (arrow.ArrowNotImplementedError, arrow.ArrowInvalid):
            raise TransferProblem(
                "local stand-in does not support nested or binary columns of Parquet"
            ) from None
        for fields in zip(*texts, strict=True):
            line += 1
            yield line, list(fields)


def _texts(arrow: Any, values: Any, column: Column) -> list[str | None]:
    if column.type != "super":
        return cast("list[str | None]", values.cast(arrow.string()).to_pylist())
    found = values.to_pylist()
    return [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
        for value in found
    ]


class Writer:
    """Writes rows of texts as the engine prints them; `types` are Redshift's names with precision and scale."""

    def __init__(self, file: Any, names: Sequence[str], types: Sequence[tuple[str, int, int]]) -> None:
        self._arrow = pyarrow("FORMAT PARQUET")
        import pyarrow.parquet as parquet

        self._schema = self._arrow.schema(
            [self._arrow.field(name, self._type(*kind)) for name, kind in zip(names, types, strict=True)]
        )
        self._writer = parquet.ParquetWriter(file, self._schema, compression="snappy")
        self._rows: list[list[str | None]] = []

    def add(self, row: list[str | None]) -> None:
        """Write one row."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_A_BATCH:
            self._flush()

    def close(self) -> None:
        """Write the rest and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = []
        for field, values in zip(self._schema, zip(*self._rows, strict=True), strict=True):
            array = self._arrow.array(values, self._arrow.string())
            if field.type == self._arrow.bool_():
                array = self._arrow.array([None if value is None else value == "t" for value in values])
            arrays.append(array.cast(field.type))
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))
        self._rows.clear()

    def _type(self, name: str, precision: int, scale: int) -> Any:
        arrow = self._arrow
        known = {
            "bool": arrow.bool_(),
            "int2": arrow.int16(),
            "int4": arrow.int32(),
            "int8": arrow.int64(),
            "float4": arrow.float32(),
            "float8": arrow.float64(),
            "date": arrow.date32(),
            "timestamp": arrow.timestamp("us"),
        }
        if name == "numeric":
            return arrow.decimal128(precision, min(scale, precision))
        return known.get(name, arrow.string())
