"""A job: its declaration, its scripts, its checks, its days."""

from prefect_redshift.pipeline.job import Job, Script, Step

__all__ = ["Job", "Script", "Step"]
