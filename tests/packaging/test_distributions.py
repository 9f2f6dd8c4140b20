"""What is published: two packages and nothing else, which import in an environment elsewhere."""

import tarfile
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environments import PROJECT, Environment, pins
from tests.packaging.conftest import Distributions

PACKAGES = {"prefect_redshift", "local_aws"}
SOURCES = PROJECT / "src"


def sources() -> set[str]:
    """Return the files of both packages, such as `local_aws/server.py`."""
    files = (path for package in PACKAGES for path in (SOURCES / package).rglob("*") if path.is_file())
    return {str(path.relative_to(SOURCES)) for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_two_packages_and_the_licence(distributions: Distributions) -> None:
    names = set(zipfile.ZipFile(distributions.wheel).namelist())
    information = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    assert names - information == sources()
    assert {Path(name).name for name in information} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "LICENSE",
        "entry_points.txt",
    }


def test_the_archive_holds_the_two_packages_and_what_building_them_needs(
    distributions: Distributions,
) -> None:
    with tarfile.open(distributions.archive) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    rest = names - {f"src/{name}" for name in sources()}
    assert rest == {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"}


def test_the_version_is_written_once(
    distributions: Distributions, installed: Environment, tmp_path: Path
) -> None:
    version = installed.run(
        "-c", "import prefect_redshift as p; print(p.__version__)", folder=tmp_path
    ).strip()
    assert distributions.wheel.name == f"prefect_redshift-{version}-py3-none-any.whl"
    assert distributions.source.name == f"prefect_redshift-{version}"


def test_both_packages_import_from_where_they_were_installed(installed: Environment, tmp_path: Path) -> None:
    code = "import prefect_redshift, local_aws; print(prefect_redshift.__file__, local_aws.__file__)"
    for file in installed.run("-c", code, folder=tmp_path).split():
        assert Path(file).is_relative_to(installed.packages)


IMPORT_ALL = """
import importlib, pkgutil, prefect_redshift
for module in pkgutil.walk_packages(prefect_redshift.__path__, "prefect_redshift."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        print(module.name, error.name)
"""


def test_only_what_an_extra_is_for_fails_to_import_without_it(installed: Environment, tmp_path: Path) -> None:
    failed = dict(line.split() for line in installed.run("-c", IMPORT_ALL, folder=tmp_path).splitlines())
    assert failed["prefect_redshift.testing.plugin"] == "pytest"
    assert set(failed.values()) <= {"pytest", "psutil", "pyarrow", "pandas"}


def test_a_script_without_prefect_does_not_import_it(installed: Environment, tmp_path: Path) -> None:
    code = "import sys, prefect_redshift.exceptions; print(*sys.modules)"
    imported = set(installed.run("-c", code, folder=tmp_path).split())
    assert not {"prefect", "prefect_aws", "boto3"} & imported


@pytest.mark.parametrize("extra", ["results", "local", "ecs", "dev"])
def test_the_pins_fit_each_extra(extra: str, installed: Environment) -> None:
    [information] = installed.packages.glob("prefect_redshift-*.dist-info")
    distribution = PathDistribution(information)
    assert extra in distribution.metadata.get_all("Provides-Extra", [])
    tested, production = pins("all.txt"), pins("run.txt")
    for text in distribution.requires or []:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if requirement.marker is None:
            assert production[name] in requirement.specifier
        elif requirement.marker.evaluate({"extra": extra}):
            assert tested[name] in requirement.specifier
