"""One stand-in and one Prefect server for the whole test session, a database of its own for each test."""

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
import certifi
import pytest
from botocore.config import Config
from hypothesis import settings
from prefect.settings import (
    PREFECT_API_SSL_CERT_FILE,
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_HOME,
    temporary_settings,
)

from local_aws import Admin, Served, running
from prefect_redshift.aws.pacing import accounts
from prefect_redshift.local.services import local_services
from prefect_redshift.step_functions import attempt, stopping
from tests.forking import end_forking
from tests.prefect_database import migrated
from tests.statements import Statements, finish

# Tests start hundreds of interpreters, and compiling what they import takes longer than most of them run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The services of a Prefect server that no test has anything to do for: automations, which look at each event, and what
# watches work pools, paused runs and runs that do not end when they are cancelled.
IDLE_SERVICES = ("TRIGGERS", "FOREMAN", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP")

# A slow machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that tests have recorded by `record_property`, also in another process."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="session", autouse=True)
def no_aws_configuration() -> Iterator[None]:
    """Nothing of the developer's AWS configuration reaches a test, and no test reaches AWS by accident."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        # A proxy of the developer's knows nothing of this machine.
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_forks_afterwards() -> Iterator[None]:
    """What forks processes for tests ends with them."""
    yield
    end_forking()


@pytest.fixture(autouse=True)
def no_pacers_of_earlier_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is slowed down by the calls of another: it begins as a new process would."""
    monkeypatch.setattr(accounts, "_pacers", {})


@pytest.fixture
def frequent_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An execution is looked at five times a second: the stand-in has no quota, and ends most of them at once."""
    for module in (attempt, stopping):
        monkeypatch.setattr(module, "SECONDS_BETWEEN_CALLS", 0.2)


@pytest.fixture
def time_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancellation has as long as the machine needs."""
    from tests.time_to_cancel import give

    give(monkeypatch.setattr)


@pytest.fixture(scope="session")
def stand_in(no_aws_configuration: None) -> Iterator[Served]:
    """A stand-in for the whole session, in a temporary data directory."""
    folder = Path(tempfile.mkdtemp(prefix="local_aws-tests-"))
    # Under root, PostgreSQL is another user, who must be able to pass through.
    folder.chmod(0o711)
    try:
        with running(folder / "data") as served:
            yield served
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def aws(stand_in: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The stand-in, with the environment variables set that any SDK reads."""
    for name, value in stand_in.environment.items():
        monkeypatch.setenv(name, value)
    return stand_in


@pytest.fixture
def admin(stand_in: Served) -> Iterator[Admin]:
    """The stand-in's admin API: no faults before and after, an empty history."""
    client = Admin(stand_in.url)
    client.clear_faults()
    client.clear_history()
    yield client
    client.clear_faults()


@pytest.fixture(scope="session")
def data_api(stand_in: Served) -> Iterator[Any]:
    """A plain boto3 client of the Data API."""
    client = boto3.client(
        "redshift-data",
        endpoint_url=stand_in.url,
        region_name=stand_in.environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=stand_in.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=stand_in.environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(max_pool_connections=100, retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Prefect server, whose home is a temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="prefect-home-") as home,
        pytest.MonkeyPatch.context() as patch,
        ExitStack() as services,
    ):
        certificate = one_certificate(Path(home))
        settings = {
            # At the end of a sync flow Prefect waits for the thread of its heartbeats, which sleeps a second at a time.
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
            # Each client of the server reads them and asks for a token, which a server without TLS and CSRF ignores.
            PREFECT_API_SSL_CERT_FILE: certificate,
            PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
        }
        patch.setenv("PREFECT_API_SSL_CERT_FILE", certificate)
        patch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")
        patch.setenv("PREFECT_HOME", home)
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("DO_NOT_TRACK", "1")
        services.enter_context(temporary_settings({PREFECT_HOME: Path(home), **settings}))
        # Only of this server: what tests start has them.
        with migrated(Path(home), tmp_path_factory), pytest.MonkeyPatch.context() as of_the_server:
            for name in IDLE_SERVICES:
                of_the_server.setenv(f"PREFECT_SERVER_SERVICES_{name}_ENABLED", "false")
            services.enter_context(local_services(Path(home), stand_in=False))
        url = str(PREFECT_API_URL.value())
        patch.setenv("PREFECT_API_URL", url)
        yield url


def one_certificate(folder: Path) -> str:
    """Return the path of a file with the first of the authorities that are trusted: to read all takes 25 ms."""
    first, end, _ = Path(certifi.where()).read_text().partition("-----END CERTIFICATE-----\n")
    (folder / "certificate.pem").write_text(first + end)
    return str(folder / "certificate.pem")


@contextmanager
def new_database(data_api: Any) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    finish(data_api, f"CREATE DATABASE {name}")
    yield name
    finish(data_api, f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def database_of_the_module(data_api: Any) -> Iterator[str]:
    """A fresh database, dropped after the module's tests."""
    with new_database(data_api) as name:
        yield name


@pytest.fixture
def database(request: pytest.FixtureRequest, data_api: Any) -> Iterator[str]:
    """A fresh database, made through the Data API and dropped after the test.

    Tests that are marked with `one_database` share that of their module: making it takes longer than they run.
    """
    if request.node.get_closest_marker("one_database"):
        yield request.getfixturevalue("database_of_the_module")
    else:
        with new_database(data_api) as name:
            yield name


@pytest.fixture
def statements(data_api: Any, database: str) -> Statements:
    """Statements in this test's own database."""
    return Statements(data_api, database)
