"""What S3 holds for the flow and the state machine: a job's scripts, their statements as JSON, the definition."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from infra import definition
from infra.infra_error import InfraError
from prefect_redshift.pipeline import Job
from prefect_redshift.pipeline.identifiers import identifier
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.state_machine import machine_objects


def definition_name(job: Job) -> str:
    """Return the name of the definition's file: its hash is in it, so that a stack's update notices a new one."""
    digest = hashlib.sha256(definition.text(job).encode()).hexdigest()[:16]
    return f"state_machine-{digest}.asl.json"


def uploaded_files(job: Job, folder: Path, schema: str | None = None) -> Mapping[str, bytes]:
    """Return the files by name: the scripts, which the flow reads, and what the state machine reads beside them.

    Args:
        job: The declaration.
        folder: Where its scripts are.
        schema: The schema that every transaction of the machine works in; None for the user's own search path.

    Raises:
        InfraError: A script is missing or cannot be read.
        ScriptError: A script is not what the declaration says, or the machine cannot run it.
        PipelineError: The schema is not a plain identifier.
    """
    if schema is not None:
        identifier(schema, "The schema")
    scripts = JobScripts(job, schema)
    contents: dict[str, bytes] = {}
    for script in job.read_scripts:
        contents[script.file] = _content(folder, script.file)
        scripts.keep(script, _text(contents[script.file], script.file), script.file)
    return {**contents, **machine_objects(job, scripts), definition_name(job): definition.text(job).encode()}


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise InfraError(f"{folder} has no {name}: name the folder that holds the job's scripts.") from error
    except OSError as error:
        raise InfraError(f"Cannot read {folder / name}: {error.strerror}.") from error


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InfraError(f"{name} is not UTF-8 text.") from error
