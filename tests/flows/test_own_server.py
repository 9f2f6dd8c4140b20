"""A run with a Prefect server of its own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from prefect.settings import PREFECT_HOME

from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

COMMAND = [sys.executable, "-m", "flows.sales_data_pipeline"]


def test_what_a_run_tells_its_own_server_is_there_when_that_has_ended(
    warehouse: Warehouse, prefect_server: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # A copy of a database that exists: making a new one takes longer than the run.
    with (
        closing(sqlite3.connect(PREFECT_HOME.value() / "prefect.db")) as theirs,
        closing(sqlite3.connect(home / "prefect.db")) as ours,
    ):
        theirs.backup(ours)
    kept = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "flows.sales_data_pipeline",
            "--state-folder",
            str(tmp_path),
            "--run-date",
            "2026-11-22",
        ],
        cwd=PROJECT_FOLDER,
        env={**kept, "PREFECT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        query = "select id, state_type from flow_run order by created desc limit 1"
        ((flow_run_id, flow_state),) = database.execute(query)
        tasks = database.execute("select name, state_type from task_run where flow_run_id = ?", [flow_run_id])
        states = dict(tasks.fetchall())
        like = f"%{flow_run_id}%"
        query = "select count(*) from events where event like 'redshift-data.statement.%' and related like ?"
        ((events,),) = database.execute(query, [like])
        query = "select count(*) from log where flow_run_id = ? and message like '%store_sales_rows%'"
        ((tables_told,),) = database.execute(query, [flow_run_id])
    assert flow_state == "COMPLETED"
    assert {"LoadItemTable", "run_validate_sql_statement"} <= states.keys()
    assert set(states.values()) == {"COMPLETED"}
    submitted = [each for each in warehouse.statements() if flow_run_id in each["StatementName"]]
    assert events == len(submitted) + 1
    assert tables_told == 1
    assert warehouse.count("store_sales") == 14
