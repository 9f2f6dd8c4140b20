"""The probes of a job: its procedures, steps and checks, run once in the run's own schema."""

import importlib.util
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from prefect_aws import AwsCredentials

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline.checks import CheckSuite
from prefect_redshift.pipeline.job import Job
from prefect_redshift.pipeline.job_scripts import RUN_DATE, JobScripts
from prefect_redshift.pipeline.ranges import DayRange
from prefect_redshift.pipeline.script_folder import ScriptFolder
from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.findings.expectations import OneOf
from prefect_redshift.verify.job.range_form import RangeForm
from prefect_redshift.verify.probe import NotAskedError, Observed, Probe, Question
from prefect_redshift.verify.statements import value

_ENDS = {"status": "FINISHED", "error": ""}
Before = Callable[[Ask], Awaitable[None]]


def job_of(path: Path) -> Job:
    """Return the job that a file of Python declares.

    Raises:
        PipelineError: The file cannot be imported, has not exactly one job, or the job names tables of other schemas.
    """
    spec = importlib.util.spec_from_file_location(f"verified_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise PipelineError(f"{path} is no file of Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise PipelineError(f"{path} cannot be imported: {error}") from error
    jobs = [found for found in vars(module).values() if isinstance(found, Job)]
    if len(jobs) != 1:
        raise PipelineError(f"{path} declares {len(jobs)} jobs: name a file that declares one.")
    if outside := next((table for table in jobs[0].tables if "." in table), None):
        raise PipelineError(
            f"The job {jobs[0].name} makes {outside}, in a schema of its own: it is not run here."
        )
    return jobs[0]


async def job_probes(job: Job, schema: str, run_date: date, credentials: AwsCredentials) -> list[Probe]:
    """Read a job's scripts, and return the probes that run it, in their order.

    Raises:
        ScriptError: A script cannot be read, or is not what the job's declaration says.
    """
    folder = ScriptFolder(job.scripts, job.folder, credentials)
    scripts = JobScripts(job, schema)
    for script in job.read_scripts:
        scripts.keep(script, await folder.text(script.file), folder.path(script.file))
    return _JobRun(job, scripts, run_date).probes()


class _JobRun:
    """One run of a job: a step is asked when those before it have finished."""

    def __init__(self, job: Job, scripts: JobScripts, run_date: date) -> None:
        self._job = job
        self._scripts = scripts
        self._run_date = run_date
        self._failed = ""
        self._checked: dict[str, str] | None = None
        tables = dict.fromkeys(table for step in job.facts for table in step.makes)
        self._ranges = RangeForm(list(tables))

    def probes(self) -> list[Probe]:
        """Return a probe for each step and each check."""
        job, scripts = self._job, self._scripts
        found = [self._step(job.deploy, scripts.procedures(), {})] if job.procedures else []
        if job.setup or scripts.for_a_day:
            name = job.setup.name if job.setup else "check_run_date"
            days = [self._run_date] if scripts.for_a_day else []
            found += [self._step(name, *scripts.setup("if_missing", days))]
        has_ranges = any(step.range_step for step in job.facts)
        first = next((step.name for step in job.ordered if has_ranges and step in job.facts), "")
        for step in job.ordered:
            keep = self._ranges.keep if step.name == first else None
            found.append(self._step(step.name, *scripts.load(step, self._run_date), before=keep))
        if has_ranges:
            statements, parameters = scripts.load_of_ranges([DayRange(self._run_date, self._run_date)])
            found.append(self._range(scripts.in_schema([one.sql for one in statements]), parameters))
        return found + [self._check(check.name, check.severity) for check in scripts.suite.checks]

    def _probe(self, name: str, assumes: str, expects: Any, ask: Question) -> Probe:
        source = f"the job {self._job.name}"
        return Probe(f"job.{self._job.name}.{name}", assumes, source, expects, ask, alone=True)

    def _step(
        self, name: str, sqls: Sequence[str], parameters: Mapping[str, str], before: Before | None = None
    ) -> Probe:
        async def ask_step(ask: Ask) -> object:
            self._check_failed()
            self._failed = name
            if before:
                await before(ask)
            ended = await _run(ask, sqls, parameters)
            self._failed = "" if ended["Status"] == "FINISHED" else name
            return {"status": ended["Status"], "error": ended["Error"] or ""}

        return self._probe(name, f"The step {name} finishes.", _ENDS, ask_step)

    def _range(self, sqls: Sequence[str], parameters: Mapping[str, str]) -> Probe:
        async def ask_range(ask: Ask) -> object:
            self._check_failed()
            await self._ranges.restore(ask)
            sizes = await self._ranges.sizes(ask)
            ended = await _run(ask, sqls, parameters)
            answer = {"status": ended["Status"], "error": ended["Error"] or ""}
            if ended["Status"] == "FINISHED":
                answer["tables"] = await self._ranges.differences(ask)
            return Observed(answer, {"rows by the daily form": sizes})

        assumes = "The form for ranges of days loads the rows that the daily form loads, and no others."
        alike = {table: {"only by day": 0, "only by range": 0} for table in self._ranges.tables}
        return self._probe("range", assumes, {**_ENDS, "tables": alike}, ask_range)

    def _check_failed(self) -> None:
        if self._failed:
            raise NotAskedError(f"{self._failed} did not finish")

    def _check(self, name: str, severity: str) -> Probe:
        async def ask_check(ask: Ask) -> object:
            self._check_failed()
            if self._checked is None:
                self._checked = await self._results(ask, self._scripts.suite)
            return self._checked.get(name, "not among the results")

        passes = "passed" if severity == "fail" else OneOf(("passed", "warned"))
        return self._probe(f"check.{name}", f"The check {name} runs, and passes.", passes, ask_check)

    async def _results(self, ask: Ask, suite: CheckSuite) -> dict[str, str]:
        self._checked = {}
        parameters = {RUN_DATE: self._run_date.isoformat()} if suite.for_a_day else {}
        found: dict[str, str] = {}
        for sql in suite.statements():
            ended = await _run(ask, self._scripts.in_schema([sql]), parameters)
            if ended["Status"] != "FINISHED":
                raise NotAskedError(f"the checks ended {ended['Status']}: {ended['Error']}")
            page = needed(await ask.call("GetStatementResult", Id=f"{ended['Id']}:2"))
            names = [column["name"] for column in page["ColumnMetadata"]]
            rows = [dict(zip(names, map(value, record), strict=True)) for record in page["Records"]]
            found |= {row["check_name"]: row["status"] for row in rows}
        return found


async def _run(ask: Ask, sqls: Sequence[str], parameters: Mapping[str, str]) -> Any:
    inputs = {"Sqls": list(sqls), "StatementName": f"{ask.place.name}/{ask.probe}"}
    values = [{"name": name, "value": held} for name, held in parameters.items()]
    more = {"Parameters": values} if values else {}
    return await ask.end(await ask.call("BatchExecuteStatement", **ask.place.target, **inputs, **more))
