"""A job's scripts, read from a folder or from S3."""

import asyncio
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from prefect_aws import AwsCredentials

from prefect_redshift.exceptions import ScriptError, one_line

# More than all statements of the Data API's largest batch: nobody waits for a gigabyte that can only be refused.
MAX_SCRIPT_BYTES = 10_000_000
_S3_LOCATION = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*?)/?")


@dataclass(frozen=True)
class ScriptFolder:
    """Where the scripts are.

    Attributes:
        location: A folder, or `s3://bucket/prefix`.
        project: The folder at which a relative one begins.
        credentials: Who reads from S3.
    """

    location: str
    project: Path
    credentials: AwsCredentials

    def __post_init__(self) -> None:
        if "://" in self.location and not _S3_LOCATION.fullmatch(self.location):
            raise ScriptError(f"{self.location} is neither a folder nor s3://bucket/prefix.")

    async def text(self, filename: str) -> str:
        """Return the text of one script.

        Raises:
            ScriptError: It cannot be read, or is not UTF-8.
        """
        try:
            if "://" in self.location:
                content = await asyncio.to_thread(_read_s3, self.location, filename, self.credentials)
            else:
                content = await asyncio.to_thread(_read_file, self.project / self.location / filename)
            return content.decode("utf-8-sig")  # a byte order mark is no part of the text
        except UnicodeDecodeError as error:
            raise ScriptError(f"{self.path(filename)} is not UTF-8 text.") from error
        except (OSError, ValueError, BotoCoreError, ClientError) as error:
            raise ScriptError(f"Cannot read the script {self.path(filename)}: {_reason(error)}.") from error

    def path(self, filename: str) -> str:
        """Return where a script is, as a person would write it."""
        return f"{self.location.rstrip('/')}/{filename}" if self.location else filename


def _read_file(path: Path) -> bytes:
    status = path.stat()
    # To open a pipe is to wait for its writer, and a device may have no end.
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is not a regular file")
    _check_size(status.st_size)
    return path.read_bytes()


def _read_s3(location: str, filename: str, credentials: AwsCredentials) -> bytes:
    match = _S3_LOCATION.fullmatch(location)
    assert match is not None  # noqa: S101 - checked when the folder was named
    key = f"{match['prefix']}/{filename}".lstrip("/")
    script = credentials.get_s3_client().get_object(Bucket=match["bucket"], Key=key)
    _check_size(script["ContentLength"])
    content: bytes = script["Body"].read()
    return content


def _check_size(size: int) -> None:
    if size > MAX_SCRIPT_BYTES:
        raise ValueError(f"it has {size:,} bytes, and a script may have {MAX_SCRIPT_BYTES:,}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return one_line(error).rstrip(".")
