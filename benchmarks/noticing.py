"""How late a statement's end is noticed, and with how many calls, by the statement's length.

    python -m benchmarks.noticing [SECONDS ...]

The statements run side by side; 600 seconds are among the lengths only when asked for.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from blocks import RedshiftDataApi
from flows.command_line import prepare_process
from local_aws import Admin, running

LENGTHS = (0.1, 1.0, 5.0, 30.0)


async def noticed(warehouse: RedshiftDataApi, seconds: float) -> tuple[str, float]:
    """The statement's id, and when its end was noticed."""
    statement = await warehouse.run(f"select pg_sleep({seconds})", name=f"noticing/{seconds}")
    return statement.id, time.time()


async def measure(admin: Admin, lengths: list[float]) -> None:
    """Prints a line for each length."""
    warehouse = RedshiftDataApi(workgroup_name="local-workgroup")
    await warehouse.run("select 1")
    admin.clear_history()
    found = await asyncio.gather(*(noticed(warehouse, seconds) for seconds in lengths))
    ended = {run["statement_id"]: run["ended_at"] for run in admin.executions()}
    calls = admin.calls()
    for seconds, (statement_id, moment) in zip(lengths, found, strict=True):
        made = sum(call["statement_id"] == statement_id for call in calls)
        late = 1000 * (moment - ended[statement_id])
        print(f"a statement of {seconds:g} s: noticed {late:.1f} ms late, {made} calls")


def main() -> None:
    """Measures on a stand-in of its own."""
    prepare_process()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # under root, PostgreSQL is another user
        with running(Path(folder) / "aws") as served:
            os.environ.update(served.environment)
            asyncio.run(measure(Admin(served.url), [float(text) for text in sys.argv[1:]] or list(LENGTHS)))


if __name__ == "__main__":
    main()
