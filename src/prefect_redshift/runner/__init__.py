"""How Prefect runs the tasks of a job: the task runner, cancellation, the tables as assets."""

from prefect_redshift.runner.task_runner import EventLoopTaskRunner

__all__ = ["EventLoopTaskRunner"]
