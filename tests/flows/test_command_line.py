"""The command line as a person uses it: processes, exit codes, and what they see."""

import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from flows.sales import SALES
from flows.sales_backfill import sales_backfill
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.cli import backfill_main, daily_main
from prefect_redshift.cli.options import backfill_options, daily_options
from prefect_redshift.runner.signals import BEGIN_SECONDS
from tests.forking import Forked
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER
from tests.statements import eventually
from tests.time_to_cancel import IN_A_PROCESS

SLOW = "select pg_sleep(120)"


FORKED = """
import sys
from flows.sales import SALES
from prefect_redshift.cli import backfill_main, daily_main
sys.exit({main}({flow!r}, SALES))
"""
COMMANDS = {
    "flows.sales_data_pipeline": FORKED.format(
        main="daily_main", flow="flows.sales_data_pipeline:sales_data_pipeline"
    ),
    "flows.sales_backfill": FORKED.format(main="backfill_main", flow="flows.sales_backfill:sales_backfill"),
}


@contextmanager
def started(*options: str, module: str = "flows.sales_data_pipeline", before: str = "") -> Iterator[Forked]:
    """Start what `python -m <module>` runs, and the Python code `before` first."""
    with Forked(before + COMMANDS[module], *options) as process:
        try:
            yield process
        finally:
            process.kill()


