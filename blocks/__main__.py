"""The command `python -m blocks`: register the block types, store this project's blocks once they work."""

import sys
from collections.abc import Sequence

from blocks import state_machine, warehouse
from prefect_redshift.cli.store_blocks import blocks_main


def main(arguments: Sequence[str] | None = None) -> int:
    """Store the blocks and return the exit code."""
    return blocks_main(warehouse.NAME, state_machine.NAME, arguments)


if __name__ == "__main__":
    sys.exit(main())
