"""The same job by the state machine and by the flow: seconds, calls of AWS, state transitions and their price.

    python -m benchmarks.state_machine [wait seconds]

Both on the stand-in, each on a fresh database. The machine waits as on AWS, 5 seconds at first.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from flows.local import local_services
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin
from tests.infra.machine import Machine

DAY = "2026-11-22"
DOLLARS_A_TRANSITION = 0.025 / 1000


def main() -> None:
    """Print a line for each."""
    wait_seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    state = Path(tempfile.mkdtemp(prefix="benchmark-"))
    state.chmod(0o711)
    with local_services(state, stand_in=True):
        admin = Admin(os.environ["AWS_ENDPOINT_URL"])
        machine = Machine("dev", wait_seconds)
        # Once before, so that neither loads a library or makes a first connection while it is measured.
        asyncio.run(by_flow())
        machine.run({"run_date": DAY, "setup": "never"})

        admin.clear_history()
        began = time.perf_counter()
        asyncio.run(by_flow())
        seconds = time.perf_counter() - began
        tell("flow", seconds, len(admin.calls()), 0)

        admin.clear_history()
        began = time.perf_counter()
        done = machine.run({"run_date": DAY, "setup": "if_missing"})
        seconds = time.perf_counter() - began
        assert done["status"] == "SUCCEEDED", done.get("cause")
        tell("state machine", seconds, len(admin.calls()), len(machine.entered(done["executionArn"])))


async def by_flow() -> Any:
    """Run the flow."""
    return await sales_data_pipeline(run_date=date.fromisoformat(DAY))


def tell(who: str, seconds: float, calls: int, transitions: int) -> None:
    """Print one line."""
    price = transitions * DOLLARS_A_TRANSITION
    print(
        f"{who:15} {seconds:7.1f} s {calls:5} Data API calls {transitions:5} transitions  {price:.5f} dollars"
    )


if __name__ == "__main__":
    main()
