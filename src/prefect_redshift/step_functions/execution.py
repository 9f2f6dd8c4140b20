"""What DescribeExecution tells about an execution of a state machine, typed."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prefect_redshift.aws.console_host import console_host
from prefect_redshift.data_api.statement import shorten

UNSUCCESSFUL_STATUSES = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
# Any other status is not an end.
ENDED_STATUSES = frozenset({"SUCCEEDED"}) | UNSUCCESSFUL_STATUSES


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An execution of a state machine (API: DescribeExecution).

    Attributes:
        input: What it was started with, as JSON that was read.
        output: What it returned, as JSON that was read; None unless it has succeeded.
        error: The error's name, as the state machine or AWS calls it.
        cause: What the error says.
        state: The state that failed or, where none did, the last one that was entered.
        started_at: By the service's clock.
        stopped_at: By the service's clock.
    """

    arn: str
    name: str
    status: str = "RUNNING"
    input: Any = field(default=None, repr=False)
    output: Any = field(default=None, repr=False)
    error: str = ""
    cause: str = ""
    state: str = ""
    started_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its status is final."""
        return self.status in ENDED_STATUSES

    @property
    def seconds(self) -> float:
        """How long it ran; 0 until it has ended."""
        if self.started_at is None or self.stopped_at is None:
            return 0.0
        return (self.stopped_at - self.started_at).total_seconds()

    @property
    def console_url(self) -> str:
        """Its page in the AWS console."""
        region = self.arn.split(":")[3]
        return f"https://{console_host(region)}/states/home?region={region}#/v2/executions/details/{self.arn}"

    def describe_end(self) -> str:
        """Return one sentence: which execution ended how, in which state, in the engine's words."""
        where = f" in state {self.state}" if self.state else ""
        reason = ": ".join(part for part in (self.error, shorten(words_of(self.cause), 1000)) if part)
        text = f"{self.name} is {self.status}{where}"
        return f"{text}: {reason}" if reason else f"{text}."

    @classmethod
    def from_response(cls, data: Mapping[str, Any], state: str = "") -> "Execution":
        """Read the response of DescribeExecution or StartExecution."""
        return cls(
            arn=data["executionArn"],
            name=data.get("name") or data["executionArn"].rpartition(":")[2],
            status=data.get("status", "RUNNING"),
            input=_json(data.get("input")),
            output=_json(data.get("output")),
            error=data.get("error") or "",
            cause=data.get("cause") or "",
            state=state,
            started_at=data.get("startDate"),
            stopped_at=data.get("stopDate"),
        )


def words_of(cause: str) -> str:
    """Return what a cause says, also where the machine passes on a whole answer of the Data API as JSON."""
    answer = _json(cause)
    if isinstance(answer, Mapping) and answer.get("Error"):
        return str(answer["Error"])
    return cause


def _json(text: str | None) -> Any:
    with suppress(ValueError):
        return json.loads(text or "null")
    return text
