"""The options of COPY and UNLOAD: which there are, what they take, which have no effect here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.dialect.lexing.literals import literal_value
from local_aws.dialect.lexing.tokens import STRING, Tokens
from local_aws.dialect.statements.unsupported import syntax_error
from local_aws.transfer.transfer_errors import TransferProblem

# What an option takes, in options.toml.
FLAG, TEXT, NUMBER, SWITCH = "flag", "text", "number", "switch"
OPTIONAL, ROLE, REFUSED = "optional", "role", "refused"

_TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_OPTIONS = {
    command: {name: takes for takes, names in options.items() for name in names.split()}
    for command, options in _TABLES.items()
}
COPY_OPTIONS = _OPTIONS["both"] | _OPTIONS["copy"]
UNLOAD_OPTIONS = _OPTIONS["both"] | _OPTIONS["unload"]
SWITCHES = frozenset(("on", "off", "true", "false", "preset"))
AUTHORIZATIONS = frozenset(("iam_role", "credentials", "access_key_id"))


@dataclass
class Options:
    """Options by their lower-case names: True, a text or a number."""

    values: dict[str, str | float | bool] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether an option is given."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """Return an option's text."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: int = 0) -> int:
        """Return an option's number."""
        return int(self.values.get(name, default))

    def off(self, name: str) -> bool:
        """Tell whether a switch is off."""
        return self.values.get(name) in ("off", "false")

    @property
    def compression(self) -> str | None:
        """Return gzip, bzip2, zstd or None."""
        return next((name for name in ("gzip", "bzip2", "zstd") if name in self.values), None)


def read(tokens: Tokens, at: int, known: Mapping[str, str]) -> Options:
    """Read options up to the end; raise TransferProblem for what is unknown or not supported."""
    options = Options()
    while at < tokens.end:
        name = tokens.low[at]
        if name in ("format", "with", "as"):  # FORMAT AS CSV is CSV
            at += 1
            continue
        if name not in known:
            syntax_error(tokens, at)
        if known[name] == REFUSED:
            raise TransferProblem(f"local stand-in does not support {name.upper()} in COPY and UNLOAD")
        at = _value(tokens, at, name, known[name], options)
    return options


def _value(tokens: Tokens, at: int, name: str, takes: str, options: Options) -> int:
    """Keep the option at `at`; return the position behind it."""
    behind = at + (2 if takes not in (FLAG, SWITCH) and tokens.low[at + 1] == "as" else 1)
    word = tokens.low[behind]
    options.values[name] = True
    if takes == FLAG:
        if name == "manifest" and word == "verbose":
            raise TransferProblem("local stand-in does not support MANIFEST VERBOSE")
        return behind
    if takes == SWITCH:
        options.values[name] = word if word in SWITCHES else "on"
        return behind + (word in SWITCHES)
    if takes == NUMBER:
        return _number(tokens, behind, name, options)
    if word == STRING:
        options.values[name] = _text(tokens.text[behind], name)
    elif takes == ROLE and word == "default":
        options.values[name] = "default"
    elif name == "encoding":
        options.values[name] = word
    elif takes == OPTIONAL:
        return behind
    else:
        syntax_error(tokens, behind)
    return behind + 1


def _number(tokens: Tokens, at: int, name: str, options: Options) -> int:
    try:
        number = float(tokens.text[at].strip("'"))
    except ValueError:
        syntax_error(tokens, at)
    unit = tokens.low[at + 1] if name == "maxfilesize" else ""
    if name == "maxfilesize":
        number *= 1024**3 if unit == "gb" else 1024**2
    options.values[name] = number
    return at + (2 if unit in ("mb", "gb") else 1)


def _text(literal: str, name: str) -> str:
    # \N is not an escape here but what stands for NULL in files.
    is_mark = name == "null" and literal.strip("E'").lstrip("\\") == "N" and "\\" in literal
    return "\\N" if is_mark else literal_value(literal)
