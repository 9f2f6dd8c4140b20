"""Runs of the state machine: started, followed state by state, cancelled together with their statements."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from infra.errors import InfraError

POLL_SECONDS = 1.0
# Waiting for statements takes three states each time; they are told once.
_POLLING = ("wait_on_", "is_")


class Execution:
    """One execution, by its ARN."""

    def __init__(self, step_functions: Any, arn: str) -> None:
        self._api = step_functions
        self.arn = arn

    @classmethod
    def start(cls, step_functions: Any, machine: str, given: dict[str, str]) -> "Execution":
        """Start one, under a name of its own: a call that is made again after a lost answer starts no second one."""
        started = step_functions.start_execution(
            stateMachineArn=machine, name=str(uuid4()), input=json.dumps(given)
        )
        return cls(step_functions, started["executionArn"])

    @property
    def name(self) -> str:
        """Its name, which the names of its statements begin with."""
        return self.arn.rpartition(":")[2]

    def follow(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """Tell each state as it is entered, until the end, and return the output.

        Raises:
            InfraError: It ended otherwise than SUCCEEDED; with its error and its cause.
        """
        told: set[str] = set()
        entered = 0
        while True:
            described = self._described()
            names = list(self._entered(entered))
            entered += len(names)
            for name in names:
                if name not in told and not name.startswith(_POLLING) and not name.endswith("_status_check"):
                    tell(name)
                told.add(name)
            if described["status"] != "RUNNING":
                return _output(described)
            time.sleep(POLL_SECONDS)

    def cancel(self, machine: str) -> None:
        """Stop it, and have its statements cancelled by the machine, under whose role they run."""
        self._api.stop_execution(
            executionArn=self.arn, error="Cancelled", cause="Cancelled by python -m infra run."
        )
        # A task that is under way is not cut off: it may yet submit a statement.
        while self._described()["status"] == "RUNNING":
            time.sleep(POLL_SECONDS)
        Execution.start(self._api, machine, {"cancel": self.name}).follow(lambda _: None)

    def _described(self) -> dict[str, Any]:
        described: dict[str, Any] = self._api.describe_execution(executionArn=self.arn)
        return described

    def _entered(self, after: int) -> Iterator[str]:
        pages = self._api.get_paginator("get_execution_history").paginate(
            executionArn=self.arn, includeExecutionData=False, PaginationConfig={"PageSize": 1000}
        )
        names = [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]
        yield from names[after:]


def _output(described: dict[str, Any]) -> dict[str, Any]:
    if described["status"] != "SUCCEEDED":
        reasons = [described.get("error"), described.get("cause")]
        raise InfraError(
            ": ".join([f"The execution {described['name']} {described['status']}", *filter(None, reasons)])
        )
    output: dict[str, Any] = json.loads(described["output"])
    return output
