"""Compressed files."""

import bz2
import gzip
import io
from typing import Any, BinaryIO, cast

from local_aws.transfer.transfer_errors import TransferProblem

EXTENSIONS = {"gzip": ".gz", "bzip2": ".bz2", "zstd": ".zst", None: ""}


def pyarrow(what: str) -> Any:
    """Return the package, which only Parquet and Zstandard need; raise TransferProblem without it."""
    try:
        import pyarrow
        import pyarrow.compute
    except ImportError:
        raise TransferProblem(
            f"local stand-in does not support {what} without pyarrow: pip install 'prefect-redshift[results]'"
        ) from None
    return pyarrow


def reader(file: BinaryIO, compression: str | None) -> BinaryIO:
    """Return what reads a compressed file."""
    if compression == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if compression == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(file))
    if compression == "zstd":
        return cast("BinaryIO", pyarrow("ZSTD").CompressedInputStream(file, "zstd"))
    return file


def writer(file: BinaryIO, compression: str | None) -> BinaryIO:
    """Return what writes a compressed file; closing it leaves the file open."""
    if compression == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0))
    if compression == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(file, "wb"))
    if compression == "zstd":
        return cast("BinaryIO", pyarrow("ZSTD").CompressedOutputStream(_Kept(file), "zstd"))
    return cast("BinaryIO", _Kept(file))


class _Kept(io.RawIOBase):
    """A file that others may close without closing it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()
