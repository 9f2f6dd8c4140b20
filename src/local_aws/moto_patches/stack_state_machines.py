"""CloudFormation: state machines, which moto keeps from its interpreter, and makes with half of their properties."""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.utils import cfn_to_api_tags

from local_aws.identity import ACCOUNT
from local_aws.moto_patches import replace
from local_aws.moto_patches.state_machines import backend

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def apply() -> None:
    """Make them as the template says."""
    knows, get = StateMachine.has_cfn_attr, StateMachine.get_cfn_attribute
    replace(
        StateMachine,
        create_from_cloudformation_json=staticmethod(_create),
        update_from_cloudformation_json=staticmethod(_update),
        delete_from_cloudformation_json=staticmethod(_delete),
        has_cfn_attr=staticmethod(lambda name: name == "Arn" or knows(name)),
        get_cfn_attribute=lambda self, name: self.arn if name == "Arn" else get(self, name),
    )


def _create(name: str, resource: Mapping[str, Any], account_id: str, region_name: str, **more: Any) -> Any:
    properties = resource["Properties"]
    machine = backend(account_id, region_name).create_state_machine(
        properties.get("StateMachineName", name),
        _definition(properties),
        properties["RoleArn"],
        loggingConfiguration=_logging(properties),
    )
    stack = cloudformation_backends[account_id][region_name].stacks.get(more.get("StackId", ""))
    machine.stack_tags = dict(stack.tags) if stack else {}
    _tag(machine, properties)
    return machine


def _tag(machine: Any, properties: Mapping[str, Any]) -> None:
    # moto gives a machine no tags of its template, and none of its stack.
    own = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    tagger = machine.backend.tagger
    tagger.delete_all_tags_for_resource(machine.arn)
    tags = [{"Key": key, "Value": value} for key, value in (machine.stack_tags | own).items()]
    tagger.tag_resource(machine.arn, cfn_to_api_tags(tags))


def _update(
    original_resource: Any,
    cloudformation_json: Mapping[str, Any],
    account_id: str,
    region_name: str,
    **_: Any,
) -> Any:
    properties = cloudformation_json["Properties"]
    name, arn = properties.get("StateMachineName", original_resource.name), original_resource.arn
    if name != original_resource.name:
        made = _create(name, cloudformation_json, account_id, region_name)
        made.stack_tags = original_resource.stack_tags
        _tag(made, properties)
        _delete(arn, cloudformation_json, account_id, region_name)
        return made
    machine = backend(account_id, region_name).update_state_machine(
        arn, _definition(properties), properties["RoleArn"], logging_configuration=_logging(properties)
    )
    _tag(machine, properties)
    return machine


def _delete(arn: str, _: Mapping[str, Any], account_id: str, region_name: str) -> None:
    backend(account_id, region_name).delete_state_machine(arn)


def _definition(properties: Mapping[str, Any]) -> str:
    if "DefinitionS3Location" in properties:
        text = _read(**properties["DefinitionS3Location"])
    else:
        given = properties.get("DefinitionString") or properties.get("Definition")
        text = given if isinstance(given, str) else json.dumps(given)
    values = properties.get("DefinitionSubstitutions", {})
    return _PLACEHOLDER.sub(lambda name: str(values.get(name[1], name[0])), text)


def _read(Bucket: str, Key: str, Version: str | None = None) -> str:  # noqa: N803 - the template's names
    try:
        found = s3_backends[ACCOUNT]["aws"].get_object(Bucket, Key, version_id=Version)
    except S3ClientError:
        found = None
    if found is None:
        raise ValidationError(message=f"Cannot read the definition s3://{Bucket}/{Key}")
    return str(found.value.decode())


def _logging(properties: Mapping[str, Any]) -> Any:
    return _lower(properties["LoggingConfiguration"]) if "LoggingConfiguration" in properties else None


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _lower(member) for key, member in value.items()}
    return [_lower(member) for member in value] if isinstance(value, list) else value
