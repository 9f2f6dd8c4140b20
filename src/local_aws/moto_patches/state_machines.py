"""Step Functions' API: the interpreter loaded at its first use; requests, ends and histories of executions."""

import json
import sys
import uuid
from collections.abc import Callable
from typing import Any

from moto.core import config
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions import responses
from moto.stepfunctions.parser import api

from local_aws.moto_patches import replace, wrap
from local_aws.wire import model, validation
from local_aws.wire.service_errors import ApiError

PAGE, MAX_PAGE = 100, 1000


def apply() -> None:
    """Let state machines be executed; the interpreter takes 1.5 s and 150 MB to load, and so waits for its use."""
    config.default_user_config["stepfunctions"] = {"execute_state_machine": True}
    replace(responses, get_backend=backend)
    for error in vars(api).values():  # moto loses the names of these
        if isinstance(error, type) and issubclass(error, AWSError) and isinstance(error.code, str):
            error.TYPE = error.code
    answers = responses.StepFunctionResponse
    wrap(answers, call_action=_call_action, describe_execution=_describe_execution)
    replace(
        answers,
        start_execution=_start_execution,
        stop_execution=_stop_execution,
        get_execution_history=_get_execution_history,
    )


def backend(account: str, region: str) -> Any:
    """Return the interpreter's backend of a region."""
    from local_aws.moto_patches import interpreter

    return interpreter.backends()[account][region]


def stop_all() -> None:
    """Abort whatever runs."""
    # Not loaded means that nothing does.
    if "local_aws.moto_patches.interpreter" in sys.modules:
        from local_aws.moto_patches import interpreter

        interpreter.stop_all()


def _call_action(self: Any, call: Callable[[Any], Any]) -> Any:
    # moto lets pass what is too long, or too short, or of a wrong type.
    shapes, operation = model.load("stepfunctions", "2016-11-23"), self._get_action()
    if operation in shapes.operations:
        try:
            validation.check(shapes, operation, json.loads(self.body or "{}"))
        except ApiError as error:
            refused = AWSError(error.message, error.code)
            headers = {"status": refused.code, "content-type": "application/x-amz-json-1.0"}
            return refused.code, headers, refused.get_body()
    return call(self)


def _describe_execution(self: Any, describe: Callable[[Any], ActionResult]) -> ActionResult:
    # moto gives a text as it is and leaves null out, where an output is JSON; and forgets when a timeout was.
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    answer = describe(self)
    shown: Any = answer.result
    if execution.status == "SUCCEEDED":
        shown["output"] = json.dumps(execution.output, separators=(",", ":"), ensure_ascii=False)
    if execution.stop_date:
        shown["stopDate"] = execution.stop_date
    return answer


def _start_execution(self: Any) -> ActionResult:
    # Without a name moto calls the execution "None".
    name = self._get_param("name") or str(uuid.uuid4())
    arn, given = self._get_param("stateMachineArn"), self._get_param("input", if_none="{}")
    self.stepfunction_backend._validate_name(name)
    execution = self.stepfunction_backend.start_execution(arn, name, given)
    return ActionResult({"executionArn": execution.execution_arn, "startDate": execution.start_date})


def _stop_execution(self: Any) -> ActionResult:
    # moto loses the error and the cause that the caller gives.
    from local_aws.moto_patches import interpreter

    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    stopped = interpreter.stop(execution, self._get_param("error"), self._get_param("cause"))
    return ActionResult({"stopDate": stopped})


def _get_execution_history(self: Any) -> ActionResult:
    # moto gives the whole history, whatever page of it is asked for and in which order.
    events = self.stepfunction_backend.get_execution_history(self._get_param("executionArn"))["events"]
    if self._get_param("reverseOrder"):
        events = events[::-1]
    start = int(self._get_param("nextToken") or 0)
    end = start + min(self._get_int_param("maxResults") or PAGE, MAX_PAGE)
    more = {"nextToken": str(end)} if end < len(events) else {}
    return ActionResult({"events": events[start:end], **more})
