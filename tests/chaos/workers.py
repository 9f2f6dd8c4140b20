"""A Prefect worker with a deployment of each flow, on the server of a place."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psutil
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.states import Cancelling, Scheduled
from prefect.workers.process import ProcessWorker

from prefect_redshift.local.processes import environment_without
from prefect_redshift.local.worker import stop_runs_without_worker, stop_worker
from tests.chaos.attempts import FLOWS
from tests.chaos.place import Place, Restartable
from tests.chaos.trial import FINAL_STATES, Trial
from tests.chaos.verdict import HangsError
from tests.project import PROJECT_FOLDER

POOL = "chaos"
LONGEST_SECONDS = 120.0
SET_FOLDER = "prefect.deployments.steps.set_working_directory"


class Worker(Restartable):
    """A worker's process, and those of its runs."""

    def processes_of_runs(self) -> list[psutil.Process]:
        """Return the processes that it has started."""
        assert self.process
        with suppress(psutil.NoSuchProcess):
            started: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
            return started
        return []

    def is_done_with_its_runs(self, seconds: float) -> None:
        """Wait until it has no process any more, and one second more: it may still have something to say of a run.

        Until then it would take a retry for what it has seen to die.
        """
        deadline = time.monotonic() + seconds
        while self.processes_of_runs() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)


@contextmanager
def own_worker(place: Place) -> Iterator[Worker]:
    """Yield a worker that trials may kill; nothing of it is left afterwards."""
    variables = {
        **environment_without("PREFECT_", "AWS_", "REDSHIFT_"),
        "PREFECT_API_URL": place.api_url,
        "PREFECT_HOME": str(place.folder / "worker"),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = ["prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    worker = Worker(command, place.folder / "chaos_worker.log", variables)
    worker.start()
    try:
        yield worker
    finally:
        if worker.process:
            stop_worker(worker.process)
        stop_runs_without_worker(variables["PREFECT_HOME"])


class WorkersTrial:
    """A flow run that a worker executes.

    Args:
        one: The trial, whose flow run it is.
    """

    def __init__(self, one: Trial) -> None:
        self.one = one

    def begin(self) -> None:
        """Have a worker execute the flow run, or execute it again, as `prefect flow-run retry` does."""
        self.one.flow_run_id = self.one.api(self._scheduled())

    async def _scheduled(self) -> UUID:
        one = self.one
        async with get_client() as client:
            if one.flow_run_id:
                await client.set_flow_run_state(one.flow_run_id, Scheduled(), force=True)
                return one.flow_run_id
            run = await client.create_flow_run_from_deployment(
                await self._deployed(), parameters=one.given, job_variables={"env": one.variables}
            )
            return run.id

    async def _deployed(self) -> UUID:
        flow: Any = FLOWS[self.one.job.flow][0]
        template = ProcessWorker.get_default_base_job_template()
        async with get_client() as client:
            pool = WorkPoolCreate(name=POOL, type=ProcessWorker.type, base_job_template=template)
            await client.create_work_pool(pool, overwrite=True)
            return await client.create_deployment(
                await client.create_flow(flow),
                name=POOL,
                work_pool_name=POOL,
                entrypoint="flows/sales_data_pipeline.py:sales_data_pipeline",
                pull_steps=[{SET_FOLDER: {"directory": str(PROJECT_FOLDER)}}],
            )

    def cancel(self) -> None:
        """Cancel it as somebody does in the UI."""

        async def cancel() -> None:
            assert self.one.flow_run_id
            async with get_client() as client:
                await client.set_flow_run_state(self.one.flow_run_id, Cancelling())

        self.one.api(cancel())

    def state(self) -> str:
        """Return the type of its state."""
        run = self.one.run()
        return run.state.type.value if run and run.state else "NONE"

    def reaches(self, *states: str, seconds: float = LONGEST_SECONDS) -> str:
        """Wait until it is in one of the states, and return it.

        Raises:
            HangsError: It does not get there.
        """
        deadline = time.monotonic() + seconds
        while (state := self.state()) not in states:
            if time.monotonic() > deadline:
                raise HangsError(f"{self.one.prefix} stays {state}, and is not {' or '.join(states)}")
            time.sleep(0.1)
        return state

    def ends(self) -> str:
        """Wait until it is in a state that is final, and return it."""
        return self.reaches(*FINAL_STATES)

    def stops(self, cause: str, since: float, bound: float) -> None:
        """Wait until nothing of it runs in the warehouse, and note how long after its cause that is."""
        while self.one.judged.running(self.one.prefix):
            if time.monotonic() - since > LONGEST_SECONDS:
                break
            time.sleep(0.1)
        self.one.verdict.note_end(cause, time.monotonic() - since, bound)
