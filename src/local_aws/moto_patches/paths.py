"""JSONPath in the interpreter: variables, what Assign selects from in a Choice, paths that lead to one value."""

import copy
import functools
import re
import sys
from typing import Any

from moto.stepfunctions.parser.asl.component.common.assign.assign_decl import AssignDecl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringVariableSample
from moto.stepfunctions.parser.asl.component.state.choice.choice_rule import ChoiceRule
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import json_path

from local_aws.moto_patches import Original, replace, wrap

_DEFINITE = re.compile(r"\$(\.\w+|\['[^']*'\]|\[\d+\])*")
_FOLLOWED = "the last rule that was looked at applies"
_MOTO_S_EXTRACT = json_path.extract_json
_parsed = functools.lru_cache(maxsize=256)(json_path.parse)  # type: ignore[attr-defined]
_VARIABLE = re.compile(r"\$(?P<name>\w+)(?P<path>.*)", re.DOTALL)


def apply() -> None:
    """Mend it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and hasattr(module, "extract_json"):
            replace(module, extract_json=_extract)
    replace(StringVariableSample, _eval_body=_sample_variable)
    replace(ChoiceRule, _eval_body=_follow_rule)
    replace(StateChoice, _eval_state_output=_leave_choice)
    wrap(Preprocessor, visitChoice_rule_comparison_variable=_rule_of_one)


def _extract(path: str, data: Any) -> Any:
    # moto makes a list of the one value of a path like $.Records[0][0].StringValue.
    if not _DEFINITE.fullmatch(path):
        return _MOTO_S_EXTRACT(path, data)
    found = _parsed(path).find(data)
    if not found:
        raise json_path.NoSuchJsonPathError(json_path=path, data=data)
    return found[0].value


def _sample_variable(sample: Any, env: Any) -> None:
    # moto reads variables by JSONata, in machines of JSONPath too, and has no engine for it.
    variable = _VARIABLE.fullmatch(sample.expression)
    if variable is None:
        raise ValueError(f"{sample.expression} is no variable")
    value = env.variable_store.get(variable["name"])
    env.stack.append(copy.deepcopy(_extract("$" + variable["path"], value)))


def _follow_rule(rule: Any, env: Any) -> None:
    # moto takes the comparison's result for the state's input, from which Assign selects.
    rule.comparison.eval(env)
    env.heap[_FOLLOWED] = env.stack[-1]
    if env.stack[-1] and rule.assign:
        env.stack.pop()
        rule.assign.eval(env)
        env.stack.append(True)


def _leave_choice(choice: Any, env: Any) -> None:
    # moto takes every way to the state that Default names for the default's, and assigns what that one assigns.
    next_state = env.stack.pop()
    if choice.assign_decl and not env.heap.get(_FOLLOWED):
        choice.assign_decl.eval(env)
    if choice.output_path:
        choice.output_path.eval(env)
    else:
        env.states.reset(env.stack.pop())
    env.next_state_name = next_state


def _rule_of_one(preprocessor: Any, visit: Original, context: Any) -> Any:
    # moto drops the Assign of a rule that compares one variable.
    rule = visit(preprocessor, context)
    for part in map(preprocessor.visit, context.children):
        if isinstance(part, AssignDecl):
            rule.assign = part
    return rule
