"""docs/your-own-tables.md, followed in an empty folder: its files, and its commands as they stand there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / "docs" / "your-own-tables.md").read_text()
FILES = re.findall(r'^```\w+ title="(.+?)"\n(.*?)^```', PAGE, re.DOTALL | re.MULTILINE)
INSTALL, ON_LAPTOP, ON_AWS, SERVE = re.findall(r"^```bash\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
[RUN] = re.findall(r"`(prefect deployment run .*?)`", PAGE)
[ONCE] = re.findall(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def started(
    commands: str, folder: Path, variables: Mapping[str, str], output: int | IO[str] = subprocess.PIPE
) -> "subprocess.Popen[str]":
    """Start a block of commands, in a shell that finds this environment's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["bash", "-e", "-c", commands],
        cwd=folder,
        env={**variables, "PATH": path},
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(commands: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Run a block of commands and return its output; fail the test unless it succeeds."""
    process = started(commands, folder, variables)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told


@contextmanager
def serving(folder: Path, variables: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run the block that serves the flow, until it says so."""
    with log.open("w") as output:
        process = started(f"exec {SERVE}", folder, variables, output)
    try:
        deadline = time.monotonic() + 180
        while "is being served" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)


def test_the_page_is_followed(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    for name, content in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    assert "pip install" in INSTALL

    own = ("AWS_ENDPOINT", "REDSHIFT_")
    told = run(ON_LAPTOP, folder, {k: v for k, v in os.environ.items() if not k.startswith(own)})
    assert "running on the embedded stand-in" in told
    assert re.search(r"orders_loaded +3 +3 +passed", told)

    warehouse.run(ONCE.strip().rstrip(";"))
    names = {
        "my-workgroup": "local-workgroup",
        "REDSHIFT_DATABASE=dev": f"REDSHIFT_DATABASE={warehouse.database}",
    }
    export = ON_AWS
    for name, ours in names.items():
        export = export.replace(name, ours)
    assert "stand-in" not in run(export, folder, dict(os.environ))
    today = datetime.now(UTC).date().isoformat()
    loaded = [(today, "coffee", 1, "3.20"), (today, "tea", 2, "9.00")]
    assert warehouse.rows("select * from shop.daily_order order by product") == loaded

    warehouse.run("delete from shop.daily_order")
    with serving(folder, os.environ, tmp_path / "serve.log"):
        assert "Completed" in run(RUN, folder, dict(os.environ))
    assert warehouse.rows("select * from shop.daily_order order by product") == loaded
    assert warehouse.rows("select name from shop.product order by 1") == [("coffee",), ("tea",)]
