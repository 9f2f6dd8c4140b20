"""The distributions of the work tree, and an environment elsewhere in which the wheel is installed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environments import PROJECT, Environment, development_environment, production_environment


@dataclass(frozen=True)
class Distributions:
    """What is published; `source` is the unpacked archive."""

    wheel: Path
    archive: Path
    source: Path


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Build both from an export of the work tree: what git knows or would add, and nothing else."""
    folder = tmp_path_factory.mktemp("distributions")
    backend = development_environment(folder / "backend")
    sdist = "from hatchling.build import build_sdist; print(build_sdist({!r}))"
    backend.run("-c", sdist.format(str(folder)), folder=export(folder / "export"))
    [archive] = folder.glob("*.tar.gz")
    shutil.unpack_archive(archive, folder / "unpacked", filter="data")
    [source] = (folder / "unpacked").iterdir()
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    backend.run("-m", "pip", "wheel", ".", *options, folder=source)
    [wheel] = folder.glob("*.whl")
    return Distributions(wheel, archive, source)


def export(folder: Path) -> Path:
    """Copy the files that a commit of the work tree would hold."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    for name in listed.strip("\0").split("\0"):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def installed(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel, beside the packages that production gets."""
    environment = production_environment(tmp_path_factory.mktemp("installed"))
    environment.install(distributions.wheel)
    return environment


@pytest.fixture(scope="session")
def installed_with_extras(
    distributions: Distributions, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """The wheel, beside the packages of all extras."""
    environment = development_environment(tmp_path_factory.mktemp("extras"))
    environment.install(distributions.wheel)
    return environment
