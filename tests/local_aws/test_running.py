"""Starting, stopping, joining, restarting, crashing: `local_aws.running` and `python -m local_aws`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws import Admin, Served, running
from local_aws.start_errors import StartError
from tests.statements import CLUSTER, eventually

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def base() -> Iterator[Path]:
    """A folder of our own: each run of pytest that starts closes the one above `tmp_path` to other users.

    Under root, PostgreSQL is one, and could not go on.
    """
    made = Path(tempfile.mkdtemp(prefix="local_aws-running-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(base: Path) -> Path:
    """A data directory with an empty warehouse, made once: setting PostgreSQL up takes longer than most tests."""
    with running(base / "prepared"):
        pass
    return base / "prepared"


@pytest.fixture
def folder(base: Path, prepared: Path) -> Path:
    """A data directory of this test's own."""
    copy = base / uuid.uuid4().hex[:12]
    subprocess.run(["/bin/cp", "-a", str(prepared), str(copy)], check=True)
    return copy


@pytest.fixture
def client() -> Iterator[Any]:
    """Make Data API clients for a served stand-in."""
    made: list[Any] = []

    def make(served: Served) -> Any:
        made.append(
            boto3.client(
                "redshift-data",
                endpoint_url=served.url,
                region_name="us-east-1",
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def run(api: Any, sql: str) -> dict[str, Any]:
    """Run one statement in the default database."""
    started = api.execute_statement(**CLUSTER, Database="dev", Sql=sql, WaitTimeSeconds=30, ClientToken=sql)
    described: dict[str, Any] = api.describe_statement(Id=started["Id"])
    return described


def test_data_statements_and_results_outlive_a_restart(folder: Path, client: Any) -> None:
    with running(folder) as served:
        api = client(served)
        run(api, "create table t (n int)")
        run(api, "insert into t values (7)")
        before = run(api, "select n from t")
    with running(folder) as served:
        api = client(served)
        assert api.describe_statement(Id=before["Id"]) | {"ResponseMetadata": 0} == before | {
            "ResponseMetadata": 0
        }
        assert api.get_statement_result(Id=before["Id"])["Records"] == [[{"longValue": 7}]]
        # The token is remembered, so the row is not inserted again.
        run(api, "insert into t values (7)")
        assert run(api, "select count(*) from t where n = 7")["Status"] == "FINISHED"
        found = api.list_statements(Status="ALL")["Statements"][0]["Id"]
        assert api.get_statement_result(Id=found)["Records"] == [[{"longValue": 1}]]


def test_fresh_begins_anew(folder: Path, client: Any) -> None:
    with running(folder) as served:
        run(client(served), "create table t (n int)")
    (folder / "mine.txt").write_text("not the stand-in's")
    with running(folder, fresh=True) as served:
        assert run(client(served), "select * from t")["Status"] == "FAILED"
    assert (folder / "mine.txt").exists()


def test_a_killed_stand_in_loses_nothing_and_says_what_it_does_not_know(folder: Path, client: Any) -> None:
    with running(folder, max_executing=1) as served:
        api = client(served)
        run(api, "create table t (n int)")
        run(api, "insert into t values (1)")
        begun = api.execute_statement(**CLUSTER, Database="dev", Sql="select pg_sleep(60)")["Id"]
        eventually(lambda: api.describe_statement(Id=begun)["Status"] == "STARTED")
        queued = api.execute_statement(**CLUSTER, Database="dev", Sql="insert into t values (2)")["Id"]
        os.kill(served.pid, signal.SIGKILL)
    with running(folder) as served:
        api = client(served)
        done = api.describe_statement(Id=begun)
        assert (done["Status"], "unknown" in done["Error"]) == ("FAILED", True)
        assert api.describe_statement(Id=queued)["Status"] == "ABORTED"
        rows = run(api, "select n from t")
        assert api.get_statement_result(Id=rows["Id"])["Records"] == [[{"longValue": 1}]]


def test_a_served_directory_is_joined_and_left_running(folder: Path) -> None:
    with running(folder) as first:
        with running(folder) as second:
            assert second == first
        Admin(first.url).faults()


def test_the_child_ends_with_its_parent(folder: Path) -> None:
    code = (
        "import sys, time, local_aws\n"
        "with local_aws.running(sys.argv[1]) as served:\n"
        "    print(served.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists() or sys.platform != "linux"
        parent.kill()
    eventually(lambda: not _alive(pid))
    with running(folder):  # and the directory is free again
        pass


def test_the_environment_points_an_sdk_at_it(stand_in: Served) -> None:
    assert stand_in.environment["AWS_ENDPOINT_URL"] == stand_in.url
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"} < set(stand_in.environment)


def command(*arguments: str) -> list[str]:
    """Return the command line."""
    return [sys.executable, "-m", "local_aws", *arguments]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_what_to_copy_and_ends_well(folder: Path, number: signal.Signals) -> None:
    arguments = command("--port", "0", "--data-dir", str(folder))
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("local_aws is ready at http://127.0.0.1:")
        printed = [process.stdout.readline() for _ in range(5)]
        assert [line.split("=")[0] for line in printed[1:]] == [
            "export AWS_ENDPOINT_URL",
            "export AWS_ACCESS_KEY_ID",
            "export AWS_SECRET_ACCESS_KEY",
            "export AWS_DEFAULT_REGION",
        ]
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_a_stop_answers_whoever_waits(folder: Path, client: Any) -> None:
    with running(folder) as served:
        api = client(served)
        started = api.execute_statement(**CLUSTER, Database="dev", Sql="select pg_sleep(60)")["Id"]
        eventually(lambda: api.describe_statement(Id=started)["Status"] == "STARTED")
        stop = subprocess.Popen(["/bin/sh", "-c", f"sleep 0.5; kill {served.pid}"])
        assert api.describe_statement(Id=started, WaitTimeSeconds=30)["Status"] == "STARTED"
        stop.wait()
        eventually(lambda: not _alive(served.pid))


def refused(*arguments: str) -> str:
    """Run the command, expect it to refuse in one line, and return that."""
    done = subprocess.run(command(*arguments), capture_output=True, cwd=ROOT, text=True, timeout=60)
    assert done.returncode in (1, 2, 3)
    [line] = done.stderr.strip().splitlines()[-1:]
    assert "Traceback" not in done.stderr
    return line


def test_a_port_in_use(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1:{port}" in refused("--port", port, "--data-dir", str(folder))


def test_a_directory_in_use(folder: Path) -> None:
    with running(folder) as served:
        line = refused("--port", "0", "--data-dir", str(folder))
        assert f"already served by pid {served.pid} at {served.url}" in line


def test_a_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write to the data directory" in refused("--data-dir", str(tmp_path / "file" / "below"))
    with pytest.raises(StartError, match="cannot write"), running(tmp_path / "file" / "below"):
        pass


@pytest.mark.parametrize("arguments", [("--port", "70000"), ("--max-executing", "0"), ("--colour",)])
def test_wrong_arguments(arguments: tuple[str, ...]) -> None:
    assert "error:" in refused(*arguments)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_a_private_directory_under_root(tmp_path: Path, client: Any) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    modes = {step: step.stat().st_mode for step in (private, *private.parents)}
    with running(private / "data") as served:
        assert run(client(served), "select 1")["Status"] == "FINISHED"
    assert {step: step.stat().st_mode for step in modes} == modes
    elsewhere = [
        found
        for found in Path("/var/tmp").glob("local_aws-*/belongs-to")
        if str(tmp_path) in found.read_text()
    ]
    assert len(elsewhere) == 1
    shutil.rmtree(elsewhere[0].parent)


def test_the_log_holds_no_values(folder: Path, client: Any) -> None:
    with running(folder) as served:
        api = client(served)
        parameters = [{"name": "secret", "value": "hunter2"}]
        for sql in ("select :secret::int", "select :secret from nowhere"):
            api.execute_statement(
                **CLUSTER, Database="dev", Sql=sql, Parameters=parameters, WaitTimeSeconds=30
            )
    text = (folder / "server.log").read_text() + (folder / "postgres.log").read_text()
    assert "hunter2" not in text


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child of this process that has ended but was not waited for yet is a zombie.
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def test_two_at_once_share_one(folder: Path) -> None:
    code = "import sys, local_aws\nwith local_aws.running(sys.argv[1]) as s: print(s.url, flush=True); sys.stdin.read()"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        for _ in range(2)
    ]
    try:
        urls = [process.stdout.readline() for process in both if process.stdout]
        assert urls[0] == urls[1] != b""
    finally:
        for process in both:
            process.communicate(timeout=60)


def test_reset_makes_it_as_good_as_new(folder: Path, client: Any) -> None:
    with running(folder) as served:
        api, admin = client(served), Admin(served.url)
        run(api, "create table t (n int)")
        run(api, "create database other")
        sleeping = api.execute_statement(**CLUSTER, Database="dev", Sql="select pg_sleep(60)")["Id"]
        eventually(lambda: api.describe_statement(Id=sleeping)["Status"] == "STARTED")
        admin.add_fault("latency", seconds=1, operation="ListTables")
        admin.reset()
        assert admin.faults() == admin.calls() == []
        assert api.list_databases(**CLUSTER, Database="dev")["Databases"] == ["dev"]
        assert api.list_statements(Status="ALL")["Statements"] == []
        assert run(api, "select * from t")["Status"] == "FAILED"


def test_calls_beyond_the_published_rates_are_throttled(folder: Path, client: Any) -> None:
    with running(folder, rates=True) as served:
        api = client(served)
        started = api.execute_statement(**CLUSTER, Database="dev", Sql="select 1", WaitTimeSeconds=30)["Id"]
        admin = Admin(served.url)
        # Far more than 20 a second, however slow the machine: they are held until all have come.
        admin.add_fault("latency", operation="GetStatementResult", seconds=3600)
        with ThreadPoolExecutor(60) as threads:
            calls = [threads.submit(api.get_statement_result, Id=started) for _ in range(60)]
            eventually(lambda: len(admin.calls(operation="GetStatementResult")) == len(calls))
            admin.clear_faults()
            refused = [error for call in calls if (error := call.exception()) is not None]
        errors = {error.response["Error"]["Code"] for error in refused if isinstance(error, ClientError)}
        assert errors == {"ThrottlingException"}
        assert 0 < len(refused) < len(calls)
