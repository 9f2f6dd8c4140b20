"""What is there only with the extra `results`."""

from importlib import import_module
from typing import Any

from prefect_redshift.exceptions import FrameError


def import_optional(module: str) -> Any:
    """Import a module that needs pyarrow or pandas.

    Raises:
        FrameError: They are not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise FrameError(
            'Frames need pyarrow, of the extra "results": pip install pyarrow pandas.'
        ) from error
