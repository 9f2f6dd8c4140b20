"""The command line of any flow: `sys.exit(daily_main(flow, JOB))`."""

from prefect_redshift.cli.command_line import backfill_main, daily_main

__all__ = ["backfill_main", "daily_main"]
