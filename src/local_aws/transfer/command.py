"""COPY and UNLOAD as they are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws import dialect
from local_aws.dialect.lexing.literals import literal_value
from local_aws.dialect.lexing.tokens import BODY, STRING, Tokens, identifier
from local_aws.dialect.statements import quoted_names
from local_aws.dialect.statements.transfers import unloaded_query
from local_aws.dialect.statements.unsupported import syntax_error
from local_aws.transfer.options import AUTHORIZATIONS, COPY_OPTIONS, UNLOAD_OPTIONS, Options, read
from local_aws.transfer.transfer_errors import TransferProblem

_S3 = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Location:
    """A bucket and a key or the beginning of one."""

    bucket: str
    key: str

    @property
    def url(self) -> str:
        """Return s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"

    @classmethod
    def parse(cls, url: str) -> "Location":
        """Read s3://bucket/key; raise TransferProblem for anything else."""
        match = _S3.fullmatch(url)
        if match is None:
            raise TransferProblem(f"local stand-in does not support sources other than S3: '{url}'")
        return cls(match[1], match[2])


@dataclass(frozen=True)
class Copy:
    """COPY table (columns) FROM source; `table` is spelt for the engine, `columns` is empty for all."""

    table: str
    columns: tuple[str, ...]
    source: Location
    options: Options


@dataclass(frozen=True)
class Unload:
    """UNLOAD (query) TO target; the query is still Redshift's."""

    query: str
    target: Location
    options: Options


def parse(text: str) -> Copy | Unload | None:
    """Return the command that a text is, None if it is neither; raise TransferProblem for a malformed one."""
    tokens = Tokens(text)
    quoted_names.fold(tokens)
    while tokens.end and tokens.low[tokens.end - 1] == ";":
        tokens.drop(tokens.end - 1, tokens.end)
        tokens.end -= 1
    if tokens.low[0] == "copy":
        return _copy(tokens)
    return _unload(tokens) if tokens.low[0] == "unload" else None


def _copy(tokens: Tokens) -> Copy:
    behind = tokens.after_name(1)
    table = dialect.rewrite(tokens.render(1, behind).strip())
    columns: tuple[str, ...] = ()
    if tokens.low[behind] == "(":
        close = tokens.close(behind)
        columns = tuple(identifier(tokens.text[first]) for first, _ in tokens.split(behind + 1, close))
        behind = close + 1
    if tokens.low[behind] != "from" or tokens.low[behind + 1] != STRING:
        syntax_error(tokens, behind)
    source = Location.parse(literal_value(tokens.text[behind + 1]))
    return Copy(table, columns, source, _options(tokens, behind + 2, COPY_OPTIONS))


def _unload(tokens: Tokens) -> Unload:
    if not (tokens.low[1] == "(" and tokens.low[2] in (STRING, BODY) and tokens.low[3] == ")"):
        syntax_error(tokens, 1)
    if not (tokens.low[4] == "to" and tokens.low[5] == STRING):
        syntax_error(tokens, 4)
    query = unloaded_query(tokens, 0)
    target = Location.parse(literal_value(tokens.text[5]))
    return Unload(query.strip().rstrip(";"), target, _options(tokens, 6, UNLOAD_OPTIONS))


def _options(tokens: Tokens, start: int, known: Mapping[str, str]) -> Options:
    options = read(tokens, start, known)
    if AUTHORIZATIONS.isdisjoint(options.values):  # nobody looks whether it is a good one
        raise TransferProblem("IAM_ROLE, CREDENTIALS or ACCESS_KEY_ID is required but not specified")
    return options
