"""Virtual environments elsewhere that hold the packages of a file of pins and nothing else, without a download."""

import os
import re
import subprocess
import sysconfig
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent


def pins(file: str) -> dict[str, str]:
    """Return the version of each package in a file of requirements/."""
    text = (PROJECT / "requirements" / file).read_text()
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@dataclass(frozen=True)
class Environment:
    """A virtual environment; `packages` is the folder of what was installed into it."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Its own site-packages."""
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))

    @property
    def variables(self) -> dict[str, str]:
        """What a process in it finds in its environment; pip cannot reach an index."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        path = f"{self.folder / 'bin'}{os.pathsep}{kept['PATH']}"
        offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return kept | offline | {"PATH": path, "VIRTUAL_ENV": str(self.folder)}

    def run(
        self,
        *arguments: str | Path,
        folder: Path,
        variables: Mapping[str, str] | None = None,
        exit_code: int = 0,
    ) -> str:
        """Run `python <arguments>` in a folder and return its output; fail the test on another exit code."""
        return self.execute([str(self.python), *map(str, arguments)], folder, variables, exit_code)

    def execute(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str] | None = None,
        exit_code: int = 0,
    ) -> str:
        """Run any command, which finds the environment's programs first."""
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.variables, **(variables or {})},
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == exit_code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def install(self, distribution: Path) -> None:
        """Install a wheel, an archive or a folder without its dependencies."""
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
        self.run("-m", "pip", "install", *options, distribution, folder=self.folder)


def make_environment(folder: Path, *names: str) -> Environment:
    """Make an environment that sees these packages of ours, and pip.

    They are linked from a folder beside it. So pip takes them for installed, but never for its own to remove.
    """
    wanted = {*names, "pip"}
    linked = folder / "linked"
    linked.mkdir(parents=True)
    for distribution in distributions(path=[sysconfig.get_path("purelib")]):
        if canonicalize_name(distribution.name) in wanted:
            _link(distribution, linked)
    venv.create(folder / "venv", symlinks=True)
    environment = Environment(folder / "venv")
    (environment.packages / "linked.pth").write_text(f"{linked}\n")
    return environment


def production_environment(folder: Path) -> Environment:
    """Make an environment with exactly the packages that production gets."""
    return make_environment(folder, *pins("run.txt"))


def development_environment(folder: Path) -> Environment:
    """Make an environment with all packages, but not the project itself."""
    return make_environment(folder, *pins("all.txt"))


def _link(distribution: Distribution, target: Path) -> None:
    for top in {
        file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")
    }:
        link = target / top
        if not link.exists():  # several distributions share a namespace package
            link.symlink_to(Path(sysconfig.get_path("purelib")) / top)
