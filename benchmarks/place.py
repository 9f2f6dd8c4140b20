"""Where a benchmark runs: a stand-in of its own in a temporary folder."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws import Served, running


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Provide a folder that PostgreSQL can pass through, also under root, where it is another user."""
    with tempfile.TemporaryDirectory(prefix="redshift-etl-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def stand_in(folder: Path, max_executing: int | None = None, *, rates: bool = False) -> Iterator[Served]:
    """Provide a stand-in in `folder`, which this process's environment names meanwhile; with `rates` it throttles."""
    before = dict(os.environ)
    with running(folder / "aws", max_executing=max_executing, rates=rates) as served:
        os.environ.update(served.environment)
        try:
            yield served
        finally:
            os.environ.clear()
            os.environ.update(before)
