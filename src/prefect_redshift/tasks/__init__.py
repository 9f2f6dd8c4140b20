"""What flows of a job are made of: its run, its steps as Prefect tasks, its end, the hand-off, the hooks."""

from prefect_redshift.pipeline.choices import HandOff, Setup
from prefect_redshift.tasks.hand_off import machine_for, run_by_state_machine, start_downstream_machine
from prefect_redshift.tasks.hooks import cancel_statements, publish_report
from prefect_redshift.tasks.job_run import JobRun
from prefect_redshift.tasks.run import begin, finish, steps_of

__all__ = [
    "HandOff",
    "JobRun",
    "Setup",
    "begin",
    "cancel_statements",
    "finish",
    "machine_for",
    "publish_report",
    "run_by_state_machine",
    "start_downstream_machine",
    "steps_of",
]
