"""ALTER TABLE: what only concerns storage or keys is recorded like the attributes of CREATE TABLE."""

from local_aws.dialect.lexing.tokens import Tokens, identifier
from local_aws.dialect.refusals import UnsupportedError
from local_aws.dialect.statements import creations, tables, types, users
from local_aws.dialect.statements.columns import Attributes, rewrite_column

_STORAGE = ("diststyle", "distkey", "sortkey", "compound", "interleaved", "encode")


def alter(tokens: Tokens, start: int, end: int) -> None:
    """ALTER TABLE [IF EXISTS] name action, ALTER USER, ALTER DATABASE; other ALTERs are left alone."""
    if tokens.low[start + 1] == "user":
        users.options(tokens, start + 1, end)
    if tokens.low[start + 1] == "database" and tokens.matches(start + 3, "isolation", "level"):
        creations.check_isolation(tokens, start + 3)
        tokens.drop(start + 4, start + 6)
        tokens.text[start + 3] = "SET local_aws.isolation TO 'snapshot'"
    if tokens.low[start + 1] != "table":
        return
    at = tables.after_name(tokens, start + (4 if tokens.matches(start + 2, "if", "exists") else 2))
    _refuse(tokens, at)
    found: Attributes = {}
    recorded = [_is_recorded(tokens, *action, found) for action in tokens.split(at, end)]
    if all(recorded):
        tokens.drop(at, end)
        tokens.lead[at], tokens.text[at] = " ", f"ADD {tables.check(found)} NOT VALID"
    elif any(recorded):
        raise UnsupportedError("changes of storage or keys together with other changes in one ALTER TABLE")
    elif found:
        tokens.after(end - 1, f", ADD {tables.check(found)} NOT VALID")


def _refuse(tokens: Tokens, at: int) -> None:
    if tokens.low[at] == "append":
        raise UnsupportedError("ALTER TABLE APPEND")
    if tokens.low[at + 1] in ("partition", "location", "file") or tokens.matches(at, "set", "table"):
        raise UnsupportedError("external tables")
    if tokens.low[at + 1] in ("row", "masking") or tokens.low[at] == "row":
        raise UnsupportedError("row-level security")


def _is_recorded(tokens: Tokens, first: int, last: int, found: Attributes) -> bool:
    """Whether the action is only recorded; its columns' types and attributes are rewritten otherwise."""
    words = tokens.low[first:last]
    if words[:1] == ["add"]:
        if tables.constraint(tokens, first + 1, found):
            return True
        if words[1] not in ("check", "constraint"):
            rewrite_column(tokens, first + (2 if words[1] == "column" else 1), last, found)
    elif words[:2] == ["drop", "constraint"]:
        found["drop_constraint"] = identifier(tokens.text[first + 2])
        return True
    elif words[:2] == ["alter", "column"] and words[3:4] == ["encode"]:
        found.setdefault("encode", {})[identifier(tokens.text[first + 2])] = words[4]
        return True
    elif words[:2] == ["alter", "column"] and words[3:4] == ["type"]:
        types.in_column(tokens, first + 4)
    elif words[:1] == ["alter"] and words[1] in _STORAGE:
        tables.attributes(tokens, first + 1, found)
        return True
    return False
