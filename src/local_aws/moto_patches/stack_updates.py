"""CloudFormation: which resources a change of a stack concerns, and how each is changed."""

from collections.abc import Collection, Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.logs.models import LogGroup

from local_aws.moto_patches import Original, replace, wrap
from local_aws.moto_patches.template_rules import values_of


def apply() -> None:
    """Patch them."""
    wrap(parsing.ResourceMap, build_resource_diff=_diff)
    wrap(parsing, parse_and_update_resource=_update_resource)
    replace(LogGroup, update_from_cloudformation_json=staticmethod(_update_log_group))


def _diff(resources: Any, diff: Original, template: dict[str, Any], parameters: Any = None) -> Any:
    # moto sees a changed parameter where it is a Ref, but neither in a text of Sub nor in a condition.
    found = diff(resources, template, parameters)
    given, before = values_of(template, parameters or {}), resources.resolved_parameters
    changed = {name for name in given if parameters and str(given[name]) != str(before.get(name))}
    conditions = template.get("Conditions") or {}
    for _ in conditions:  # each may hang on others
        changed |= {name for name, condition in conditions.items() if _mentions(condition, changed)}
    kept = set(template["Resources"]) - set(found["Add"]) - set(found["Modify"])
    found["Modify"] += sorted(name for name in kept if _mentions(template["Resources"][name], changed))
    return found


def _mentions(value: Any, names: Collection[str]) -> bool:
    if isinstance(value, Mapping):
        chosen = value.get("Fn::If") or [None]
        named = (value.get("Ref"), value.get("Condition"), chosen[0])
        is_named = any(name in names for name in named if isinstance(name, str))
        return is_named or _mentions(list(value.values()), names)
    if isinstance(value, list):
        return any(_mentions(member, names) for member in value)
    return isinstance(value, str) and any(f"${{{name}}}" in value for name in names)


def _update_resource(
    update: Original, logical_id: str, resource_json: dict[str, Any], resources: Any, **where: Any
) -> Any:
    # moto heeds conditions only when a stack is made, and forgets a resource that it cannot update.
    condition = resource_json.get("Condition")
    existing = resources._parsed_resources.get(logical_id)
    if condition and not resources.lazy_condition_map[condition]:
        if existing is not None:
            resources._delete_resource(existing, resource_json)
        return None
    if existing is None:
        return parsing.parse_and_create_resource(logical_id, resource_json, resources, **where)
    updated = update(logical_id, resource_json, resources, **where)
    if updated is None and getattr(resources, "undoing", False):
        return existing
    if updated is None:
        raise ValidationError(message=f"local stand-in does not support updates of {resource_json['Type']}")
    return updated


def _update_log_group(
    original_resource: Any, new_resource_name: str, cloudformation_json: dict[str, Any], **where: str
) -> Any:
    properties = cloudformation_json["Properties"]
    if properties.get("LogGroupName", original_resource.name) != original_resource.name:
        original_resource.delete(**where)
        return LogGroup.create_from_cloudformation_json(new_resource_name, cloudformation_json, **where)
    original_resource.retention_in_days = properties.get("RetentionInDays")
    return original_resource
