"""Virtual environments for what is measured beside this project, so that none of it enters the project's own."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

_PINS = Path(__file__).parent


def python_of(peer: str) -> str:
    """Return the interpreter of the peer's environment, made once from `<peer>.txt` in the user's cache folder."""
    pins = _PINS / f"{peer}.txt"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    fingerprint = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    home = cache / "redshift-data-api-benchmarks" / f"{peer}-{fingerprint}"
    python, ready = home / "bin" / "python", home / "ready"
    if not ready.exists():
        print(f"installing {peer} in {home} ...", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        _install(python, pins)
        ready.touch()
    return str(python)


def _install(python: Path, pins: Path) -> None:
    """By uv, which takes seconds; by pip where uv does not reach the package index."""
    by_uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python), "-r", str(pins)]
    if subprocess.run(by_uv, check=False).returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", str(pins)], check=True)


def versions_of(peer: str) -> dict[str, str]:
    """Return the pinned versions by package."""
    lines = (_PINS / f"{peer}.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if "==" in line]
    return {name.partition("[")[0]: version for name, version in pairs}
