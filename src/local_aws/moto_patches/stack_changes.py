"""CloudFormation: stacks that cannot be made or changed are rolled back; change sets are carried out like the calls."""

import functools
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack
from moto.core.common_models import CloudFormationModel
from moto.logs.models import LogGroup

from local_aws.moto_patches import replace
from local_aws.moto_patches.template_rules import check


def apply() -> None:
    """Patch them."""
    backend = CloudFormationBackend
    replace(
        backend,
        create_stack=functools.partialmethod(_create_stack, backend.create_stack),
        create_change_set=functools.partialmethod(_create_change_set, backend.create_change_set),
        execute_change_set=_execute_change_set,
    )
    replace(Stack, update=functools.partialmethod(_update, Stack.update))
    replace(
        parsing,
        parse_and_create_resource=functools.partial(_noting_failure, parsing.parse_and_create_resource),
        parse_and_update_resource=functools.partial(
            _noting_failure, functools.partial(_update_resource, parsing.parse_and_update_resource)
        ),
    )
    replace(LogGroup, update_from_cloudformation_json=staticmethod(_update_log_group))


def _create_stack(backend: Any, create: Callable[..., Any], name: str, **wanted: Any) -> Any:
    # moto passes the failure of a resource on to the caller, and leaves the stack CREATE_IN_PROGRESS for ever.
    known = set(backend.stacks)
    try:
        return create(backend, name=name, **wanted)
    except Exception as error:
        made = [stack for stack_id, stack in backend.stacks.items() if stack_id not in known]
        if not made:  # the template itself was refused
            raise
        _roll_back_creation(made[0], error)
        return made[0]


def _create_change_set(backend: Any, create: Callable[..., Any], **wanted: Any) -> Any:
    check(Stack.parse_template(wanted["template"]), wanted["parameters"])
    return create(backend, **wanted)


def _execute_change_set(backend: Any, change_set_name: str, stack_name: str | None = None) -> None:
    # moto makes the resources only: no outputs, no description, and a failure is the caller's.
    change_set = _find(backend, change_set_name, stack_name)
    stack = change_set.stack
    change_set.execution_status = "EXECUTE_COMPLETE"
    if change_set.change_set_type == "UPDATE":
        stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
        return
    stack.template, stack.cross_stack_resources = change_set.template, backend.exports
    stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        stack._parse_template()
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        backend._validate_export_uniqueness(stack)
        backend.exports.update({export.name: export for export in stack.exports})
        stack.create_resources()
    except Exception as error:
        _roll_back_creation(stack, error)


def _find(backend: Any, name: str, stack_name: str | None) -> ChangeSet:
    for change_set_id, change_set in backend.change_sets.items():
        of_stack = stack_name in (None, change_set.stack_name, change_set.stack_id)
        if change_set_id == name or (change_set.change_set_name == name and of_stack):
            found: ChangeSet = change_set
            return found
    raise ValidationError(message=f"ChangeSet [{name}] does not exist")


def _roll_back_creation(stack: Stack, error: Exception) -> None:
    reason = _tell(stack, error, "CREATE_FAILED")
    stack._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
    status = "ROLLBACK_COMPLETE"
    try:
        stack.resource_map.delete()
    except Exception:
        status = "ROLLBACK_FAILED"
    # Nothing of it may be looked up again: looking up makes what is not there.
    stack.template_dict = {"Resources": {}, "Parameters": stack.template_dict.get("Parameters", {})}
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    _end(stack, status, reason)


def _update(
    stack: Any,
    update: Callable[..., None],
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    # Before anything is changed, and not in between, as moto would.
    wanted = Stack.parse_template(template)
    check(wanted, parameters or {})
    before = stack.template, stack.role_arn, dict(stack.resource_map.input_parameters), stack.tags
    gone = set(stack.resource_map.resources) - set(wanted["Resources"])
    try:
        update(stack, template, role_arn, parameters, tags)
    except Exception as error:
        _roll_back_update(stack, error, gone, functools.partial(update, stack, *before))
    else:
        stack.stack_status_reason = None
        _forget(stack, gone)


def _roll_back_update(stack: Any, error: Exception, gone: set[str], undo: Callable[[], None]) -> None:
    reason = _tell(stack, error, "UPDATE_FAILED")
    stack._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
    told = len(stack.events)
    _forget(stack, gone)
    stack.resource_map._resource_json_map = stack.template_dict["Resources"]
    status = "UPDATE_ROLLBACK_COMPLETE"
    try:
        undo()
    except Exception:
        status = "UPDATE_ROLLBACK_FAILED"
    del stack.events[told:]  # which call it another update
    _end(stack, status, reason)


def _forget(stack: Any, gone: set[str]) -> None:
    # moto would take a resource that was removed and comes back for the old one.
    for name in gone:
        stack.resource_map._parsed_resources.pop(name, None)


def _noting_failure(make: Callable[..., Any], logical_id: str, *rest: Any, **more: Any) -> Any:
    try:
        return make(logical_id, *rest, **more)
    except Exception as error:
        if not hasattr(error, "failed_resource"):  # else it is of one that this one needs
            error.failed_resource = logical_id, rest[0].get("Type")  # type: ignore[attr-defined]
        raise


def _tell(stack: Any, error: Exception, status: str) -> str:
    """Add the event of the resource that failed, and return why the stack did."""
    words = str(getattr(error, "message", "") or error)
    name, kind = getattr(error, "failed_resource", (stack.name, Stack.cloudformation_type()))
    event = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=name,
        physical_resource_id="",
        resource_type=kind,
        resource_status=status,
        resource_status_reason=words,
        resource_properties=None,
    )
    stack.events.append(event)
    verb = "create" if status.startswith("CREATE") else "update"
    return f"The following resource(s) failed to {verb}: [{name}]."


def _end(stack: Any, status: str, reason: str) -> None:
    stack.status, stack.stack_status_reason = status, reason
    stack._add_stack_event(status)


def _update_resource(
    update: Callable[..., Any], logical_id: str, resource_json: dict[str, Any], resources: Any, **where: Any
) -> Any:
    # moto forgets a resource that it cannot update, and says nothing.
    updated = update(logical_id, resource_json, resources, **where)
    if updated is None and resources[logical_id] is not None:
        raise ValidationError(message=f"local stand-in does not support updates of {resource_json['Type']}")
    return updated


def _update_log_group(
    original_resource: LogGroup,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> CloudFormationModel:
    properties = cloudformation_json["Properties"]
    if properties.get("LogGroupName", original_resource.name) != original_resource.name:
        original_resource.delete(account_id, region_name)
        made: LogGroup = LogGroup.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
        return made
    original_resource.retention_in_days = properties.get("RetentionInDays")
    return original_resource
