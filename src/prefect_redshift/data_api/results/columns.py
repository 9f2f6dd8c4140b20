"""What the Data API tells about a column of a table or a result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NO_NULLS = 0


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table or a result (API: ColumnMetadata).

    Attributes:
        type_name: Redshift's name of its type, such as `int8` or `numeric`.
        precision: Digits of a number; the length of a text.
        scale: Digits after the decimal point.
        is_nullable: Whether the table's column may hold NULL; a result may hold one all the same, after an outer join.
        length: Bytes, where the service tells them.
        schema_name: The schema of the table that it comes from; empty for an expression.
        table_name: The table that it comes from; empty for an expression.
        default: The expression of its default, None where there is none.
    """

    name: str
    type_name: str
    precision: int = 0
    scale: int = 0
    is_nullable: bool = True
    label: str = ""
    length: int = 0
    schema_name: str = ""
    table_name: str = ""
    default: str | None = None
    is_case_sensitive: bool = False
    is_currency: bool = False
    is_signed: bool = False

    @classmethod
    def from_response(cls, data: Mapping[str, Any]) -> "Column":
        """Read a ColumnMetadata."""
        return cls(
            name=data.get("name", ""),
            type_name=data.get("typeName", ""),
            precision=data.get("precision", 0),
            scale=data.get("scale", 0),
            is_nullable=data.get("nullable") != NO_NULLS,
            label=data.get("label", ""),
            length=data.get("length", 0),
            schema_name=data.get("schemaName", ""),
            table_name=data.get("tableName", ""),
            default=data.get("columnDefault"),
            is_case_sensitive=data.get("isCaseSensitive", False),
            is_currency=data.get("isCurrency", False),
            is_signed=data.get("isSigned", False),
        )


def columns_of(page: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of a page of a result."""
    return tuple(Column.from_response(data) for data in page.get("ColumnMetadata", ()))


def unique_names(columns: Iterable[Column]) -> list[str]:
    """Return the columns' names; one that comes twice is its position: `_2`."""
    names: list[str] = []
    for position, column in enumerate(columns):
        names.append(f"_{position}" if column.name in names else column.name)
    return names
