"""State machines of small jobs on the stand-in."""

from collections.abc import Callable, Iterator

import pytest

from local_aws import Served
from prefect_redshift.pipeline import Job
from tests.infra.machine import Machine

MakeMachine = Callable[..., Machine]


@pytest.fixture
def machine_of(aws: Served, database: str) -> Iterator[MakeMachine]:
    """Make the state machine of a job, in this test's database, by default without waits."""
    made: list[Machine] = []

    def make(job: Job, wait_seconds: int = 0, step_timeout: int = 600) -> Machine:
        made.append(Machine(database, wait_seconds, job=job, step_timeout=step_timeout))
        return made[-1]

    yield make
    for machine in made:
        machine.close()
