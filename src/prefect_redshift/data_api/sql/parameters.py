"""What a statement says outside its literals, quoted names and comments: its words, and its `:name` parameters."""

from collections.abc import Mapping

from prefect_redshift.data_api.sql.lexer import tokens


def words(sql: str) -> list[str]:
    """Return the words of a statement in lower case, without those in literals, comments and quoted names."""
    return [sql[token.start : token.end].lower() for token in tokens(sql) if token.kind == "word"]


def parameters_used(sql: str) -> set[str]:
    """Return the names of the parameters of a statement."""
    if ":" not in sql:
        return set()
    return {sql[token.start + 1 : token.end] for token in tokens(sql) if token.kind == "parameter"}


def renamed(sql: str, old: str, new: str) -> str:
    """Return the statement with the parameter `:old` as `:new`; literals and comments stay as they are."""
    return replaced(sql, {old: f":{new}"})


def replaced(sql: str, texts: Mapping[str, str]) -> str:
    """Return the statement with other texts in the place of some of its parameters, by their names."""
    pieces: list[str] = []
    position = 0
    for token in tokens(sql):
        text = texts.get(sql[token.start + 1 : token.end]) if token.kind == "parameter" else None
        if text is not None:
            pieces += [sql[position : token.start], text]
            position = token.end
    return "".join([*pieces, sql[position:]])
