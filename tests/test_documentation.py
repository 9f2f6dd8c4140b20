"""What the documents name exists."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
NAMED_TESTS = re.findall(
    r"`(tests/[\w/]+\.py)::(\w+)`", (PROJECT / "docs" / "what-others-get-wrong.md").read_text()
)
README = (PROJECT / "README.md").read_text()


@pytest.mark.parametrize(("path", "name"), NAMED_TESTS)
def test_each_fault_of_others_has_its_test(path: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (PROJECT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", re.findall(r"python -m (benchmarks\.\w+)", README))
def test_each_benchmark_that_the_readme_names_is_there(module: str) -> None:
    assert (PROJECT / f"{module.replace('.', '/')}.py").is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.MULTILINE))))
def test_each_make_target_that_the_readme_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text(), re.MULTILINE)


def test_each_file_of_the_tour_is_there() -> None:
    tour = README.partition("## Tour")[2].partition("## ")[0]
    folder = PROJECT
    for line in tour.splitlines():
        if match := re.match(r"(\w+)/ ", line):
            folder = PROJECT / match[1]
            assert folder.is_dir()
        elif re.match(r"  \w", line):
            for name in re.findall(r"\b\w+\.(?:py|sql|yaml)\b", line.partition("   ")[0]):
                assert (folder / name).is_file(), name
