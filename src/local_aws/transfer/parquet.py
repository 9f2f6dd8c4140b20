"""COPY from Parquet files, column by column, by pyarrow."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from local_aws.data_api.results.columns import BY_NAME
from local_aws.transfer.compression import pyarrow
from local_aws.transfer.semistructured import kept
from local_aws.transfer.table import Column
from local_aws.transfer.transfer_errors import TransferProblem

ROWS_A_BATCH = 20_000
# What the engine's COPY format writes otherwise, the backslash first.
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_NULL = "\\N"


def pieces(
    file: BinaryIO, url: str, columns: Sequence[Column], *, serialize: bool
) -> Iterator[tuple[int, bytes]]:
    """Yield rows in the engine's COPY format, with their number; the columns are the table's by position.

    Raise TransferProblem for columns whose types are not exactly the table's, and for values that are too long.
    """
    arrow = pyarrow("FORMAT PARQUET")
    source = _opened(arrow, file, columns)
    fields = list(source.schema_arrow)
    for field, column in zip(fields, columns, strict=True):
        _check_type(field, source.metadata, column, url, serialize=serialize)
    for batch in source.iter_batches(ROWS_A_BATCH):
        texts = [_texts(arrow, *pair) for pair in zip(batch.columns, columns, strict=True)]
        yield batch.num_rows, _joined(arrow, texts)


def _opened(arrow: Any, file: BinaryIO, columns: Sequence[Column]) -> Any:
    import pyarrow.parquet as parquet

    try:
        source = parquet.ParquetFile(file, coerce_int96_timestamp_unit="us")
    except arrow.ArrowInvalid:
        raise TransferProblem(
            "Spectrum Scan Error\n  Detail: File has an invalid version number or is no Parquet file"
        ) from None
    if len(source.schema_arrow) != len(columns):
        raise TransferProblem(
            "Spectrum Scan Error\n  Detail: Unmatched number of columns between table and file."
            f" Table columns: {len(columns)}, Data columns: {len(source.schema_arrow)}"
        )
    return source


def _joined(arrow: Any, texts: Sequence[Any]) -> bytes:
    """Return lines of tab-separated fields."""
    compute = arrow.compute
    nothing, tab, end = (arrow.scalar(text, arrow.large_string()) for text in ("", "\t", "\n"))
    last = compute.binary_join_element_wise(texts[-1], end, nothing)
    lines = compute.binary_join_element_wise(*texts[:-1], last, tab) if len(texts) > 1 else last
    # The values of such an array lie one after another: they are the lines.
    size = compute.sum(compute.binary_length(lines)).as_py()
    return bytes(lines.buffers()[2][:size]) if size else b""


def _texts(arrow: Any, values: Any, column: Column) -> Any:
    """Return the fields of a column."""
    texts = _written(arrow, values, column)
    if column.is_text:
        _check_lengths(arrow, texts, column)
    if column.is_text or column.type == "super":
        for plain, escaped in _ESCAPES.items():
            texts = arrow.compute.replace_substring(texts, plain, escaped)
    return texts.fill_null(_NULL)


def _written(arrow: Any, values: Any, column: Column) -> Any:
    if column.type == "super":
        return arrow.array([_super(value) for value in values.to_pylist()], arrow.large_string())
    if column.type == "varbyte":
        found = values.cast(arrow.binary()).to_pylist()
        hexadecimal = [None if value is None else f"\\\\x{value.hex()}" for value in found]
        return arrow.array(hexadecimal, arrow.large_string())
    return values.cast(arrow.large_string())


def _check_lengths(arrow: Any, texts: Any, column: Column) -> None:
    compute = arrow.compute
    longest = compute.max(compute.binary_length(texts)).as_py() or 0
    if column.size and longest > column.size:
        raise TransferProblem(
            f"Spectrum Scan Error\n  Detail: The length of the data column {column.name} is longer than the length"
            f" defined in the table. Table: {column.size}, Data: {longest}"
        )
    if column.type == "bpchar" and compute.all(compute.string_is_ascii(texts)).as_py() is False:
        raise TransferProblem(f"Multibyte character not supported for CHAR: column {column.name}")
    if compute.any(compute.match_substring(texts, "\0")).as_py():
        raise TransferProblem(f"local stand-in does not support NUL characters: column {column.name}")


def _super(value: Any) -> str | None:
    if value is None:
        return None
    return kept(json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":")))


def _check_type(field: Any, metadata: Any, column: Column, url: str, *, serialize: bool) -> None:
    """Raise TransferProblem where a column of a file is not of the table's type: Redshift converts none."""
    if column.type == "super":
        if not serialize and field.type.num_fields:
            raise TransferProblem(f"{column.name}: nested columns need SERIALIZETOJSON")
        return
    facts = BY_NAME[column.type]
    if not facts.parquet:
        raise TransferProblem(
            f"local stand-in does not support Parquet into a column of type {column.type.upper()}, which AWS does not"
            f" document: {column.name}"
        )
    if field.type.num_fields:
        raise _incompatible(field, column, url, str(field.type))
    schema = metadata.schema
    stored = next(schema.column(i) for i in range(len(schema)) if schema.column(i).path == field.name)
    physical, logical = stored.physical_type, str(stored.logical_type.type)
    shown = f"optional {physical.lower()} {field.name} ({field.type})"
    is_int96 = physical == "INT96"
    if (
        physical not in facts.parquet.split()
        or (facts.logical not in ("", logical) and not is_int96)
        or (column.type in ("int2", "int4", "int8") and logical in ("DATE", "TIME", "TIMESTAMP", "DECIMAL"))
        or (column.type == "timestamp" and not is_int96 and field.type.unit == "ns")
    ):
        raise _incompatible(field, column, url, shown)
    if column.type == "numeric":
        _check_decimal(stored, column, url, field)


def _check_decimal(stored: Any, column: Column, url: str, field: Any) -> None:
    if stored.scale != column.scale:
        raise _incompatible(field, column, url, f"optional {field.name} ({field.type})")
    # How many bytes a decimal of so many digits takes, with its sign.
    length, expected = stored.length, ((10**column.size - 1).bit_length() + 1 + 7) // 8
    if stored.physical_type == "FIXED_LEN_BYTE_ARRAY" and length != expected:
        raise TransferProblem(
            f"Spectrum Scan Error\n  Detail: File '{url}' column '{field.name}' has an invalid type length."
            f" Expecting: {expected} len in file: {length}"
        )


def _incompatible(field: Any, column: Column, url: str, found: str) -> TransferProblem:
    return TransferProblem(
        f"Spectrum Scan Error\n  Detail: File '{url}' has an incompatible Parquet schema for column '{field.name}'."
        f" Column type: {column.type.upper()}, Parquet schema: {found}"
    )