def run(*options: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    command = [sys.executable, "-m", "flows.sales_data_pipeline", *options]
    done = subprocess.run(command, cwd=PROJECT_FOLDER, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def newest_run() -> FlowRun:
    """Return the flow run that was created last."""
    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs(sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=1)
    return run


def run_here(*options: str) -> int:
    """Return the exit code of the command line, run in this process, which is quicker."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        return daily_main(sales_data_pipeline, SALES, options)
    except SystemExit as error:
        return int(str(error.code))
    finally:
        signal.signal(signal.SIGTERM, before)


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_a_run_tells_its_story_and_ends_with_the_tables(warehouse: Warehouse) -> None:
    code, out, err = run("--run-date", "2026-11-22")
    assert code == 0
    assert "stand-in" not in out
    assert "Traceback" not in err
    assert "Finished in state" not in err
    # Submitted, and with its answer at its end: one line.
    assert "LoadItemTable: Submitted" not in err
    assert re.search(r" LoadItemTable: Finished \([0-9a-f-]{36}\) in \d+\.\d s", err)
    for step in (
        "run_sp_deploy_redshift",
        "LoadItemTable",
        "LoadCustomerAddressTable",
        "run_load_fact_sales",
    ):
        assert re.search(rf"^  {step} +[0-9a-f-]{{36}} +FINISHED +\d+\.\d\d +", err, re.MULTILINE)
    assert re.search(r"^  store_sales_rows +16 +16 +passed$", err, re.MULTILINE)
    assert warehouse.count("store_sales") == 14


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--run-date", "22.11.2026"], 2, "'22.11.2026' is not a date; write YYYY-MM-DD"),
        (["--run-date", "2026-11-31"], 2, "'2026-11-31' is not a date"),
        (["--setup", "sometimes"], 2, "invalid choice: 'sometimes'"),
        (["--fresh"], 2, "--fresh is for the stand-in"),
        (["--timezone", "Mars/Olympus"], 2, "There is no time zone 'Mars/Olympus'"),
        (["--warehouse", "nobody"], 1, "There is no block redshift-data-api/nobody"),
        (["--scripts", "nowhere"], 1, "Cannot read the script nowhere/"),
        (["--run-date", "1999-01-01"], 1, "run date 1999-01-01 is outside the calendar"),
    ],
)
def test_bad_options_get_one_line_and_change_nothing(
    warehouse: Warehouse, capfd: pytest.CaptureFixture[str], options: list[str], code: int, message: str
) -> None:
    assert run_here(*options) == code
    err = capfd.readouterr().err
    assert re.match(r"(python .*: )?error: ", last_line(err))
    assert message in last_line(err)
    assert "Traceback" not in err
    assert not warehouse.has_table("store_sales")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "EndpointConnectionError"),
        ({"AWS_ACCESS_KEY_ID": "REFUSED"}, "CredentialsRefused|UnrecognizedClientException"),
        ({"REDSHIFT_CLUSTER_IDENTIFIER": "local-cluster"}, "cluster_identifier and workgroup_name clash"),
    ],
)
def test_a_warehouse_that_cannot_be_reached_gets_one_line(
    warehouse: Warehouse,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    message: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run_here("--run-date", "2026-11-22") == 1
    err = capfd.readouterr().err
    assert re.search(message, last_line(err))
    assert "Traceback" not in err
    assert not warehouse.has_table("store_sales")


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("step", ["run_sp_deploy_redshift", "LoadItemTable", "run_load_fact_sales"])
def test_a_signal_during_a_step_leaves_nothing_running(
    warehouse: Warehouse, tmp_path: Path, step: str, signal_number: signal.Signals
) -> None:
    scripts = slow_scripts(tmp_path, step)
    options = ("--run-date", "2026-11-22", "--scripts", str(scripts))
    with started(*options, before=IN_A_PROCESS) as process:
        warehouse.wait_for_running(step)
        process.send_signal(signal_number)
        sent = time.monotonic()
        _, err = process.communicate(timeout=30)
        seconds = time.monotonic() - sent
    assert process.returncode == 128 + signal_number
    assert warehouse.running() == []
    assert [s["Status"] for s in warehouse.statements() if f"/{step}/" in s["StatementName"]] == ["ABORTED"]
    assert "Traceback" not in err
    assert seconds < 20, "the process hangs"


# Prefect's server has made the run, and its client does not know it yet. Then the server takes time for its next state,
# and goes on with that also when the client has left, so that it may end up behind the last one.
SIGNALLED_AT_ITS_CREATION = """
import asyncio, os, sys, time
from prefect import get_client
from prefect.client.orchestration import PrefectClient
created = PrefectClient.create_flow_run
async def create_flow_run(*args, **kwargs):
    await asyncio.sleep(float(sys.argv.pop()))
    run = await created(*args, **kwargs)
    os.kill(os.getpid(), int(sys.argv.pop()))
    await asyncio.sleep(0.2)
    return run
PrefectClient.create_flow_run = create_flow_run
set_state = PrefectClient.set_flow_run_state
def set_late(run_id, state):
    time.sleep(0.3)
    with get_client(sync_client=True) as client:
        return client.set_flow_run_state(run_id, state, force=True)
async def set_flow_run_state(self, run_id, state, force=False):
    if state.is_running():
        return await asyncio.to_thread(set_late, run_id, state)
    return await set_state(self, run_id, state, force)
PrefectClient.set_flow_run_state = set_flow_run_state
from flows.sales import SALES
from prefect_redshift.cli import daily_main
sys.exit(daily_main("flows.sales_data_pipeline:sales_data_pipeline", SALES, []))
"""


@pytest.mark.parametrize(
    ("number", "seconds"),
    [(signal.SIGINT, 0.0), (signal.SIGTERM, 0.0), (signal.SIGTERM, BEGIN_SECONDS + 0.5)],
    ids=["SIGINT", "SIGTERM", "SIGTERM, by a slow server"],
)
def test_a_run_that_is_ended_while_it_is_created_ends_as_crashed(
    warehouse: Warehouse, number: signal.Signals, seconds: float
) -> None:
    before = datetime.now(UTC)
    with Forked(SIGNALLED_AT_ITS_CREATION, str(int(number)), str(seconds)) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert last_line(err).endswith("Nothing was left to cancel.")
    assert warehouse.statements() == []
    run = newest_run()
    assert run.created
    assert (run.state_name, run.created >= before) == ("Crashed", True)


def test_a_statement_that_cannot_be_cancelled_is_named_with_the_command_that_shows_it(
    warehouse: Warehouse, tmp_path: Path, admin: Admin
) -> None:
    scripts = slow_scripts(tmp_path, "LoadItemTable")
    with started("--run-date", "2026-11-22", "--scripts", str(scripts)) as process:
        warehouse.wait_for_running("LoadItemTable")
        # The other dimension, which is not slow, has ended: one statement is left to be named.
        eventually(lambda: len(warehouse.running()) == 1)
        admin.add_fault("throttle", operation="CancelStatement")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    (running,) = warehouse.running()
    assert process.returncode == 128 + signal.SIGTERM
    assert last_line(err).startswith("Terminated. ")
    assert f"{running['StatementName']} ({running['Id']}) may still run: " in last_line(err)
    assert last_line(err).endswith(f"See `aws redshift-data describe-statement --id {running['Id']}`.")
    admin.clear_faults()
    warehouse.data_api.cancel_statement(Id=running["Id"])


def slow_scripts(folder: Path, step: str) -> Path:
    """Return the project's scripts, with a step that takes two minutes."""
    for script in (PROJECT_FOLDER / "sql").iterdir():
        text = script.read_text()
        if step == "run_sp_deploy_redshift" and script.name == "sp_statements.sql":
            text = f"{SLOW}; {text}"
        uses_the_date = ", cast(:run_date as date)" if step == "run_load_fact_sales" else ""
        text = re.sub(rf"(-- step: {step}\n)[^;]+;", rf"\g<1>{SLOW}{uses_the_date};", text)
        (folder / script.name).write_text(text)
    return folder


def test_it_runs_as_a_file_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT_FOLDER / "flows" / "sales_data_pipeline.py"), "--help"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "--run-date" in shown


@pytest.mark.parametrize(
    ("command", "flow", "document"),
    [
        (daily_options(SALES, "python -m flows.sales_data_pipeline"), sales_data_pipeline, "docs/running.md"),
        (backfill_options(SALES, "python -m flows.sales_backfill"), sales_backfill, "docs/backfilling.md"),
    ],
)
def test_every_option_is_explained_and_a_parameter_of_the_flow(
    command: ArgumentParser, flow: Flow[..., Any], document: str
) -> None:
    options = {action.dest: action for action in command._actions}
    assert all(action.help for action in options.values())
    assert options.keys() - {"help", "fresh", "state_folder"} == flow.parameters.properties.keys()
    text = (PROJECT_FOLDER / document).read_text()
    assert all(action.option_strings[-1] in text for name, action in options.items() if name != "help")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Name either a first and a last day (from and to) or a list of days (dates)."),
        (["--from", "2026-02-01", "--to", "2026-01-31"], "The first day, 2026-02-01, is after the last"),
        (["--from", "2026-01-01", "--to", "9999-12-31"], "3,660 days at most"),
        (["--from", "2026-01-01", "--to", "2027-12-31", "--dates", "2026-01-01"], "Name either"),
        (["--dates", "2026-01-01,2026-01-01"], "2026-01-01 is named twice"),
        (["--dates", "2026-01-01;2026-01-02"], "'2026-01-01;2026-01-02' is not a date"),
        (["--from", "2026-02-30", "--to", "2026-03-01"], "'2026-02-30' is not a date"),
        (["--dates", "2035-01-01"], "2035-01-01 has not come yet"),
        (["--dates", "2026-01-01", "--days-at-once", "0"], "'0' is not a number of days; write 1 or more"),
        (["--dates", "2026-01-01", "--timezone", "Mars"], "There is no time zone 'Mars'"),
    ],
)
def test_a_backfill_of_days_that_make_no_sense_starts_nothing(
    capfd: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        backfill_main(sales_backfill, SALES, options)
    error = last_line(capfd.readouterr().err)
    assert ": error: " in error
    assert message in error
