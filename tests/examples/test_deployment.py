"""The second job's deployments, and its command line on a laptop."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.workers.process import ProcessWorker

from job import BIKES
from tests.deploy.deploying import deployments, forget_deployments, make_pool

LOAD = """
from prefect.flows import load_flow_from_entrypoint
flow = load_flow_from_entrypoint({!r}, use_placeholder_flow=False)
print(flow.name, *flow.parameters.properties)
"""
# What `python daily.py` does with `daily.serve()` in the place of the command line, but for the waiting.
SERVE = """
import runpy, sys
from prefect import Flow
Flow.serve = lambda flow, *args, **options: print(flow.to_deployment(*args, **options).entrypoint)
sys.argv[0] = "serve.py"
runpy.run_path("serve.py", run_name="__main__")
"""


@pytest.fixture
def nothing_deployed(prefect_server: str) -> Iterator[None]:
    """Begin with nothing deployed by other tests, and leave nothing behind."""
    forget_deployments()
    yield
    forget_deployments()


def python(*arguments: str, folder: Path = BIKES.folder, exit_code: int = 0) -> str:
    """Run `python ...` in the example's folder; return its output."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == exit_code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("entrypoint", "name"),
    [("daily.py:daily", "bike-sharing"), ("backfill.py:backfill", "bike-sharing-backfill")],
)
def test_entrypoints_load(prefect_server: str, entrypoint: str, name: str) -> None:
    # -P: nobody but Prefect puts the folder on the path.
    told = python("-P", "-c", LOAD.format(entrypoint)).splitlines()[-1]
    assert told.split()[0] == name
    assert {"setup", "scripts", "warehouse", "schema_name", "timezone"} <= set(told.split()[1:])


def test_deploy_makes_the_deployments(nothing_deployed: None) -> None:
    make_pool("bike-sharing", "process", ProcessWorker.get_default_base_job_template())
    python("-m", "prefect", "--no-prompt", "deploy", "--all")
    made = {deployment.name: deployment for deployment in deployments()}
    assert {name: deployment.entrypoint for name, deployment in made.items()} == {
        "daily": "daily.py:daily",
        "backfill": "backfill.py:backfill",
    }
    [schedule] = made["daily"].schedules
    assert (schedule.schedule.cron, schedule.schedule.timezone) == ("0 6 * * *", "Europe/Vienna")  # type: ignore[union-attr]
    assert "run_date" in (made["daily"].parameter_openapi_schema or {})["properties"]
    assert made["daily"].parameters == {"timezone": "Europe/Vienna"}


def test_serve_finds_the_flow_of_a_program(prefect_server: str, tmp_path: Path) -> None:
    (tmp_path / "serve.py").write_text(
        (BIKES.folder / "daily.py").read_text().partition("if __name__")[0] + 'daily.serve("daily")\n'
    )
    for module in ("job.py", "sample_files.py"):
        (tmp_path / module).write_text((BIKES.folder / module).read_text())
    assert python("-c", SERVE, folder=tmp_path).split()[-1] == "serve.py:daily"


def test_it_runs_on_a_laptop(
    prefect_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in [name for name in os.environ if name.startswith("REDSHIFT_")]:
        monkeypatch.delenv(name)
    state = str(tmp_path_factory.mktemp("bikes") / "state")
    told = python("daily.py", "--state-folder", state)
    assert "Bike sharing of " in told
    assert "5 inserted" in told
    assert (
        "S3 prefix '"
        in python("daily.py", "--run-date", "2020-01-01", "--state-folder", state, exit_code=1).splitlines()[
            -1
        ]
    )
