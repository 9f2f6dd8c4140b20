"""What the documents name exists, and their commands and snippets are such that they could be run."""

import argparse
import ast
import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest
from prefect.cli._app import _app as prefect_commands

from docs.hooks import OUTSIDE, relinked
from flows.sales import SALES
from prefect_redshift.cli.options import backfill_options, daily_options
from prefect_redshift.cli.store_blocks import blocks_options
from prefect_redshift.local import __main__ as up
from prefect_redshift.verify import options as verify

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = {
    path.name: path.read_text() for path in (PROJECT / "README.md", *(PROJECT / "docs").glob("*.md"))
}
README = DOCUMENTS["README.md"]
NAMED_TESTS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENTS["what-others-get-wrong.md"])
PARSERS: dict[str, argparse.ArgumentParser] = {
    "flows.sales_data_pipeline": daily_options(SALES, "python -m flows.sales_data_pipeline"),
    "flows.sales_backfill": backfill_options(SALES, "python -m flows.sales_backfill"),
    "prefect_redshift.local": up.parser(),
    "prefect_redshift.verify": verify.parser(),
    "blocks": blocks_options("sales-warehouse", "sales-state-machine"),
}
AN_ID = "00000000-0000-0000-0000-000000000000"


def snippets(language: str) -> list[tuple[str, str]]:
    """Return the code of that language, each with the page it is from."""
    return [
        (name, code)
        for name, text in DOCUMENTS.items()
        for code in re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    ]


def commands(program: str) -> list[str]:
    """Return the arguments of each time that a program is called, in blocks of code and between backquotes."""
    lines = [line for _, code in snippets("bash") for line in code.splitlines()]
    lines += [part for text in DOCUMENTS.values() for part in re.findall(r"`([^`\n]+)`", text)]
    called = {line.removeprefix(program) for line in lines if line.startswith(program)}
    return sorted(arguments for arguments in called if "..." not in arguments)


@pytest.mark.parametrize(("path", "name"), NAMED_TESTS)
def test_each_fault_of_others_has_its_test(path: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (PROJECT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.MULTILINE))))
def test_each_make_target_that_the_readme_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("arguments", commands("python -m "))
def test_each_module_that_is_run_is_there_and_knows_its_options(arguments: str) -> None:
    module, *options = shlex.split(arguments, comments=True)
    assert find_spec(module), module
    if module in PARSERS:
        PARSERS[module].parse_args(options)


@pytest.mark.parametrize("arguments", commands("prefect "))
def test_each_command_of_prefects_is_there_and_knows_its_options(arguments: str) -> None:
    words = shlex.split(re.sub(r"\b[A-Z_]+_ID\b", AN_ID, arguments), comments=True)
    words = [word for word in words if word != "--no-prompt"]  # of the program, before its commands
    prefect_commands.parse_args(words, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("page", DOCUMENTS)
def test_each_link_leads_somewhere(page: str) -> None:
    folder = PROJECT if page == "README.md" else PROJECT / "docs"
    for link in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", DOCUMENTS[page]):
        assert (folder / link).exists(), link


def test_each_page_is_linked_from_the_readme() -> None:
    assert {f"docs/{page}" for page in DOCUMENTS if page != "README.md"} <= set(
        re.findall(r"\]\((docs/[^)#]+)\)", README)
    )


def test_each_page_is_in_the_navigation_of_the_site() -> None:
    text = (PROJECT / "mkdocs.yml").read_text()
    shown = set(re.findall(r"^ +- [^:\n]+: (\S+\.md)$", text.partition("\nnav:\n")[2], re.MULTILINE))
    docs = PROJECT / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} | {"index.md"}
    assert pages | {f"repository/{page}" for page in OUTSIDE} == shown


def test_links_between_places_of_the_repository_lead_to_pages_of_the_site() -> None:
    text = "[a](../benchmarks/report.md), [b](cost.md#a-day), [c](https://example.org/), [d](../README.md)"
    moved = (
        "[a](repository/benchmarks/report.md), [b](cost.md#a-day), [c](https://example.org/), [d](index.md)"
    )
    assert relinked(text, "docs/figures.md") == moved
    assert relinked("[a](../../docs/cost.md)", "src/local_aws/README.md") == "[a](../../../cost.md)"


@pytest.mark.parametrize(("page", "code"), snippets("python"))
def test_each_snippet_of_python_is_python(page: str, code: str) -> None:
    compile(code, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)


@pytest.mark.parametrize(("page", "code"), snippets("json"))
def test_each_snippet_of_json_is_json(page: str, code: str) -> None:
    json.loads(code)


def test_each_folder_of_the_tour_is_there() -> None:
    tour = README.rpartition("```text\n")[2].partition("```")[0]
    folders = [folder for line in tour.splitlines() for folder in re.findall(r"(\S+)/(?=\s|$)", line)]
    assert {"flows", "blocks", "sql", "src/prefect_redshift", "tests"} <= set(folders)
    assert [folder for folder in folders if not (PROJECT / folder).is_dir()] == []


def test_each_package_of_the_library_is_in_the_tour() -> None:
    packages = {init.parent.name for init in (PROJECT / "src/prefect_redshift").glob("*/__init__.py")}
    (row,) = re.findall(r"src/prefect_redshift/ +the library: (.*)", README)
    assert set(re.split(r"[,;] ", row)) == packages
