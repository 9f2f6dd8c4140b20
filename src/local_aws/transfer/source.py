"""The rows of everything that one COPY reads, as pieces of the engine's COPY format."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any, BinaryIO

from local_aws.transfer import compression, json_rows, objects, parquet, text_rows
from local_aws.transfer.command import Copy, Location
from local_aws.transfer.rendering import Renderer
from local_aws.transfer.table import Table
from local_aws.transfer.text_rows import Row
from local_aws.transfer.transfer_errors import Place, RejectedRow, TransferProblem

LINES_A_PIECE = 2000


class Source:
    """Reads once. `rejected` is what was left out; `place` tells where the n-th line handed out came from."""

    def __init__(self, backend: Any, copy: Copy, table: Table, allowed: int) -> None:
        self._backend = backend
        self._copy = copy
        self._table = table
        self._allowed = allowed
        self._renderer = Renderer(table.columns, copy.options)
        self.rejected: list[tuple[Place, RejectedRow]] = []
        self._handed = 0
        # Where the distance between lines handed out and lines of a file changes.
        self._starts: list[int] = []
        self._files: list[tuple[str, int]] = []

    def pieces(self) -> Iterator[bytes]:
        """Return the data, some thousand lines at a time; raise TransferProblem."""
        options = self._copy.options
        reader = None if options.has("parquet") else self._reader()
        manifest = options.has("manifest")
        for url, file in objects.sources(self._backend, self._copy.source, manifest=manifest):
            with file:
                try:
                    yield from self._parquet(url, file) if reader is None else self._file(url, reader(file))
                except (OSError, EOFError, UnicodeError) as error:
                    raise TransferProblem(f"The file {url} cannot be read: {error}") from None

    def place(self, line: int) -> Place:
        """Return where a line handed out, counted from 1, came from."""
        at = bisect_right(self._starts, line) - 1
        url, distance = self._files[at]
        return Place(url, line + distance)

    def raw_lines(self, places: Collection[Place]) -> dict[Place, str]:
        """Return lines as they are in their files, read once more; none of JSON and Parquet, which have no lines."""
        options = self._copy.options
        found: dict[Place, str] = {}
        if not places or options.has("json") or options.has("parquet"):
            return found
        last = {place.file: place.line for place in sorted(places, key=lambda place: place.line)}
        for url, file in objects.sources(self._backend, self._copy.source, manifest=options.has("manifest")):
            with file:
                lines = compression.reader(file, options.compression)
                for number, line in enumerate(islice(lines, last.get(url, 0)), start=1):
                    if Place(url, number) in places:
                        found[Place(url, number)] = line.rstrip(b"\r\n").decode(errors="replace")
        return found

    def _parquet(self, url: str, file: BinaryIO) -> Iterator[bytes]:
        self._starts.append(self._handed + 1)
        self._files.append((url, -self._handed))
        serialize = self._copy.options.has("serializetojson")
        for count, piece in parquet.pieces(file, url, self._table.columns, serialize=serialize):
            self._handed += count
            yield piece

    def _file(self, url: str, rows: Iterator[Row]) -> Iterator[bytes]:
        lines: list[str] = []
        distance: int | None = None
        for line, fields in rows:
            try:
                if isinstance(fields, RejectedRow):
                    raise fields
                rendered = self._renderer.render(fields)
            except RejectedRow as problem:
                self.rejected.append((Place(url, line), problem))
                if len(self.rejected) > self._allowed:
                    raise TooManyRejected from None
                continue
            self._handed += 1
            if line - self._handed != distance:
                distance = line - self._handed
                self._starts.append(self._handed)
                self._files.append((url, distance))
            lines.append(rendered)
            if len(lines) >= LINES_A_PIECE:
                yield ("\n".join(lines) + "\n").encode()
                lines.clear()
        if lines:
            yield ("\n".join(lines) + "\n").encode()

    def _reader(self) -> Callable[[BinaryIO], Iterator[Row]]:
        options = self._copy.options
        if options.has("json"):
            values = self._json_values()
            return lambda file: json_rows.rows(compression.reader(file, options.compression), values)
        return lambda file: text_rows.rows(compression.reader(file, options.compression), options)

    def _json_values(self) -> json_rows.Values:
        columns = self._table.columns
        how = self._copy.options.text("json", "auto")
        if how.lower() in ("auto", "auto ignorecase"):
            return json_rows.by_name(columns, ignore_case=how.lower() != "auto")
        if how.lower() == "noshred":
            return json_rows.whole(columns)
        location = Location.parse(how)
        with objects.Bucket(self._backend, location.bucket).open(location.key) as file:
            return json_rows.by_paths(file, columns)


class TooManyRejected(Exception):  # noqa: N818 - it only stops the reading
    """MAXERROR is reached."""
