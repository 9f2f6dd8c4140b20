"""Results as Arrow record batches, parsed in bulk from CSV. Needs pyarrow: the extra `results`."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from io import BytesIO

import pyarrow as pa
from pyarrow import csv

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.results.columns import Column
from prefect_redshift.data_api.results.pages import check_count, csv_pages
from prefect_redshift.data_api.statement import SubStatement
from prefect_redshift.exceptions import ResultError

_TYPES = {
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "oid": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
# The largest scale: what is reported where the engine states neither precision nor scale.
_UNSTATED_SCALE = 37


async def read_batches(client: AwsClient, statement: SubStatement) -> AsyncGenerator[pa.RecordBatch, None]:
    """Yield the result of a statement that was submitted in CSV, a page at a time.

    Raises:
        ResultError: There is no such result, it is not whole, or a value does not fit its column's type.
    """
    count, total = 0, -1
    async with aclosing(csv_pages(client, statement)) as result:
        async for page in result:
            # On a thread, and without Python's lock for most of it, while the next page is on its way.
            batch = await asyncio.to_thread(record_batch, page.text, page.columns)
            count, total = count + batch.num_rows, page.total_rows
            yield batch
    check_count(statement, count, total)


def record_batch(text: str, columns: Sequence[Column]) -> pa.RecordBatch:
    """Parse one page of CSV without a header.

    Raises:
        ResultError: A value does not fit its column's type.
    """
    # Names may repeat; positions do not.
    positions = [str(position) for position in range(len(columns))]
    types = {position: _type_in_csv(column) for position, column in zip(positions, columns, strict=True)}
    try:
        table = _parsed(text.encode(), types)
        arrays = [_finished(table.column(i).combine_chunks(), column) for i, column in enumerate(columns)]
    except (pa.ArrowInvalid, ValueError) as error:
        raise ResultError(f"The result does not fit its columns' types: {error}") from error
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _parsed(content: bytes, types: Mapping[str, pa.DataType]) -> pa.Table:
    if not content:
        return pa.schema(list(types.items())).empty_table()
    return csv.read_csv(
        BytesIO(content),
        csv.ReadOptions(column_names=list(types), use_threads=False, block_size=len(content) + 1),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(types) > 1),
        csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["true", "t", "TRUE", "1"],
            false_values=["false", "f", "FALSE", "0"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _type_in_csv(column: Column) -> pa.DataType:
    if column.type_name == "numeric" and column.scale < _UNSTATED_SCALE:
        return pa.decimal128(column.precision or 38, column.scale)
    return _TYPES.get(column.type_name, pa.string())


def _finished(array: pa.Array, column: Column) -> pa.Array:
    """Do what pyarrow's reader of CSV cannot do by itself."""
    if not pa.types.is_string(array.type):
        return array
    if column.type_name == "numeric":
        return array.cast(pa.decimal256(76, column.scale))
    if column.type_name == "varbyte":
        texts = array.to_pylist()
        return pa.array([None if text is None else bytes.fromhex(text) for text in texts], pa.binary())
    return array
