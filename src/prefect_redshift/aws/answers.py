"""Whether an answer is one of the API's: a proxy, a wrong endpoint or a broken one answers all kinds of things."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prefect_redshift.aws.call_errors import CHECK_ENDPOINT
from prefect_redshift.exceptions import AnswerError

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
}
# What the model does not call required, although nothing goes on without it.
_REQUIRED = {
    "ExecuteStatementOutput": ["Id"],
    "BatchExecuteStatementOutput": ["Id"],
    "CancelStatementResponse": ["Status"],
}
# Thousands of values, read by their columns' types later.
_UNCHECKED = frozenset({"Records"})


def check_answer(operation: str, answer: Any, shape: Any) -> None:
    """Check an answer against botocore's model of it.

    Args:
        operation: The API's name of the call.
        answer: What botocore made of the response.
        shape: botocore's `Shape` of the operation's output.

    Raises:
        AnswerError: A member that has to be there is not, or is of another type.
    """
    problem = _problem(answer, shape, "") if shape is not None else ""
    if problem:
        raise AnswerError(operation, "UnexpectedAnswer", problem, CHECK_ENDPOINT)


def _problem(value: Any, shape: Any, where: str) -> str:
    """Return what is wrong with a value, but never the value itself; empty where nothing is."""
    if not _is_of_type(value, shape.type_name):
        return f"{where or 'the answer'} is of type {type(value).__name__}, not {shape.type_name}"
    if shape.type_name == "structure":
        return _problem_inside(value, shape, where)
    if shape.type_name == "list":
        return next(filter(None, (_problem(item, shape.member, f"an item of {where}") for item in value)), "")
    return ""


def _is_of_type(value: Any, type_name: str) -> bool:
    kinds = _TYPES.get(type_name, (object,))
    # Python calls a truth value an integer, too.
    return isinstance(value, kinds) and not (isinstance(value, bool) and int in kinds)


def _problem_inside(value: Mapping[str, Any], shape: Any, where: str) -> str:
    required = [*shape.required_members, *_REQUIRED.get(shape.name, ())]
    if missing := next((name for name in required if name not in value), None):
        return f"{where or 'the answer'} has no {missing}"
    problems = (
        _problem(value[name], member, f"{where}.{name}".lstrip("."))
        for name, member in shape.members.items()
        if value.get(name) is not None and name not in _UNCHECKED
    )
    return next(filter(None, problems), "")
