"""Step Functions' API: the interpreter loaded at its first use; names, ends and histories of executions."""

import sys
import uuid
from typing import Any

from moto.core import config
from moto.core.responses import ActionResult
from moto.stepfunctions import responses

from local_aws.moto_patches import replace

PAGE, MAX_PAGE = 100, 1000


def apply() -> None:
    """Let state machines be executed; the interpreter takes 1.5 s and 150 MB to load, and so waits for its use."""
    config.default_user_config["stepfunctions"] = {"execute_state_machine": True}
    replace(responses, get_backend=backend)
    replace(
        responses.StepFunctionResponse,
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


def _start_execution(self: Any) -> ActionResult:
    # Without a name moto calls the execution "None".
    name = self._get_param("name") or str(uuid.uuid4())
    arn, given = self._get_param("stateMachineArn"), self._get_param("input", if_none="{}")
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
    end = int(self._get_param("nextToken") or 0) + min(self._get_int_param("maxResults") or PAGE, MAX_PAGE)
    start = int(self._get_param("nextToken") or 0)
    more = {"nextToken": str(end)} if end < len(events) else {}
    return ActionResult({"events": events[start:end], **more})
