"""Hooks of mkdocs.yml: the repository's pages outside docs/ become pages of the site, and their links lead there."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

REPOSITORY = Path(__file__).resolve().parent.parent
# Each is found under repository/ at its own path; the README is the site's first page.
OUTSIDE = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "benchmarks/report.md",
    "examples/bike_sharing/README.md",
    "src/local_aws/DIALECT.md",
    "src/local_aws/README.md",
)
# Files that pages link to.
ATTACHED = (
    "sql/grants.sql",
    *(f"benchmarks/{path.name}" for path in (REPOSITORY / "benchmarks").glob("*.svg")),
)
_LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)\s#]+)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages from outside docs/, and the files that pages link to."""
    files.append(File.generated(config, "index.md", content=_moved("README.md")))
    for page in OUTSIDE:
        files.append(File.generated(config, f"repository/{page}", content=_moved(page)))
    for path in ATTACHED:
        files.append(File.generated(config, f"repository/{path}", abs_src_path=str(REPOSITORY / path)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:  # noqa: ARG001
    """Have the links of a page of docs/ that leave it lead to the site's pages."""
    return markdown if page.file.generated_by else relinked(markdown, f"docs/{page.file.src_uri}")


def _moved(page: str) -> str:
    return relinked((REPOSITORY / page).read_text(), page)


def relinked(markdown: str, page: str) -> str:
    """Turn links between places of the repository into links between places of the site."""
    here = PurePosixPath(_on_site(page)).parent

    def link(found: re.Match[str]) -> str:
        target = (REPOSITORY / page).parent.joinpath(found[2]).resolve().relative_to(REPOSITORY).as_posix()
        up = "../" * len(here.parts)
        return f"{found[1]}{up}{_on_site(target)}"

    return _LINK.sub(link, markdown)


def _on_site(path: str) -> str:
    if path == "README.md":
        return "index.md"
    return path.removeprefix("docs/") if path.startswith("docs/") else f"repository/{path}"
