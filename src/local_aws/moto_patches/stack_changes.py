"""CloudFormation: stacks that cannot be made or changed are rolled back; change sets are carried out like the calls."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from moto import settings
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.sqs.models import Queue

from local_aws.moto_patches import Original, replace, wrap
from local_aws.moto_patches.template_rules import check, is_unchanged

UNCHANGED = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


def apply() -> None:
    """Patch them."""
    backend = CloudFormationBackend
    wrap(backend, create_stack=_create_stack, create_change_set=_create_change_set)
    replace(backend, execute_change_set=_execute_change_set)
    wrap(Stack, update=_update)
    # moto lists resources whose condition is false, too, without a name.
    made = property(lambda stack: [one for one in stack.resource_map.values() if one is not None])
    replace(Stack, stack_resources=made)
    wrap(parsing, parse_and_create_resource=_noting_failure, parse_and_update_resource=_noting_failure)
    wrap(CloudFormationResponse, process_cfn_response=_hear_of_resource)
    # Where custom resources answer to.
    replace(settings, moto_server_host=lambda: "http://127.0.0.1")
    # moto names the real SQS, to which some clients then go.
    url = "http://127.0.0.1:{}/{}/{}".format
    queue_url = property(lambda queue: url(settings.moto_server_port(), queue.account_id, queue.name))
    replace(Queue, physical_resource_id=queue_url)


def _create_stack(backend: Any, create: Original, name: str, **wanted: Any) -> Any:
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


def _create_change_set(backend: Any, create: Original, **wanted: Any) -> Any:
    # What keeps its previous value comes as moto has read it.
    given = _texts(wanted["parameters"])
    template = wanted["template"]
    check(Stack.parse_template(template), given)
    ids = create(backend, **{**wanted, "parameters": given})
    made = backend.change_sets[ids[0]]
    if made.change_set_type == "UPDATE" and is_unchanged(made.stack, template, given):
        made.status, made.execution_status, made.status_reason = "FAILED", "UNAVAILABLE", UNCHANGED
    return ids


def _texts(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: ",".join(value) if isinstance(value, list) else str(value) for name, value in parameters.items()
    }


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
    update: Original,
    template: str,
    role_arn: Any = None,
    parameters: Any = None,
    tags: Any = None,
) -> None:
    # Before anything is changed, and not in between, as moto would.
    wanted = Stack.parse_template(template)
    check(wanted, parameters or {})
    before = stack.template, stack.role_arn, _texts(stack.stack_parameters), stack.tags
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
    stack.resource_map.undoing = True
    try:
        undo()
    except Exception:
        status = "UPDATE_ROLLBACK_FAILED"
    stack.resource_map.undoing = False
    del stack.events[told:]  # which call it another update
    _end(stack, status, reason)


def _forget(stack: Any, gone: set[str]) -> None:
    # moto would take a resource that was removed and comes back for the old one.
    for name in gone:
        stack.resource_map._parsed_resources.pop(name, None)


def _noting_failure(make: Original, logical_id: str, *rest: Any, **more: Any) -> Any:
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
    stack.events.append(Event(stack.stack_id, stack.name, name, "", kind, status, words, None))
    verb = "create" if status.startswith("CREATE") else "update"
    return f"The following resource(s) failed to {verb}: [{name}]."


def _end(stack: Any, status: str, reason: str) -> None:
    stack.status, stack.stack_status_reason = status, reason
    stack._add_stack_event(status)


def _hear_of_resource(response: Any, hear: Callable[[Any], Any]) -> Any:
    # moto hears of success only.
    if response._get_param("Status") == "FAILED":
        stack = response.cloudformation_backend.get_stack(response._get_param("StackId"))
        words = response._get_param("Reason") or "no reason was given"
        error = ValidationError(message=f"Received response status [FAILED] from custom resource: {words}")
        error.failed_resource = response._get_param("LogicalResourceId"), "Custom"  # type: ignore[attr-defined]
        _roll_back_creation(stack, error)
    return hear(response)
