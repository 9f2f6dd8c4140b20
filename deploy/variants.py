"""Generates the variants of prefect.yaml: the same deployments, but for where a run gets the project and where it runs.

Works on text, section by section, so that comments, anchors and aliases stay as they are written.
"""

import re
from pathlib import Path
from textwrap import indent

FOLDER = Path(__file__).resolve().parent
PREFECT_FILE = FOLDER.parent / "prefect.yaml"
VARIANTS = tuple(FOLDER / part.name for part in sorted((FOLDER / "parts").glob("*.yaml")))

_KEY = re.compile(r"([a-z-]+):")
_POOL = re.compile(r"^  pool: &pool\n(?:    .+\n)+", re.MULTILINE)
_GENERATED = """\
#
# Generated from prefect.yaml and deploy/parts/{name} by `python -m deploy`: edit those.
"""


def generate(name: str) -> str:
    """Return the content of one variant.

    Args:
        name: The file name of its part, such as `ecs.yaml`. A part has a heading of comments, a section `pool`, and
            sections that take the place of those of prefect.yaml or are added to them.

    Raises:
        ValueError: prefect.yaml has no definition `pool`, or more than one.
    """
    common = sections(PREFECT_FILE.read_text())
    part = sections((FOLDER / "parts" / name).read_text())
    heading, pool = part.pop(""), part.pop("pool")
    definitions, count = _POOL.subn(lambda _: _as_definition(pool), common["definitions"])
    if count != 1:
        raise ValueError(f"{PREFECT_FILE.name} must have one definition `  pool: &pool`, not {count}.")
    named = common["name"] + common["prefect-version"]
    body = [named, *part.values(), definitions, common["deployments"]]
    return (
        heading.rstrip()
        + "\n"
        + _GENERATED.format(name=name)
        + "\n".join(text.strip() + "\n" for text in body)
    )


def sections(text: str) -> dict[str, str]:
    """Return the top-level sections of a YAML file, each with the comment above it; the heading has the key ""."""
    found = {"": ""}
    key, comment = "", ""
    for line in text.splitlines(keepends=True):
        if line.startswith("#"):
            comment += line
            continue
        if match := _KEY.match(line):
            # The first comment is the file's heading, also where no blank line follows it.
            found[""], comment = (comment, "") if not found[""] and not key else (found[""], comment)
            key = match[1]
            found[key] = ""
        found[key] += comment + line
        comment = ""
    return found


def _as_definition(pool: str) -> str:
    _, _, fields = pool.partition("\n")
    return "  pool: &pool\n" + indent(fields.strip("\n"), "  ") + "\n"
