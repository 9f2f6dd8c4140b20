"""CloudFormation: how a template is read, its rules and the limits of its parameters, which moto ignores."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from moto.cloudformation import models, parsing, responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.utils import yaml_tag_constructor

from local_aws.moto_patches import replace, wrap


def apply() -> None:
    """Have them checked before a stack is made or changed."""
    wrap(parsing.ResourceMap, load_parameters=_load_parameters)
    replace(responses.CloudFormationResponse, _validate_different_update=_refuse_same)
    for reader in (models, responses):
        replace(reader, yaml_tag_constructor=_function)


def _function(loader: Any, tag: str, node: Any) -> Any:
    # moto cannot read !GetAtt [A, Arn], and takes !Condition for something else than Condition.
    if tag == "!GetAtt" and isinstance(node, yaml.SequenceNode):
        return {"Fn::GetAtt": loader.construct_sequence(node)}
    if tag == "!Condition":
        return {"Condition": node.value}
    return yaml_tag_constructor(loader, tag, node)


def _load_parameters(resources: Any, load: Callable[[Any], None]) -> None:
    load(resources)
    if resources._template:  # a stack for which there is only a change set has none yet
        check(resources._template, resources.input_parameters)


def _refuse_same(response: Any, given: list[dict[str, Any]] | None, body: str | None, stack: Any) -> None:
    # A change set without changes is made, and says that there are none.
    if response._get_action() == "CreateChangeSet":
        return
    before = stack.stack_parameters
    values = {
        one["ParameterKey"]: before.get(one["ParameterKey"])
        if one.get("UsePreviousValue") in (True, "true")
        else one.get("ParameterValue")
        for one in given or []
    }
    if body and is_unchanged(stack, body, values):
        raise ValidationError(message="No updates are to be performed.")


def is_unchanged(stack: Any, body: str, given: Mapping[str, Any]) -> bool:
    """Tell whether a template with parameters is what a stack is of."""
    # moto takes the same parameters for others, unless those that keep their defaults are given too.
    wanted = values_of(stack.template_dict, given)
    before = {name: str(value) for name, value in stack.stack_parameters.items()}
    return stack.template == body and before == {name: str(value) for name, value in wanted.items()}


def values_of(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a template with the values given, else their defaults."""
    slots = template.get("Parameters") or {}
    return {name: given.get(name, slot.get("Default")) for name, slot in slots.items()}


def check(template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Check a template and the parameters given; raise ValidationError."""
    _check_resources(template)
    slots = template.get("Parameters") or {}
    values: Any = values_of(template, given)
    if unknown := ", ".join(sorted(set(given) - set(slots))):
        raise ValidationError(message=f"Parameters: [{unknown}] do not exist in the template")
    for name, slot in slots.items():
        if values[name] is not None and not _fits(str(values[name]), slot):
            raise ValidationError(
                message=f"Parameter {name} failed to satisfy constraint: {_constraint(slot)}"
            )
    for name, rule in (template.get("Rules") or {}).items():
        applies = "RuleCondition" not in rule or parsing.parse_condition(rule["RuleCondition"], values, {})
        for assertion in rule["Assertions"] if applies else []:
            if not parsing.parse_condition(assertion["Assert"], values, {}):
                words = assertion.get("AssertDescription", "")
                raise ValidationError(message=f"Template error: rule {name}: {words}")


def _check_resources(template: Mapping[str, Any]) -> None:
    resources = template.get("Resources") or {}
    known = parsing.get_model_map()
    for kind in (resource["Type"] for resource in resources.values()):
        # moto leaves the others out with a warning, and says that the stack is complete.
        if kind not in known and kind not in parsing.NULL_MODELS and not kind.startswith("Custom::"):
            raise ValidationError(message=f"local stand-in does not support {kind}")
    names = {*resources, *template.get("Parameters", {})}
    wanted = set(parsing.get_references_from_template(resources))
    if missing := sorted(name for name in wanted - names if not name.startswith("AWS::")):
        raise ValidationError(
            message="Template format error: Unresolved resource dependencies "
            f"[{', '.join(missing)}] in the Resources block of the template"
        )


def _fits(value: str, slot: Mapping[str, Any]) -> bool:
    if slot["Type"] == "Number":
        low, high = slot.get("MinValue", float("-inf")), slot.get("MaxValue", float("inf"))
        if not (re.fullmatch(r"-?\d+(\.\d+)?", value) and float(low) <= float(value) <= float(high)):
            return False
    elif not int(slot.get("MinLength", 0)) <= len(value) <= int(slot.get("MaxLength", 4096)):
        return False
    allowed = [str(one) for one in slot.get("AllowedValues", [value])]
    return value in allowed and bool(re.fullmatch(slot.get("AllowedPattern", ".*"), value, re.DOTALL))


def _constraint(slot: Mapping[str, Any]) -> str:
    limits = ("AllowedValues", "AllowedPattern", "MinValue", "MaxValue", "MinLength", "MaxLength")
    return ", ".join(f"{limit} {slot[limit]}" for limit in limits if limit in slot) or slot["Type"]
