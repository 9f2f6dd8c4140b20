"""Learning the Id of a statement whose submission has not been answered."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from prefect_redshift.aws.aws_client import AwsClient
from prefect_redshift.data_api.cancelling.cancel import find_running
from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.submission import Submission
from prefect_redshift.exceptions import CallError, TransientCallError

# How long the answer is waited for before the request is made again.
_PATIENCE_SECONDS = 0.5
# What is kept of the time for cancelling the statement then.
_SECONDS_TO_CANCEL = 1.0

Answer = Future[dict[str, Any]]


@dataclass(frozen=True)
class LostSubmission:
    """A submission without an answer, because it waits for the statement's end, is on its way or was lost.

    The same request, with the same ClientToken, returns the Id of the statement that the first one has made. If that
    one has not arrived yet, it will be a repeat itself: whichever comes first, there is one statement, and its Id is
    known.

    Attributes:
        client: The client.
        submission: What was submitted, and how.
        call: The request that was made last.
    """

    client: AwsClient
    submission: Submission
    call: Answer

    def find_id(self, deadline: float) -> str | Unconfirmed | None:
        """Return the Id, None where there is no statement, or that one may run that nobody knows, blocking.

        Args:
            deadline: By the monotonic clock, in seconds.
        """
        until = deadline - _SECONDS_TO_CANCEL
        reason = "its submission was not answered"
        # What waits will not answer soon.
        patience = 0.0 if self.submission.waits else _PATIENCE_SECONDS
        repeat: Answer | None = None
        pending: set[Answer] = set() if self.call.cancelled() else {self.call}
        while (remaining := until - time.monotonic()) > 0:
            done, pending = wait(pending, min(patience, remaining), FIRST_COMPLETED)
            patience = _PATIENCE_SECONDS
            for answer in done:
                try:
                    return str(answer.result()["Id"])
                except TransientCallError as error:
                    reason = str(error)
                except CallError as error:
                    # A session that is busy refuses a repeat, too.
                    is_certain = answer is self.call and not self.submission.answer_was_lost
                    return None if is_certain else self._listed(deadline, str(error))
            if repeat is None or repeat in done:
                if repeat is not None:
                    time.sleep(min(_PATIENCE_SECONDS / 2, remaining))
                repeat = self.client.clean_up(self._repeat(until))
                pending.add(repeat)
        return self._listed(deadline, reason) or Unconfirmed(name=self.submission.name, reason=reason)

    def _repeat(self, until: float) -> Callable[[], dict[str, Any]]:
        seconds = max(0.1, until - time.monotonic())
        operation, inputs = self.submission.operation, self.submission.inputs
        return lambda: self.client.request_once(operation, inputs, seconds)

    def _listed(self, deadline: float, reason: str) -> str | Unconfirmed | None:
        """Return the Id of a statement of that name that runs, None where there is none."""
        try:
            running = next(find_running(self.client, self.submission.name, deadline), None)
        except CallError:
            return Unconfirmed(name=self.submission.name, reason=reason)
        return running.id if running else None
