"""Run SQL jobs on Amazon Redshift from Prefect through the Redshift Data API."""

__version__ = "0.2.0"
