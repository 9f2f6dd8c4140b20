"""The interpreter's calls of AWS, `arn:aws:states:::aws-sdk:...`: where they go, and in which case names are."""

import datetime
import functools
from collections.abc import Callable
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.response import StreamingBody
from moto.settings import moto_server_port
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
    state_task_service_aws_sdk,
)

from local_aws.identity import REGION
from local_aws.moto_patches import Original, replace, wrap

# What Step Functions calls a service in a resource, where boto3 calls it otherwise; and what in the name of an error.
BOTO_NAMES = {"redshiftdata": "redshift-data", "redshiftserverless": "redshift-serverless"}
ERROR_NAMES = {"redshiftdata": "RedshiftData", "redshiftserverless": "RedshiftServerless", "s3": "S3"}


def apply() -> None:
    """Mend them."""
    state_task_service.StateTaskService._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES.update(BOTO_NAMES)
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES.update(ERROR_NAMES)
    replace(state_task_service_aws_sdk, boto_client_for=_client_for)
    wrap(state_task_service_aws_sdk.StateTaskServiceAwsSdk, _from_error=_as_failure)
    replace(
        state_task_service_aws_sdk.StateTaskServiceAwsSdk,
        _normalise_parameters=_name_as_boto,
        _normalise_response=_name_as_step_functions,
    )


def _client_for(region: str, service: str, state_credentials: Any = None) -> BaseClient:  # noqa: ARG001
    # moto's own client goes to "localhost", below which boto3 looks for buckets under names that do not resolve.
    return _client(region, service, moto_server_port())


@functools.cache
def _client(region: str, service: str, port: str) -> BaseClient:
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=50)
    return boto3.client(service, region_name=region, endpoint_url=f"http://127.0.0.1:{port}", config=config)


def _as_failure(task: Any, from_error: Original, env: Any, ex: Exception) -> Any:
    # moto ends the execution with States.Runtime when a call gets no answer, which nothing may catch or try again.
    if isinstance(ex, BotoCoreError):
        service = task._normalise_service_error_name(task.resource.api_name)
        return task._get_task_failure_event(env, f"{service}.SdkClientException", str(ex))
    return from_error(task, env=env, ex=ex)


def _name_as_boto(task: Any, parameters: dict[str, Any], *_: Any) -> None:
    # moto leaves the PascalCase that Step Functions wants, which not every member of a model is written in.
    def named(key: str, shape: StructureShape) -> str:
        return next((name for name in shape.members if _pascal(name) == _pascal(key)), key)

    renamed = _renamed(parameters, _operation(task).input_shape, named)
    parameters.clear()
    parameters.update(renamed)


def _name_as_step_functions(task: Any, response: Any, *_: Any) -> None:
    # moto leaves boto3's names, and times and streams, on which its interpreter then fails.
    shown = _renamed(response, _operation(task).output_shape, lambda key, _: _pascal(key))
    response.clear()
    response.update(shown)


def _renamed(value: Any, shape: Shape | None, named: Callable[[str, StructureShape], str]) -> Any:
    if isinstance(value, StreamingBody):
        return value.read().decode()
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = {_pascal(name): member for name, member in shape.members.items()}
        return {
            named(key, shape): _renamed(item, members.get(_pascal(key)), named) for key, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_renamed(item, shape.member, named) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _renamed(item, shape.value, named) for key, item in value.items()}
    return value


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _operation(task: Any) -> Any:
    client = _client_for(REGION, task._get_boto_service_name())
    name = client.meta.method_to_api_mapping[task._get_boto_service_action()]
    return client.meta.service_model.operation_model(name)
