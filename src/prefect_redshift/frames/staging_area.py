"""A prefix in S3 of one run's own, through which its files pass, and which is removed whatever happens."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prefect_redshift.aws.aws_client import CALL_SECONDS, AwsClient
from prefect_redshift.aws.retries import backoff, retried
from prefect_redshift.aws.uncancelled import wait_uncancelled
from prefect_redshift.data_api.listener import Listener
from prefect_redshift.exceptions import CallError

# Prefect kills a process 30 seconds after it asked it to end; a statement's cancellation comes before.
REMOVAL_SECONDS = 20.0
# What S3 says of one object in the answer to a call that has worked.
PASSING_CODES = frozenset({"InternalError", "ServiceUnavailable", "SlowDown"})
# A slow line: what a call may take longer for each byte.
_BYTES_A_SECOND = 100_000


@dataclass
class StagingArea:
    """Objects below a prefix.

    Attributes:
        client: The client of S3.
        prefix: Of their keys, with a slash at its end.
        listener: Told if they cannot be removed.
    """

    client: AwsClient
    bucket: str
    prefix: str
    listener: Listener
    _calls: set[Future[dict[str, Any]]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The prefix as `s3://bucket/prefix/`."""
        return f"s3://{self.bucket}/{self.prefix}"

    async def put(self, name: str, content: bytes) -> None:
        """Make an object (API: PutObject).

        Raises:
            CallError: The call was refused.
        """
        inputs = {"Bucket": self.bucket, "Key": self.prefix + name, "Body": content}
        await retried(lambda: self._call("PutObject", inputs, len(content)))

    async def objects(self, folder: str) -> list[tuple[str, int]]:
        """Return the keys and sizes of all objects in a folder, in the keys' order (API: ListObjectsV2).

        Raises:
            CallError: The call was refused.
        """
        found: list[tuple[str, int]] = []
        inputs = {"Bucket": self.bucket, "Prefix": self.prefix + folder}
        token: dict[str, str] = {}
        while True:
            page = await self.client.request("ListObjectsV2", inputs | token)
            found += [(entry["Key"], entry["Size"]) for entry in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                return found
            token = {"ContinuationToken": page["NextContinuationToken"]}

    async def get(self, key: str, start: int, size: int) -> bytes:
        """Return some bytes of an object (API: GetObject).

        Raises:
            CallError: The call was refused.
        """
        inputs = {"Bucket": self.bucket, "Key": key, "Range": f"bytes={start}-{start + size - 1}"}
        response = await retried(lambda: self._call("GetObject", inputs, size))
        content: bytes = response["Body"]
        return content

    async def _call(self, operation: str, inputs: dict[str, Any], size: int) -> dict[str, Any]:
        await self.client.opened()
        call = self.client.start(operation, inputs, CALL_SECONDS + size / _BYTES_A_SECOND)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return await asyncio.wrap_future(call)

    async def remove(self) -> None:
        """Remove all objects, however often this task itself is cancelled meanwhile (API: DeleteObjects).

        What cannot be removed is told to the listener; nothing is raised.
        """
        work = self.client.clean_up(partial(self._remove, time.monotonic() + REMOVAL_SECONDS))
        try:
            reason = await wait_uncancelled(work, REMOVAL_SECONDS + 0.5)
        except TimeoutError:
            reason = "there was no answer in time"
        if reason:
            self.listener.not_removed(self.url, reason)

    def _remove(self, deadline: float) -> str:
        """Return why objects may be left; an empty text if there are none."""
        # An upload that is under way could arrive after its object was removed.
        running = [call for call in list(self._calls) if not call.cancel()]
        late = wait(running, max(0.0, deadline - time.monotonic() - CALL_SECONDS / 6)).not_done
        attempt = 0
        try:
            while keys := self._some_keys(deadline):
                inputs = {"Bucket": self.bucket, "Delete": {"Objects": keys, "Quiet": True}}
                refused = self.client.request_until("DeleteObjects", inputs, deadline).get("Errors", ())
                if reason := _reason(refused, deadline):
                    return reason
                if refused:
                    attempt += 1
                    time.sleep(backoff(attempt))
        except CallError as error:
            return str(error)
        return "an upload was still under way" if late else ""

    def _some_keys(self, deadline: float) -> list[dict[str, str]]:
        inputs = {"Bucket": self.bucket, "Prefix": self.prefix}
        page = self.client.request_until("ListObjectsV2", inputs, deadline)
        return [{"Key": entry["Key"]} for entry in page.get("Contents", ())]


def _reason(refused: Sequence[Mapping[str, str]], deadline: float) -> str:
    """Return why objects will be left; an empty text while there is hope."""
    for error in refused:
        if error.get("Code") not in PASSING_CODES:
            return f"{error.get('Code')}: {error.get('Message')}"
    return "" if time.monotonic() < deadline else "there was not time for all of them"
