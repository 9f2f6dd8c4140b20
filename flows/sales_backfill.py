"""The backfill: many days of sales at once, without those that are loaded rightly already.

python -m flows.sales_backfill --help
"""

import sys
from pathlib import Path

# Run as a file, the project is not on the path.
if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flows.sales import SALES
from prefect_redshift.cli import backfill_main

# A command starts the servers first; the import below, which takes seconds, runs beside that.
if __name__ == "__main__":
    sys.exit(backfill_main("flows.sales_backfill:sales_backfill", SALES))

from prefect_redshift.flows import backfill_flow

sales_backfill = backfill_flow(SALES, name="sales-backfill", variable="sales_backfill")
