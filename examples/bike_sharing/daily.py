"""One day: `python daily.py --help`."""

import sys

from job import BIKES
from prefect_redshift.cli import daily_main
from prefect_redshift.flows import daily_flow
from sample_files import deliver

daily = daily_flow(BIKES)

if __name__ == "__main__":
    sys.exit(daily_main(daily, BIKES, on_stand_in=deliver))
