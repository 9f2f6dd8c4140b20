"""Pipeline runs against an endpoint that fails a third of all calls: does each step run once?

    python -m benchmarks.faulty_calls [RUNS]

Calls are throttled, answered with a 500, dropped before the work and dropped after it, each kind 8.5 % of them.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from flows.command_line import prepare_process
from flows.local import local_services
from flows.sales_data_pipeline import sales_data_pipeline
from local_aws import Admin

KINDS = ("throttle", "server_error", "drop_before", "drop_after")
STEPS = 6


def one_run(admin: Admin, number: int) -> tuple[bool, str]:
    """Runs one pipeline under faults; says whether all was right, and a line about it."""
    admin.clear_history()
    for place, kind in enumerate(KINDS):
        admin.add_fault(kind, probability=0.085, seed=10 * number + place)
    started = time.perf_counter()
    try:
        report = asyncio.run(sales_data_pipeline(run_date=date(2024, 1, 1) + timedelta(days=number)))
        valid = all(validation.passed for validation in report.validations)
    except Exception as error:
        print(f"run {number}: {error}")
        valid = False
    seconds = time.perf_counter() - started
    admin.clear_faults()
    # A batch's statements have ids of their own, `id:1` and so on.
    firsts = [run for run in admin.executions() if run["statement_id"].partition(":")[2] in ("", "1")]
    executed = Counter(run["statement_name"] for run in firsts)
    calls = admin.calls()
    failed = sum(call["outcome"] != "ok" for call in calls)
    once = len(executed) == STEPS and set(executed.values()) == {1}
    return (
        valid and once,
        f"run {number}: {seconds:.1f} s, {failed} of {len(calls)} calls failed, valid {valid}, once {once}",
    )


def main() -> None:
    """Prints the runs that were not right, and how many were."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    prepare_process()
    right = 0
    with tempfile.TemporaryDirectory() as state:
        Path(state).chmod(0o711)  # under root, PostgreSQL is another user
        with local_services(Path(state), stand_in=True):
            admin = Admin(os.environ["AWS_ENDPOINT_URL"])
            asyncio.run(sales_data_pipeline(run_date=date(2023, 12, 31)))
            for number in range(runs):
                good, line = one_run(admin, number)
                right += good
                if not good or number % 20 == 0:
                    print(line, flush=True)
    print(f"{right} of {runs} runs ended right, each step executed exactly once")


if __name__ == "__main__":
    main()
