"""Airflow's RedshiftDataOperator: `airflow_operator.py POLL_INTERVAL [deferrable]`, in an environment that has it.

The operator and its trigger are driven directly, without scheduler, database and triggerer, all of which would only add
to Airflow's times.
"""

import asyncio
import logging
import sys
from typing import Any
from unittest.mock import MagicMock
from uuid import uuid4

from airflow.providers.amazon.aws.operators.redshift_data import (
    RedshiftDataOperator,
)
from airflow.sdk.exceptions import TaskDeferred

from benchmarks.peers.driver import drive, drive_async

POLL_INTERVAL = int(sys.argv[1])
DEFERRABLE = sys.argv[2:] == ["deferrable"]


class TaskStateStore(dict[str, Any]):
    """Where a durable task keeps its statement's id: in memory, which is faster than Airflow's database."""

    def set(self, key: str, value: Any) -> None:
        """Keep a value."""
        self[key] = value


def context() -> dict[str, Any]:
    """Return what a worker tells a task of its run."""
    return {"ti": MagicMock(stats_tags={}), "task_state_store": TaskStateStore()}


def operator(sql: str) -> Any:
    """Return a task that runs one statement."""
    return RedshiftDataOperator(
        task_id=f"t{uuid4().hex}",
        sql=sql,
        workgroup_name="local-workgroup",
        database="dev",
        poll_interval=POLL_INTERVAL,
        deferrable=DEFERRABLE,
        aws_conn_id=None,
    )


def run(sql: str) -> None:
    """Run one statement as a worker does."""
    operator(sql).execute(context())


async def run_deferred(sql: str) -> None:
    """Run one statement as a worker and the triggerer do, on the triggerer's one event loop."""
    task = operator(sql)
    try:
        await asyncio.to_thread(task.execute, context())
    except TaskDeferred as deferred:
        async for event in deferred.trigger.run():
            await asyncio.to_thread(task.execute_complete, context(), event.payload)
            return


if __name__ == "__main__":
    logging.disable(logging.INFO)
    if DEFERRABLE:
        drive_async(run_deferred)
    else:
        drive(run)
