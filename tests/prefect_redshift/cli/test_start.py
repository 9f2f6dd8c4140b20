"""How a command starts: what it reads first, what it does not import, and how it ends before it has begun."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from prefect_redshift.cli.command_line import imported
from prefect_redshift.exceptions import PipelineError
from tests.project import PROJECT_FOLDER
from tests.signals import heed_interrupts

COMMAND = [sys.executable, "-m", "flows.sales_data_pipeline", "--state-folder"]


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that PostgreSQL can pass through, also under root, where it is another user."""
    with tempfile.TemporaryDirectory(prefix="start-tests-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def variables(home: Path) -> dict[str, str]:
    """Return what a laptop's environment holds: no server, no warehouse, a home of its own."""
    names = ("PREFECT_", "AWS_", "REDSHIFT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    return {**kept, "HOME": str(home), "PREFECT_HOME": str(home / "prefect")}


@pytest.mark.parametrize(
    ("signal_number", "word"), [(signal.SIGINT, "Interrupted"), (signal.SIGTERM, "Terminated")]
)
def test_a_signal_before_the_flow_begins_gets_one_line_and_leaves_no_process(
    state: Path, signal_number: signal.Signals, word: str
) -> None:
    process = subprocess.Popen(
        [*COMMAND, str(state)],
        cwd=PROJECT_FOLDER,
        env=variables(state),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    with process:
        assert process.stdout
        assert "running on the embedded stand-in" in process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal_number)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + signal_number, f"{word}. Nothing was run.\n")
    assert [" ".join(child.cmdline()) for child in children if child.is_running()] == []


def test_a_server_that_cannot_start_gets_one_line(state: Path) -> None:
    database = f"sqlite+aiosqlite:///{state}/nowhere/prefect.db"
    named = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = subprocess.run(
        [*COMMAND, str(state)],
        cwd=PROJECT_FOLDER,
        env={**variables(state), **named},
        capture_output=True,
        text=True,
        timeout=120,
    )
    log = state / "prefect-server.log"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: The Prefect server does not start; see {log}.\n"
    assert "unable to open database file" in log.read_text()


def test_a_command_is_read_without_prefect_and_without_an_sdk() -> None:
    code = (
        "import sys; from flows.sales import SALES; from prefect_redshift.cli import daily_main\n"
        "print(*{'prefect', 'pydantic', 'boto3', 'httpx'} & set(sys.modules))\n"
        "daily_main('flows.sales_data_pipeline:sales_data_pipeline', SALES, ['--run-date', 'tomorrow'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_FOLDER, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (2, "")
    assert "'tomorrow' is not a date" in done.stderr


def test_a_flow_that_is_not_there_is_named() -> None:
    with pytest.raises(PipelineError, match=r"no flow 'dialy' in the module flows\.sales_data_pipeline"):
        imported("flows.sales_data_pipeline:dialy")
