"""The pipeline's SQL scripts: read from a folder or from S3, and split into statements."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from prefect_aws import AwsCredentials
from prefect_aws.s3 import S3Bucket

from blocks import ScriptError
from blocks.request import check_limits
from blocks.script import split_statements

PROJECT_FOLDER = Path(__file__).resolve().parent.parent

_S3_LOCATION = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*?)/?")
_STEP = re.compile(r"^--[ \t]*step:[ \t]*(\w+)[ \t]*$", re.MULTILINE)


Steps = Mapping[str, list[str]]


@dataclass(frozen=True)
class Scripts:
    """The folder of the scripts.

    Attributes:
        location: A folder (a relative one is the project's), or `s3://bucket/prefix`.
        credentials: Who reads from S3.
    """

    location: str
    credentials: AwsCredentials

    async def statements(self, filename: str) -> list[str]:
        """The statements of one script.

        Raises:
            ScriptError: The script is missing, empty, no SQL in UTF-8, or over a limit of the Data API.
        """
        return statements_of(await self.text(filename), self._path(filename))

    async def steps(self, filename: str) -> Steps:
        """The statements of each step of a script that is divided by `-- step: name` lines.

        Raises:
            ScriptError: As for `statements`; also where a step comes twice.
        """
        path = self._path(filename)
        parts = _STEP.split(await self.text(filename))
        names, bodies = parts[1::2], parts[2::2]
        if len(set(names)) < len(names) or not names:
            raise ScriptError(
                f"{path}: each step begins with a line `-- step: name`, and has a name of its own."
            )
        return {
            name: statements_of(body, f"{path}, step {name}")
            for name, body in zip(names, bodies, strict=True)
        }

    async def text(self, filename: str) -> str:
        """The text of one script.

        Raises:
            ScriptError: It cannot be read, or is no UTF-8.
        """
        try:
            if self.location.startswith("s3://"):
                content = await _read_s3(self.location, filename, self.credentials)
            else:
                content = await asyncio.to_thread((PROJECT_FOLDER / self.location / filename).read_bytes)
            return content.decode()
        except UnicodeDecodeError as error:
            raise ScriptError(f"{self._path(filename)} is no UTF-8 text.") from error
        except (OSError, BotoCoreError, ClientError) as error:
            raise ScriptError(f"Cannot read the script {self._path(filename)}: {_reason(error)}.") from error

    def _path(self, filename: str) -> str:
        return f"{self.location.rstrip('/')}/{filename}"


def statements_of(text: str, where: str) -> list[str]:
    """The statements of a script's text, checked against the Data API's limits.

    Raises:
        ScriptError: It has none, or breaks a limit.
    """
    try:
        statements = split_statements(text)
        check_limits(statements)
    except (ValueError, ScriptError) as error:
        raise ScriptError(f"{where}: {error}") from error
    return statements


async def _read_s3(location: str, filename: str, credentials: AwsCredentials) -> bytes:
    match = _S3_LOCATION.fullmatch(location)
    if match is None:
        raise ScriptError(f"{location} names no bucket; write s3://bucket/prefix.")
    bucket = S3Bucket(bucket_name=match["bucket"], bucket_folder=match["prefix"], credentials=credentials)
    content: bytes = await bucket.aread_path(filename)
    return content


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error).rstrip(".")
