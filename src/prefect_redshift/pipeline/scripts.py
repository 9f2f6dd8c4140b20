"""The pipeline's SQL scripts: read from a folder or from S3, and split into statements."""

import asyncio
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from prefect_aws import AwsCredentials

from prefect_redshift.data_api.request import check_limits
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.checks import Validations, checks_of
from prefect_redshift.pipeline.splitting import split_statements

PROJECT_FOLDER = Path.cwd()

# More than all statements of the Data API's largest batch: nobody waits for a gigabyte that can only be refused.
MAX_SCRIPT_BYTES = 10_000_000
_S3_LOCATION = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*?)/?")
_MARKER = r"^--[ \t]*{kind}:[ \t]*(.*?)[ \t]*$"
_RUN_DATE = re.compile(r"(?<!:):run_date\b")

Steps = Mapping[str, list[str]]


@dataclass(frozen=True)
class Scripts:
    """The folder of the scripts.

    Attributes:
        location: A folder, anywhere (a relative one begins at the project's), or `s3://bucket/prefix`.
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
        steps = parts_of(await self.text(filename), "step", path)
        if not steps or not all(re.fullmatch(r"\w+", name) for name in steps):
            raise ScriptError(
                f"{path}: each step begins with a line `-- step: name`, and has a name of its own."
            )
        return steps

    async def validations(self) -> Validations:
        """The statements of `validate_sql_statement.sql` and the checks of `checks.sql`.

        Raises:
            ScriptError: As for `statements`; also where they do not keep to the form, or are too many.
        """
        statements, checks = await asyncio.gather(
            self.statements("validate_sql_statement.sql"), self.text("checks.sql")
        )
        path = self._path("checks.sql")
        return Validations(statements, checks_of(parts_of(checks, "check", path), path))

    async def text(self, filename: str) -> str:
        """The text of one script.

        Raises:
            ScriptError: It cannot be read, or is no UTF-8.
        """
        try:
            if "://" in self.location:
                content = await asyncio.to_thread(_read_s3, self.location, filename, self.credentials)
            else:
                content = await asyncio.to_thread(_read_file, PROJECT_FOLDER / self.location / filename)
            return content.decode("utf-8-sig")  # a byte order mark is no part of the text
        except UnicodeDecodeError as error:
            raise ScriptError(f"{self._path(filename)} is no UTF-8 text.") from error
        except (OSError, ValueError, BotoCoreError, ClientError) as error:
            raise ScriptError(f"Cannot read the script {self._path(filename)}: {_reason(error)}.") from error

    def _path(self, filename: str) -> str:
        return f"{self.location.rstrip('/')}/{filename}" if self.location else filename


def statements_of(text: str, where: str) -> list[str]:
    """The statements of a script's text, checked against the Data API's limits.

    Raises:
        ScriptError: It has none, or breaks a limit.
    """
    statements = _split(text, where)
    try:
        check_limits(statements)
    except ScriptError as error:
        raise ScriptError(f"{where}: {error}") from error
    return statements


def _split(text: str, where: str) -> list[str]:
    try:
        return split_statements(text)
    except ValueError as error:
        raise ScriptError(f"{where}: {error}") from error


def parts_of(text: str, kind: str, where: str) -> dict[str, list[str]]:
    """The statements under each line `-- kind: header` of a script, by its header.

    Raises:
        ScriptError: A header comes twice, or a part has no statement, breaks a limit or stands before the first header.
    """
    before, *parts = re.split(_MARKER.format(kind=kind), text, flags=re.MULTILINE)
    headers, bodies = parts[::2], parts[1::2]
    if twice := next((header for header in headers if headers.count(header) > 1), None):
        raise ScriptError(f"{where}: `-- {kind}: {twice}` comes twice.")
    if _split(before, where):
        raise ScriptError(f"{where}: a statement stands before the first line `-- {kind}: ...`.")
    return {
        header: statements_of(body, f"{where}, {kind} {header}")
        for header, body in zip(headers, bodies, strict=True)
    }


def statements_of_step(steps: Steps, name: str) -> Sequence[str]:
    """The statements of one step.

    Raises:
        ScriptError: The script has no such step.
    """
    if name not in steps:
        raise ScriptError(f"steps.sql has no line `-- step: {name}`.")
    return steps[name]


def count_rows_of(steps: Steps) -> str:
    """The query that counts the rows of the tables.

    Raises:
        ScriptError: The script has no step `count_rows`, or it is not one query.
    """
    statements = statements_of_step(steps, "count_rows")
    if len(statements) != 1:
        raise ScriptError("steps.sql: count_rows has to be one query.")
    return statements[0]


def for_each_day(sql: Sequence[str], days: Sequence[date]) -> tuple[list[str], dict[str, str]]:
    """The statements of one day, for each of several days: each day's parameter has a name of its own.

    Returns:
        The statements, day after day, and the parameters of them all.
    """
    # As many digits in each: no name begins with another.
    names = [f"run_date_{number:02}" for number in range(1, len(days) + 1)]
    statements = [_RUN_DATE.sub(f":{name}", statement) for name in names for statement in sql]
    return statements, {name: day.isoformat() for name, day in zip(names, days, strict=True)}


def _read_file(path: Path) -> bytes:
    status = path.stat()
    # To open a pipe is to wait for its writer, and a device may have no end.
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no regular file")
    _check_size(status.st_size)
    return path.read_bytes()


def _read_s3(location: str, filename: str, credentials: AwsCredentials) -> bytes:
    match = _S3_LOCATION.fullmatch(location)
    if match is None:
        raise ScriptError(f"{location} names no bucket; write a folder, or s3://bucket/prefix.")
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
    return str(error).rstrip(".")
