"""How the tasks that speak to the warehouse are run by Prefect."""

from typing import Any, TypedDict

from prefect import State, Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.client.schemas.objects import TaskRun

from prefect_redshift.exceptions import (
    EndpointUnreachableError,
    SerializationConflictError,
    TransientCallError,
)


def may_succeed_again(task: "Task[..., Any]", task_run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001
    """Prefect's retry condition: what passes by itself is tried again, an error in the SQL never is."""
    passes = isinstance(state.data, SerializationConflictError | TransientCallError)
    # An endpoint at which nothing listens has been tried long enough: it is more likely named wrongly.
    return passes and not isinstance(state.data, EndpointUnreachableError)


class TaskOptions(TypedDict, total=False):
    """The options of Prefect's `task` that are the same for every task of a kind."""

    cache_policy: CachePolicy
    retries: int
    retry_delay_seconds: list[float]
    retry_jitter_factor: float
    retry_condition_fn: Any


# Never cached: what such a task leaves behind is in the warehouse.
NO_RETRY: TaskOptions = {"cache_policy": NO_CACHE}
RETRIED: TaskOptions = {
    "cache_policy": NO_CACHE,
    "retries": 2,
    "retry_delay_seconds": [1, 5],
    "retry_jitter_factor": 1,
    "retry_condition_fn": may_succeed_again,
}
