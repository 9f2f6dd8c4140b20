"""Fields of files as the engine's COPY takes them: what is NULL, what fits, what is changed on the way."""

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import cast

from local_aws.data_api.results.columns import BY_NAME
from local_aws.transfer import semistructured, times
from local_aws.transfer.options import Options
from local_aws.transfer.table import Column
from local_aws.transfer.transfer_errors import RejectedRow

Fields = list[str | None]
Change = Callable[[str], str | None]

_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = re.compile(r"[\\\n\r\t]")


class Renderer:
    """Turns the fields of one row into one line of the engine's text format."""

    def __init__(self, columns: Sequence[Column], options: Options) -> None:
        self._columns = columns
        self._width = len(columns)
        self._fill = options.has("fillrecord")
        self._empty_as_null = options.has("emptyasnull")
        self._separators = self._width - 1
        replacement = options.values.get("acceptinvchars")
        self._replacement = "?" if replacement is True else replacement
        changes = [(number, _change(column, options)) for number, column in enumerate(columns)]
        self._changes = [(number, change) for number, change in changes if change is not None]

    def render(self, fields: Fields) -> str:
        """Return the line; raise RejectedRow."""
        if len(fields) != self._width:
            fields = self._right_width(fields)
        for number, change in self._changes:
            value = fields[number]
            if value:
                try:
                    fields[number] = change(value)
                except ValueError:
                    raise rejected(self._columns[number], number, value) from None
        if None not in fields and "" not in fields:
            line = "	".join(cast("list[str]", fields))
            # Nearly every row: nothing to escape, and the engine counts as many characters as bytes.
            if line.isascii() and line.count("\t") == self._separators and not _unusual(line):
                return line
        return "\t".join([self._field(number, value) for number, value in enumerate(fields)])

    def _right_width(self, fields: Fields) -> Fields:
        surplus = len(fields) - self._width
        if surplus == 1 and fields[-1] == "":  # a delimiter at the end of each line
            return fields[:-1]
        if surplus > 0:
            raise RejectedRow(1202, "Extra column(s) found")
        if not self._fill:
            raise RejectedRow(1213 if fields == [""] else 1201, "Delimiter not found")
        missing = self._columns[len(fields) :]
        return fields + ["" if column.is_text and not self._empty_as_null else None for column in missing]

    def _field(self, number: int, value: str | None) -> str:
        column = self._columns[number]
        if value is None or (value == "" and (self._empty_as_null or not column.is_text)):
            if column.not_null:
                raise RejectedRow(1213, "Missing data for not-null field", number)
            return "\\N"
        if not value.isascii():
            value = self._checked(column, number, value)
        if "\0" in value:
            raise RejectedRow(1211, "Line too long or NUL character in the field", number, value)
        if column.is_text and column.size and len(value.encode()) > column.size:
            raise rejected(column, number, value)
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value

    def _checked(self, column: Column, number: int, value: str) -> str:
        if found := _SURROGATES.search(value):
            if self._replacement is None:
                errors = "surrogatepass" if found[0] < "\udc80" else "surrogateescape"
                reason = "String contains invalid or unsupported UTF-8 codepoints. Bad UTF-8 hex sequence: "
                reason += f"{found[0].encode('utf-8', errors).hex()} (error 3)"
                raise RejectedRow(1220, reason, number, _SURROGATES.sub("?", value))
            value = _SURROGATES.sub(str(self._replacement), value)
        if column.type == "bpchar" and not value.isascii():
            bad = next(letter for letter in value if not letter.isascii()).encode().hex(" ")
            reason = (
                f"Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: {bad}"
            )
            raise RejectedRow(1220, reason, number, value)
        return value


def rejected(column: Column, number: int, value: str) -> RejectedRow:
    """Return why a value is not one of its column's type."""
    facts = BY_NAME[column.type]
    return RejectedRow(facts.code, facts.reason.format(value=value), number, value)


def _unusual(line: str) -> bool:
    return "\\" in line or "\n" in line or "\r" in line or "\0" in line


def _change(column: Column, options: Options) -> Change | None:
    """Return what the options do to a column's values that are not empty."""
    if column.is_text:
        return _text_change(column, options)
    if column.type == "varbyte":
        return lambda value: "\\x" + bytes.fromhex(value).hex()
    if column.type == "super":
        return semistructured.kept
    if column.type == "date":
        return times.converter(options.text("dateformat"))
    if column.type in ("timestamp", "timestamptz"):
        return times.converter(options.text("timeformat"))
    if column.type == "numeric" and not options.has("roundec"):
        return _truncated(column.scale)
    return None


def _text_change(column: Column, options: Options) -> Change | None:
    blank_as_null, trim = options.has("blanksasnull"), options.has("trimblanks") and column.type == "varchar"
    size = column.size if options.has("truncatecolumns") else 0
    if not (blank_as_null or trim or size):
        return None

    def change(value: str) -> str | None:
        if blank_as_null and value.isspace():
            return None
        if trim:
            value = value.rstrip(" ")
        if size and len(data := value.encode("utf-8", "surrogateescape")) > size:
            return data[:size].decode("utf-8", "ignore")
        return value

    return change


def _truncated(scale: int) -> Change:
    """COPY cuts digits off where everything else rounds."""
    unit = Decimal(1).scaleb(-scale)

    def change(value: str) -> str:
        point = value.find(".")
        if point < 0 or len(value) - point - 1 <= scale:
            return value
        try:
            return str(Decimal(value).quantize(unit, ROUND_DOWN))
        except InvalidOperation:
            raise ValueError(value) from None

    return change
