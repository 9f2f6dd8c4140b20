"""Objects in the stand-in's S3, read and written in pieces.

moto keeps an object in a temporary file; its own API would put all of it into memory at every read.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from local_aws.transfer.command import Location
from local_aws.transfer.transfer_errors import TransferProblem

PIECE = 1 << 20


class Bucket:
    """A bucket of moto's; raises TransferProblem when there is none of that name."""

    def __init__(self, backend: Any, name: str) -> None:
        self._backend = backend
        self.name = name
        if name not in backend.buckets:
            raise TransferProblem(
                "S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket"
                f"\n  Detail: bucket {name}"
            )

    def keys(self, prefix: str) -> list[str]:
        """Return the keys of objects that begin so, in order."""
        bucket = self._backend.buckets[self.name]
        found = sorted(key for key in list(bucket.keys) if key.startswith(prefix))
        return [key for key in found if self._object(key) is not None]

    def open(self, key: str) -> BinaryIO:
        """Return an object's content; raise TransferProblem when there is no such object."""
        found = self._object(key)
        if found is None:
            raise TransferProblem(
                "S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey"
                f"\n  Detail: s3://{self.name}/{key}"
            )
        return io.BufferedReader(_Reader(found), PIECE)

    def put(self, key: str, content: BinaryIO) -> None:
        """Make an object of a file's content."""
        digest = hashlib.md5(usedforsecurity=False)  # the ETag of an object that was put at once
        for piece in _pieces(content):
            digest.update(piece)
        made = self._backend.put_object(self.name, key, b"", etag=digest.hexdigest())
        with made.lock:
            for piece in _pieces(content):
                made._value_buffer.write(piece)
            made.contentsize = content.tell()

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._backend.delete_object(self.name, key)

    def _object(self, key: str) -> Any:
        found = self._backend.get_object(self.name, key)
        # The console's folders are empty objects.
        return None if found is None or (key.endswith("/") and found.size == 0) else found


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while piece := content.read(PIECE):
        yield piece


class _Reader(io.RawIOBase):
    """Reads an object of moto's from where it was, whoever else reads it meanwhile."""

    def __init__(self, found: Any) -> None:
        self._object = found
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._object.size}[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        with self._object.lock:
            self._object._value_buffer.seek(self._at)
            piece = self._object._value_buffer.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def sources(backend: Any, location: Location, *, manifest: bool) -> Iterator[tuple[str, BinaryIO]]:
    """Return (URL, content) of each object that a COPY reads; raise TransferProblem when there is none."""
    bucket = Bucket(backend, location.bucket)
    if manifest:
        yield from _listed(backend, location)
        return
    keys = bucket.keys(location.key)
    if not keys:
        raise TransferProblem(f"The specified S3 prefix '{location.key}' does not exist")
    for key in keys:
        yield f"s3://{bucket.name}/{key}", bucket.open(key)


def _listed(backend: Any, location: Location) -> Iterator[tuple[str, BinaryIO]]:
    with Bucket(backend, location.bucket).open(location.key) as content:
        try:
            listed = json.load(content)["entries"]
            entries = [(entry["url"], entry.get("mandatory", False)) for entry in listed]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TransferProblem(
                f"The manifest {location.url} is not valid JSON of the manifest format"
            ) from None
    for url, mandatory in entries:
        entry = Location.parse(url)
        bucket = Bucket(backend, entry.bucket)
        if mandatory or bucket.keys(entry.key)[:1] == [entry.key]:
            yield url, bucket.open(entry.key)
