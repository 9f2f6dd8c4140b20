"""`make audit` tells a clean bill from a check that did not happen, in its exit code and in its last line."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.environments import PROJECT

CHECKED: dict[str, Any] = {"name": "moto", "version": "5.2.5", "vulns": []}
VULNERABLE = {**CHECKED, "vulns": [{"id": "CVE-2026-1"}]}
UNKNOWN = {"name": "moto", "skip_reason": "Dependency not found on PyPI"}

# Answers like `uv tool run`: pip-audit prints what the test says, bandit ends as it says.
FAKE_UV = """#!{python}
import os, sys
if sys.argv[3].startswith("bandit"):
    sys.exit(int(os.environ["BANDIT"]))
print(os.environ["PIP_AUDIT"])
"""


def run_audit(
    folder: Path, packages: object, *options: str, bandit: int = 0, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run the command on one file of pins."""
    (folder / "requirements").mkdir()
    (folder / "requirements" / "all.txt").write_text("moto==5.2.5 \\\n    --hash=sha256:0\nflask==3.1\n")
    uv = folder / "uv"
    uv.write_text(FAKE_UV.format(python=sys.executable))
    uv.chmod(0o755)
    answers = {
        "BANDIT": str(bandit),
        "PIP_AUDIT": packages if isinstance(packages, str) else json.dumps(packages),
    }
    kept: Mapping[str, str] = {k: v for k, v in os.environ.items() if k != "GITHUB_ACTIONS"}
    return subprocess.run(
        [sys.executable, PROJECT / ".ci" / "audit", uv, *options],
        cwd=folder,
        env={**kept, **answers, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_all_checked_and_nothing_found(tmp_path: Path) -> None:
    done = run_audit(tmp_path, {"dependencies": [CHECKED, CHECKED]})
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "audit: checked 2 packages and the code, found nothing"


@pytest.mark.parametrize(("packages", "bandit"), [([VULNERABLE, UNKNOWN], 0), ([CHECKED], 1)])
def test_a_finding_is_never_forgiven(packages: list[object], bandit: int, tmp_path: Path) -> None:
    done = run_audit(tmp_path, {"dependencies": packages}, "--unchecked-is-ok", bandit=bandit)
    assert done.returncode == 1
    assert "audit: FAILED, 1 findings" in done.stderr


def test_packages_that_the_service_does_not_know_were_not_checked(tmp_path: Path) -> None:
    done = run_audit(tmp_path, {"dependencies": [CHECKED, UNKNOWN]})
    assert done.returncode == 3
    assert "audit: COULD NOT CHECK 1 of 2 packages (the advisory service does not know them)" in done.stderr


def test_a_service_that_does_not_answer_checked_nothing(tmp_path: Path) -> None:
    done = run_audit(tmp_path, "ConnectionError")
    assert done.returncode == 3
    assert "audit: COULD NOT CHECK 2 of 2 packages (the advisory service did not answer)" in done.stderr


def test_code_that_was_not_inspected_is_said(tmp_path: Path) -> None:
    done = run_audit(tmp_path, {"dependencies": [CHECKED]}, bandit=2)
    assert done.returncode == 3
    assert "bandit did not run" in done.stderr


def test_ci_goes_on_and_shows_it(tmp_path: Path) -> None:
    done = run_audit(tmp_path, {"dependencies": [UNKNOWN]}, "--unchecked-is-ok", GITHUB_ACTIONS="true")
    assert done.returncode == 0
    assert "::warning title=Audit::audit: COULD NOT CHECK 1 of 1 packages" in done.stdout
