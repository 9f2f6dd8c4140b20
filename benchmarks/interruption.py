"""Seconds from a signal to the end of the process, its statement cancelled and confirmed.

    python -m benchmarks.interruption [RUNS]

Each run is interrupted while both dimensions load, by SIGTERM and by Ctrl-C in turn.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3

from prefect_redshift.local.services import local_services
from tests.project import PROJECT_FOLDER

RUNNING = ("SUBMITTED", "PICKED", "STARTED")


def slow_scripts(folder: Path) -> None:
    """Copy the project's scripts, in which each dimension takes a minute."""
    for script in (PROJECT_FOLDER / "sql").iterdir():
        text = re.sub(r"call sp_load_dim_\w+\(\)", "select pg_sleep(60)", script.read_text())
        (folder / script.name).write_text(text)


def running(client: Any) -> int:
    """How many statements of the pipeline have not ended."""
    inputs = {"StatementName": "sales-data-pipeline/", "Status": "ALL", "WorkgroupName": "local-workgroup"}
    return sum(s["Status"] in RUNNING for s in client.list_statements(**inputs, Database="dev")["Statements"])


def interrupted(client: Any, scripts: Path, signal_number: signal.Signals) -> float:
    """Interrupts one run; returns the seconds until its end."""
    command = [sys.executable, "-m", "flows.sales_data_pipeline", "--scripts", str(scripts)]
    with subprocess.Popen(command, cwd=PROJECT_FOLDER, stderr=subprocess.DEVNULL) as process:
        while running(client) < 2 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal_number)
        sent = time.perf_counter()
        process.wait(60)
        seconds = time.perf_counter() - sent
    left = running(client)
    print(
        f"{signal_number.name}: ended after {seconds:.2f} s with code {process.returncode}, {left} still running"
    )
    return seconds


def main() -> None:
    """Print each run and the medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        state, scripts = Path(folder) / "state", Path(folder) / "sql"
        Path(folder).chmod(0o711)  # under root, PostgreSQL is another user
        scripts.mkdir()
        slow_scripts(scripts)
        with local_services(state, stand_in=True):
            os.environ["PREFECT_API_URL"] = prefect_url()
            client = boto3.client("redshift-data")
            for number in (signal.SIGTERM, signal.SIGINT):
                seconds = [interrupted(client, scripts, number) for _ in range(runs)]
                print(f"{number.name}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


def prefect_url() -> str:
    """Return the server that the runs are to share."""
    from prefect.settings import PREFECT_API_URL

    return str(PREFECT_API_URL.value())


if __name__ == "__main__":
    main()
