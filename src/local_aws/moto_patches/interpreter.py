"""The interpreter of state machines: loaded and patched at its first use; how an execution is stopped and ends."""

import copy
import datetime
import functools
import logging
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local_aws.moto_patches import Original, aws_sdk_tasks, definitions, paths, replace, wrap


@functools.cache
def backends() -> Any:
    """Return the interpreter's backends by account and region."""
    # It logs inputs and outputs whole, as errors, also where a choice looks for what is not there.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    aws_sdk_tasks.apply()
    paths.apply()
    wrap(Environment, set_error=_set_error)
    # moto cannot pass on an error of Step Functions' own, such as States.Timeout, out of a branch or by a Fail.
    replace(CustomErrorName, __init__=ErrorName.__init__)
    replace(AmazonStateLanguageParser, parse=staticmethod(_parsed_once(AmazonStateLanguageParser.parse)))
    wrap(BaseExecutionWorkerCommunication, _reflect_execution_status=_reflect)
    definitions.apply()
    return stepfunctions_parser_backends


def stop(execution: Any, error: str | None, cause: str | None) -> datetime.datetime:
    """Abort an execution, if it runs, and return when it ended."""
    now = datetime.datetime.now(datetime.UTC)
    if execution.status == "RUNNING":
        execution.stop(stop_date=now, error=error, cause=cause)
    stopped: datetime.datetime = execution.stop_date or now
    return stopped


def stop_all() -> None:
    """Abort every execution that runs."""
    for regions in stepfunctions_parser_backends.values():
        for backend in regions.values():
            for machine in backend.state_machines:
                for execution in machine.executions:
                    stop(execution, None, None)


def _set_error(env: Any, set_error: Original, error: Any) -> None:
    # moto stumbles over a task that is stopped half-way, and lets the execution end as FAILED.
    if not isinstance(env.program_state(), ProgramStopped | ProgramTimedOut):
        set_error(env, error)


def _reflect(communication: Any, reflect: Original) -> None:
    # moto forgets the error and the cause of an execution that was stopped or timed out.
    execution = communication.execution
    state = execution.exec_worker.env.program_state()
    if isinstance(state, ProgramStopped):
        execution.error, execution.cause = state.error, state.cause
    elif isinstance(state, ProgramTimedOut):
        execution.error = "States.Timeout"
    reflect(communication)


def _parsed_once(parse: Original) -> Callable[[str], tuple[Any, Any]]:
    # No fault of moto's, but at each start of an execution our machine would take it 0.3 s.
    remembered = functools.lru_cache(maxsize=16)(parse)

    def parsed(definition: str) -> tuple[Any, Any]:
        program, tree = remembered(definition)
        return copy.deepcopy(program), tree

    return parsed
