"""What S3 holds for the flow and the state machine: the scripts as they are, and their statements as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from prefect_redshift.pipeline.scripts import PROJECT_FOLDER, Steps, parts_of, statements_of

from infra import definition
from infra.errors import InfraError
from prefect_redshift.exceptions import ScriptError

FOLDER = PROJECT_FOLDER / "sql"
STEPS = "steps"
# The result of a state machine's task may have 256 KiB: the file's content and some names and times.
MAX_BYTES = 250_000


def objects(folder: Path = FOLDER) -> Mapping[str, bytes]:
    """The objects by name: each `.sql` file, which the flow reads, and what the machine reads beside it.

    That is an array of the script's statements, or for `steps.sql` an object of such arrays by step.

    Raises:
        InfraError: A script is missing, or is one that the machine cannot run as the flow does.
    """
    scripts = {path.name: path.read_bytes() for path in sorted(folder.glob("*.sql"))}
    names = definition.scripts_read(definition.text())
    if missing := [name for name in names if f"{name}.sql" not in scripts]:
        raise InfraError(
            f"{folder} has no {missing[0]}.sql: name the folder that holds the project's scripts."
        )
    return {**scripts, **{f"{name}.json": _statements(f"{name}.sql", scripts) for name in names}}


def _statements(filename: str, scripts: Mapping[str, bytes]) -> bytes:
    try:
        script = scripts[filename].decode()
        if filename == f"{STEPS}.sql":
            steps = parts_of(script, "step", filename)
            _check(steps)
            content = json.dumps(steps)
        else:
            content = json.dumps(statements_of(script, filename))
    except (UnicodeDecodeError, ScriptError) as error:
        raise InfraError(str(error)) from error
    if len(content) > MAX_BYTES:
        raise InfraError(
            f"{filename}: its statements have {len(content):,} bytes, a state machine can read {MAX_BYTES:,}."
        )
    return content.encode()


def _check(steps: Steps) -> None:
    for step, only_first in definition.steps_run(definition.text()).items():
        if step not in steps:
            raise InfraError(f"{STEPS}.sql has no line `-- step: {step}`, which the state machine runs.")
        if only_first and len(steps[step]) > 1:
            raise InfraError(f"{STEPS}.sql: the state machine runs {step} as one statement, it has several.")
