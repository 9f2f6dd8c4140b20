"""What a run on a laptop needs and a deployment never starts: a stand-in for AWS, and a Prefect server."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.local.prefect_api import PrefectApi

# Where a project keeps what a laptop run leaves behind.
STATE_FOLDER = ".local_aws"
DELIVERY_SECONDS = 5.0
STAND_IN_WAREHOUSE = {"REDSHIFT_WORKGROUP_NAME": "local-workgroup", "REDSHIFT_DATABASE": "dev"}


def needs_stand_in(warehouse: str | None) -> bool:
    """Tell whether neither a block nor the environment names a warehouse, nor the environment an endpoint of AWS."""
    names = (
        "REDSHIFT_WORKGROUP_NAME",
        "REDSHIFT_CLUSTER_IDENTIFIER",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_REDSHIFT_DATA",
    )
    return warehouse is None and not any(os.environ.get(name) for name in names)


@contextmanager
def local_services(state: Path, *, stand_in: bool, fresh: bool = False) -> Iterator[None]:
    """Start the stand-in if asked to, and a Prefect server unless there is one, and stop what it started.

    Args:
        state: The folder for the warehouse's data and the servers' logs, kept between runs.
        stand_in: Whether AWS is to be played by `local_aws`.
        fresh: Whether the stand-in forgets what its warehouse held.

    Raises:
        PipelineError: One of them does not start.
    """
    with starting_services(state, stand_in=stand_in, fresh=fresh) as use:
        use()
        yield


@contextmanager
def starting_services(state: Path, *, stand_in: bool, fresh: bool = False) -> Iterator[Callable[[], None]]:
    """Do as `local_services`, without waiting: what is yielded waits until all answer, and has this process use them.

    Neither Prefect nor an SDK is imported before that, so that their imports can run beside the start.
    """
    make_state_folder(state)
    with ExitStack() as services:
        api = PrefectApi(services, state)
        served = services.enter_context(_stand_in(state, fresh)) if stand_in else None

        def use() -> None:
            if served:
                served()
            api.use()

        try:
            yield use
        finally:
            _deliver()
            # It ends while the stand-in does.
            api.stop_soon()


def _deliver() -> None:
    """Have the run's last log lines and events, which are still on their way, sent before the server ends."""
    if "prefect.events" not in sys.modules:
        return
    import logging

    from prefect.events.worker import EventsWorker

    for handler in logging.getLogger("prefect.flow_runs").handlers:
        handler.flush()
    EventsWorker.drain_all(timeout=DELIVERY_SECONDS)


def make_state_folder(state: Path) -> None:
    """Make the folder where there is none.

    Raises:
        PipelineError: It cannot be made, or not written to.
    """
    try:
        state.mkdir(exist_ok=True, parents=True)
        (state / "prefect-server.log").touch()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PipelineError(
            f"The state folder {state} cannot be used: {reason}; choose another one."
        ) from error


@contextmanager
def stand_in_for_aws(state: Path, fresh: bool) -> Iterator[None]:
    """Run the stand-in, and have this process's environment name it.

    Raises:
        PipelineError: It does not start.
    """
    with _stand_in(state, fresh) as use:
        use()
        yield


@contextmanager
def _stand_in(state: Path, fresh: bool) -> Iterator[Callable[[], None]]:
    """Start the stand-in; yield what waits for it, and then has this process's environment name it."""
    # The one place that knows the stand-in; everything else only sees another endpoint.
    from local_aws import starting
    from local_aws.start_errors import StartError

    try:
        with ExitStack() as environment, starting(state, fresh=fresh) as served:

            def use() -> None:
                variables = {**served().environment, **STAND_IN_WAREHOUSE}
                environment.enter_context(_environment(variables))

            yield use
    except StartError as error:
        raise PipelineError(f"The stand-in does not start: {error}") from error


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    # A profile would win over the stand-in's own credentials.
    os.environ.pop("AWS_PROFILE", None)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
