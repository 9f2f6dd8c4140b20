"""Values bound to the parameters of statements, as far as the Data API can; what it cannot stands in the SQL.

The API takes strings of at least one character, a value a parameter. So NULL and the empty string, which it has no way
to send, are written into the SQL where their parameter stands, and a list becomes as many parameters as it has values.
Nothing else of a value ever becomes part of the SQL.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from prefect_redshift.data_api.results.values import Value
from prefect_redshift.data_api.sql.parameters import parameters_used, replaced
from prefect_redshift.data_api.sql.value_text import Parameters, text_of
from prefect_redshift.exceptions import ScriptError

_NAME = re.compile(r"[A-Za-z_][0-9A-Za-z_]*")


def bind(statements: Sequence[str], parameters: Parameters) -> tuple[list[str], dict[str, str]]:
    """Return the statements as they are sent, and the values of their parameters as the strings that are sent.

    Args:
        statements: Each value may be used in any of them, and as often as needed.
        parameters: int, float, Decimal, bool, date, datetime, time, str, bytes (`text_of` says how they are written),
            None for NULL, or a list or tuple of values for `in (:name)`.

    Raises:
        ScriptError: A parameter has no value, a value has no parameter, or no text stands for a value.
    """
    used = set[str]().union(*map(parameters_used, statements))
    _check_names(parameters, used)
    texts: dict[str, str] = {}
    in_sql: dict[str, str] = {}
    for name, value in parameters.items():
        values = _values_of(name, value, {*parameters, *used, *texts})
        in_sql[name] = ", ".join([_placed(each, text) for each, text in values.items()])
        texts |= {each: text for each, text in values.items() if text}
    changed = {name: text for name, text in in_sql.items() if text != f":{name}"}
    return [replaced(sql, changed) if changed else sql for sql in statements], texts


def _values_of(name: str, value: Value | Sequence[Value], taken: Collection[str]) -> dict[str, str | None]:
    """Return the texts of a value by the name of its parameter; those of a list have names of their own."""
    if not isinstance(value, list | tuple):
        return {name: text_of(name, value)}
    if not value:
        raise ScriptError(
            f"The list :{name} is empty, and SQL has no empty `in ()`: leave the condition out where there is nothing "
            "to compare with."
        )
    if any(each is None for each in value):
        raise ScriptError(
            f"The list :{name} holds None, and `in` never finds NULL: ask for it by `or … is null` beside the list."
        )
    prefix = f"{name}_"
    while any(other.startswith(prefix) for other in taken):
        prefix += "_"
    # As many digits in each: no name begins with another.
    digits = len(str(len(value)))
    return {f"{prefix}{number:0{digits}}": text_of(name, each) for number, each in enumerate(value, start=1)}


def _placed(name: str, text: str | None) -> str:
    """Return what stands in the SQL for a value."""
    if text is None:
        return "NULL"
    return f":{name}" if text else "''"


def _check_names(parameters: Mapping[str, object], used: Collection[str]) -> None:
    for name in parameters:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ScriptError(
                f"{name!r} is no name of a parameter: it takes letters, digits and underscores, and no digit first."
            )
    if missing := sorted(set(used) - set(parameters)):
        raise ScriptError(f"No value is given for {_listed(missing)}, which the SQL uses.")
    if unused := sorted(set(parameters) - set(used)):
        raise ScriptError(
            f"A value is given for {_listed(unused)}, which the SQL does not use. "
            "What stands in a literal, a comment or a `$$` body is no parameter."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f":{name}" for name in names)
