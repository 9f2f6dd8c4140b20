"""What S3 holds for a job's state machine: the statements of its scripts, as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from prefect_redshift.data_api.sql.parameters import parameters_used
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline.job import Job, Step
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.state_machine.names import CHECK_RUN_DATE, object_name

# A state's input and output may have 256 KiB, of which a script's text is the larger part: GetObject returns it as a
# text within JSON, DescribeStatement returns each statement with its status and times.
MAX_BYTES = 225_000
_RUN_DATE = "run_date"
# Every transaction that is given the run date has to use it.
_IS_A_DATE = f"select cast(:{_RUN_DATE} as date)"
_ANY_DAY = date(2000, 1, 1)


def machine_objects(job: Job, scripts: JobScripts) -> Mapping[str, bytes]:
    """Return the objects that the machine of `definition` reads, by name.

    The statements are those that the flow runs, each step's as one transaction.

    Args:
        job: The declaration.
        scripts: Its scripts, all of which were kept.

    Raises:
        ScriptError: The machine cannot run them.
    """
    objects: dict[str, object] = {object_name(job.steps): _steps(job, scripts)}
    if job.procedures:
        objects[_name_of_its_own(job.procedures.file, object_name(job.procedures), objects)] = (
            scripts.procedures()
        )
    if job.checks:
        first = job.checks[0]
        objects[_name_of_its_own(first.file, object_name(first), objects)] = _checks(job, scripts)
    return {name: _content(name, content) for name, content in objects.items()}


def _steps(job: Job, scripts: JobScripts) -> dict[str, Sequence[str]]:
    if scripts.for_a_day and not job.facts:
        raise ScriptError(
            f"{job.steps.file} has a step {CHECK_RUN_DATE}, and no step of the job {job.name} loads one day: take the "
            "step out, or declare the steps of a day with each_day=True."
        )
    days = [_ANY_DAY] if job.facts else []
    steps: dict[str, Sequence[str]] = {}
    if job.facts:
        steps[CHECK_RUN_DATE] = _with_date(scripts, scripts.setup("never", days)[0])
    if job.setup:
        setup = scripts.setup("if_missing", days)[0]
        steps[job.setup.name] = _with_date(scripts, setup) if job.facts else setup
    return steps | {step.name: _load(step, scripts) for step in job.ordered}


def _load(step: Step, scripts: JobScripts) -> list[str]:
    return scripts.load(step, _ANY_DAY if step.each_day else None)[0]


def _with_date(scripts: JobScripts, statements: Sequence[str]) -> list[str]:
    """Return a transaction that uses the run date: a text that is no date then ends it, and leaves no trace."""
    if any(_RUN_DATE in parameters_used(sql) for sql in statements):
        return list(statements)
    return [*statements, _IS_A_DATE] if statements else scripts.in_schema([_IS_A_DATE])


def _checks(job: Job, scripts: JobScripts) -> list[str]:
    statements = scripts.suite.statements()
    if len(statements) > 1:
        raise ScriptError(
            f"The checks of the job {job.name} are {len(statements)} statements, and a state machine runs them as one, "
            "of 90 KB at most: shorten their queries."
        )
    return scripts.in_schema(statements)


def _name_of_its_own(file: str, name: str, others: Mapping[str, object]) -> str:
    if name in others:
        raise ScriptError(
            f"{file}: another script has the same name without its folder and ending; rename one."
        )
    return name


def _content(name: str, content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False)
    size = len(json.dumps(text, ensure_ascii=False).encode())
    if size > MAX_BYTES:
        raise ScriptError(
            f"{name.removesuffix('.json')}.sql: its statements have {size:,} bytes as JSON, a state machine can read "
            f"{MAX_BYTES:,}."
        )
    return text.encode()
