"""What a statement says outside its literals, quoted names and comments: its words, and its `:name` parameters."""

import re

_TOKEN = re.compile(
    r"""
      (?P<opaque> --[^\n\r]*
      | /\*.*?\*/
      | '(?:[^'\\]|\\.|'')*'
      | "(?:[^"]|"")*"
      | (?<![\w$])(?P<dollar>\$(?:[A-Za-z_]\w*)?\$).*?(?P=dollar) )
    | (?P<cast> ::)
    | :(?P<parameter>[A-Za-z_]\w*)
    | (?P<word>[^\W\d][\w$]*)
    """,
    re.VERBOSE | re.DOTALL,
)


def words(sql: str) -> list[str]:
    """Return the words of a statement in lower case, without those in literals, comments and quoted names."""
    return [match["word"].lower() for match in _TOKEN.finditer(sql) if match["word"]]


def parameters_used(sql: str) -> set[str]:
    """Return the names of the parameters of a statement."""
    return {match["parameter"] for match in _TOKEN.finditer(sql) if match["parameter"]}


def renamed(sql: str, old: str, new: str) -> str:
    """Return the statement with the parameter `:old` as `:new`; literals and comments stay as they are."""

    def other(match: "re.Match[str]") -> str:
        return f":{new}" if match["parameter"] == old else match[0]

    return _TOKEN.sub(other, sql)
