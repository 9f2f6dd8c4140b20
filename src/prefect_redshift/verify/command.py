"""The command: what will be done, the questions, what was found, and everything removed again."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from prefect_aws import AwsCredentials
from pydantic import ValidationError

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.exceptions import PipelineError, RedshiftError, one_line
from prefect_redshift.local.services import make_state_folder, needs_stand_in, stand_in_for_aws
from prefect_redshift.verify.ask import Means
from prefect_redshift.verify.findings import report, verified
from prefect_redshift.verify.findings.scrubbing import Scrubber
from prefect_redshift.verify.job.job_probes import job_of, job_probes
from prefect_redshift.verify.left_over import remove_left_over
from prefect_redshift.verify.options import parser
from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probe import Finding, Probe
from prefect_redshift.verify.probes import PROBES
from prefect_redshift.verify.run import Run
from prefect_redshift.verify.wire import AwsWire

CLEARING_SECONDS = 100.0
_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn")
# Nothing of the stand-in costs anything, and any role will do.
_STAND_IN_MEANS = Means("arn:aws:iam::123456789012:role/verify", make_secret=True, make_queue=True)


class WrongUseError(PipelineError):
    """The command line, or the environment, is wrong."""


class InterruptedRunError(Exception):
    """A signal has ended the run; its number is the argument."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, write, remove; return the exit code.

    0: all that was asked holds. 1: something differs, or failed, told in one line. 2: the command line is wrong.
    130 and 143: interrupted, and what was made is removed.
    """
    options = parser().parse_args(arguments)
    try:
        probes = _chosen(options.probes)
        if options.list:
            _print("\n".join(f"{probe.id}: {probe.assumes} [{probe.source}]" for probe in probes))
            return 0
        return _verify(options, probes)
    except WrongUseError as error:
        _print(f"error: {one_line(error)}", error=True)
        return 2
    except RedshiftError as error:
        _print(f"error: {one_line(error)}", error=True)
        return 1
    except InterruptedRunError as interrupted:
        return 128 + int(interrupted.args[0])
    except (KeyboardInterrupt, EOFError):
        _print("Interrupted; nothing is left.", error=True)
        return 128 + signal.SIGINT


def _chosen(prefixes: Sequence[str]) -> list[Probe]:
    probes = [probe for probe in PROBES if not prefixes or probe.id.startswith(tuple(prefixes))]
    if unknown := next(
        (prefix for prefix in prefixes if not any(p.id.startswith(prefix) for p in PROBES)), None
    ):
        raise WrongUseError(f"No probe's id begins with {unknown!r}: see --list.")
    return probes


def _verify(options: argparse.Namespace, probes: list[Probe]) -> int:
    """Start the stand-in where no warehouse is configured, and ask."""
    job = _wrong_use(job_of, options.job) if options.job else None
    compared = _wrong_use(verified.read, options.compare) if options.compare else None
    if not options.output.absolute().parent.is_dir():
        raise WrongUseError(f"{options.output} cannot be written: there is no such folder.")
    means = Means(options.role, options.make_secret, options.make_queue)
    with ExitStack() as services:
        stand_in = not options.endpoint_url and needs_stand_in(None)
        if stand_in:
            _print(
                f"No warehouse is configured: asking the embedded stand-in, data in {options.state_folder}."
            )
            make_state_folder(options.state_folder)
            services.enter_context(stand_in_for_aws(options.state_folder, fresh=False))
            means = _STAND_IN_MEANS
        warehouse = _warehouse(options.endpoint_url)
        verification = Verification(warehouse, means)
        if options.left_over:
            agreed = partial(_agreed_to, options, stand_in)
            asyncio.run(remove_left_over(verification.wire, verification.place.target, agreed, _print))
            return 0
        job_name = job.name if job else ""
        _print(report.plan(verification.place, probes, means, verification.endpoint, job_name))
        if not _agreed_to(options, stand_in):
            _print("Nothing was done.")
            return 0
        if job:
            asked = job_probes(job, verification.place.name, options.run_date, warehouse.aws_credentials)
            probes = [*probes, *asyncio.run(asked)]
        found = asyncio.run(verification.run(probes))
    return _tell(found, verification, options.output, compared)


def _wrong_use(read: Any, path: Path) -> Any:
    try:
        return read(path)
    except WrongUseError:
        raise
    except RedshiftError as error:
        raise WrongUseError(str(error)) from error


def _warehouse(endpoint_url: str | None) -> RedshiftDataApi:
    """Return the connection that the environment names, at the endpoint that the command line may name."""
    try:
        warehouse = RedshiftDataApi.from_environment()
    except ValidationError as error:
        words = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise WrongUseError(f"The variables REDSHIFT_... contradict each other: {words}") from error
    if warehouse is None:
        raise WrongUseError(
            "No warehouse is named: set REDSHIFT_WORKGROUP_NAME or REDSHIFT_CLUSTER_IDENTIFIER."
        )
    if endpoint_url:
        warehouse.aws_credentials = AwsCredentials.model_validate(
            {"aws_client_parameters": {"endpoint_url": endpoint_url}}
        )
    return warehouse


def _agreed_to(options: argparse.Namespace, stand_in: bool) -> bool:
    if stand_in or options.yes:
        return True
    if not sys.stdin.isatty():
        raise WrongUseError("Nobody can be asked here: say --yes.")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


class Verification:
    """One run: a place of its own, the questions, and the place removed again.

    Args:
        warehouse: Whom it asks.
        means: What may be used beside the warehouse.

    Raises:
        CallError: There are no credentials, or no region.
    """

    def __init__(self, warehouse: RedshiftDataApi, means: Means) -> None:
        self.wire = AwsWire(warehouse.aws_credentials)
        self.place = Place(self.wire, dict(warehouse.data_api().connection.target))
        self.endpoint = self.wire.endpoint()
        self.engine = ""
        self.left: list[str] = []
        self._means = means
        self._signal = 0
        self._is_clearing = False

    async def run(self, probes: Sequence[Probe]) -> list[Finding]:
        """Ask the probes, and remove what was made, also when a signal or an error ends it.

        Raises:
            PipelineError: The schema cannot be made, or what was made cannot be removed.
            InterruptedRunError: A signal has ended it.
        """
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 - it runs in one
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt, number, task)
        try:
            return await self._asked(probes)
        except asyncio.CancelledError:
            if not self._signal:
                raise
            raise InterruptedRunError(self._signal) from None

    async def _asked(self, probes: Sequence[Probe]) -> list[Finding]:
        try:
            self.engine = await self.place.make()
            return await Run(self.place, self._means, told=_told).findings(probes)
        finally:
            self._is_clearing = True
            self.left = await self._cleared()
            if self.left:
                raise PipelineError(f"What was made could not all be removed: {'; '.join(self.left)}")

    async def _cleared(self) -> list[str]:
        try:
            async with asyncio.timeout(CLEARING_SECONDS):
                return await self.place.clear()
        except TimeoutError:
            return [f"the schema {self.place.name}: its time was over; drop it by hand"]

    def _interrupt(self, number: int, task: "asyncio.Task[Any]") -> None:
        # Once it is removing, nothing interrupts that.
        if not self._signal and not self._is_clearing:
            self._signal = number
            _print("Interrupted; removing what was made ...", error=True)
            task.cancel()


def _told(finding: Finding) -> None:
    if finding.verdict == "differs":
        _print(f"{finding.probe.id} differs.")


def _tell(
    findings: Sequence[Finding], verification: Verification, output: Path, compared: dict[str, Any] | None
) -> int:
    place = verification.place
    scrubber = Scrubber({**place.target, "User": place.user})
    asked = verified.Asked(
        endpoint="aws" if verification.endpoint.endswith(_AWS_HOSTS) else "other",
        warehouse="workgroup" if "WorkgroupName" in place.target else "cluster",
        engine=verification.engine,
        day=datetime.now(UTC).date().isoformat(),
    )
    found = verified.content(asked, findings, scrubber)
    different = verified.differences(compared, found) if compared else []
    verified.write(output, found)
    _print("\n".join([report.table(findings), "", *report.details(findings, scrubber), *map(str, different)]))
    _print(f"{report.summary(findings, different)} The answers are in {output}.")
    verdicts = {finding.verdict for finding in findings}
    return 1 if "differs" in verdicts or "holds" not in verdicts or different else 0


def _print(text: str, *, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)
