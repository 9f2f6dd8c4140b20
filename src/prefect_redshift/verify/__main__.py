"""The command `python -m prefect_redshift.verify`: each assumption of this library, asked of an endpoint."""

import sys

from prefect_redshift.verify.command import main

if __name__ == "__main__":
    sys.exit(main())
