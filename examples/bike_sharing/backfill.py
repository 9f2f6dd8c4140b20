"""Many days: `python backfill.py --help`."""

import sys

from job import BIKES
from prefect_redshift.cli import backfill_main
from prefect_redshift.flows import backfill_flow
from sample_files import deliver

backfill = backfill_flow(BIKES)

if __name__ == "__main__":
    sys.exit(backfill_main(backfill, BIKES, on_stand_in=deliver))
