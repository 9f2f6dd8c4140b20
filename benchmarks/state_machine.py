"""The same job by the state machine and by the flow: seconds, calls of AWS, state transitions and their price.

    python -m benchmarks state-machine

Both on one stand-in. The machine waits as on AWS, 5 seconds at first.
"""

import asyncio
import os
import statistics
import time
from datetime import date
from typing import Any

from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services
from tests.infra.machine import Machine

DAY = "2026-11-22"
WAIT_SECONDS = 5
DOLLARS_A_TRANSITION = 0.025 / 1000
FLOW, MACHINE = "this project's flow", "state machine"
Taken = tuple[float, int, int]


def measure(repeats: int) -> Section:
    """Run both in turn, so many times."""
    prepare_process()
    taken: dict[str, list[Taken]] = {FLOW: [], MACHINE: []}
    with temporary_folder() as state, local_services(state, stand_in=True):
        admin = Admin(os.environ["AWS_ENDPOINT_URL"])
        machine = Machine("dev", WAIT_SECONDS)
        # Once before, so that neither loads a library or makes a first connection while it is measured.
        by_flow(admin)
        by_machine(admin, machine)
        for _ in range(repeats):
            taken[FLOW].append(by_flow(admin))
            taken[MACHINE].append(by_machine(admin, machine))
        machine.close()
    return section(taken)


def by_flow(admin: Admin) -> Taken:
    """Seconds, Data API calls and transitions of a run of the flow, Prefect's part included."""
    admin.clear_history()
    began = time.perf_counter()
    run: Any = sales_data_pipeline(run_date=date.fromisoformat(DAY))
    asyncio.run(run)
    return time.perf_counter() - began, len(admin.calls()), 0


def by_machine(admin: Admin, machine: Machine) -> Taken:
    """Run the same as an execution of the machine."""
    admin.clear_history()
    began = time.perf_counter()
    done = machine.run({"run_date": DAY, "setup": "if_missing"})
    seconds = time.perf_counter() - began
    assert done["status"] == "SUCCEEDED", done.get("cause")
    return seconds, len(admin.calls()), len(machine.entered(done["executionArn"]))


def section(taken: dict[str, list[Taken]]) -> Section:
    """Return the medians, side by side."""
    rows: list[list[Any]] = []
    for who, found in taken.items():
        seconds, calls, transitions = (statistics.median(values) for values in zip(*found, strict=True))
        rows.append([who, seconds, calls, transitions, f"{transitions * DOLLARS_A_TRANSITION:.5f}"])
    return Section(
        key="state-machine",
        title="The job by the flow, and by the state machine",
        text="One day's load, with all checks in both. The machine waits at least 5 seconds for each statement.",
        tables=[Table(["", "seconds", "Data API calls", "transitions", "dollars for them"], rows)],
        bars=[
            Bar("the state machine's seconds over the flow's", rows[1][1] / rows[0][1], 1, "x", above=True),
            Bar("the flow's Data API calls", rows[0][2], 14, ""),
        ],
        data={"rows": rows},
    )
