"""Which types of Parquet files go into which columns: Redshift converts none."""

from typing import Any

from local_aws.data_api.results.columns import BY_NAME
from local_aws.transfer.table import Column
from local_aws.transfer.transfer_errors import TransferProblem


def check_type(field: Any, metadata: Any, column: Column, url: str, *, serialize: bool) -> None:
    """Raise TransferProblem where a column of a file is not of the table's type."""
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
    if physical not in facts.parquet.split() or (facts.logical not in ("", logical) and not is_int96):
        raise _incompatible(field, column, url, shown)
    if column.type in ("int2", "int4", "int8") and logical in ("DATE", "TIME", "TIMESTAMP", "DECIMAL"):
        raise _incompatible(field, column, url, shown)
    if column.type == "timestamp" and not is_int96 and field.type.unit == "ns":
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
