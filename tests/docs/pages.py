"""The code of a page, run as a notebook runs its cells."""

import ast
import asyncio
import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
_CODE = re.compile(
    r"^```python(?: title=\"(?P<title>[^\"]+)\")?\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE
)


def cells(page: str) -> list[str]:
    """Return the code of a page in order, without that of files."""
    return [match["code"] for match in _CODE.finditer((PROJECT / page).read_text()) if not match["title"]]


def write_files(page: str, folder: Path) -> None:
    """Write the files whose contents a page shows."""
    for match in _CODE.finditer((PROJECT / page).read_text()):
        if match["title"]:
            (folder / match["title"]).write_text(match["code"])


async def run_cells(codes: Iterable[str], names: dict[str, Any]) -> dict[str, Any]:
    """Run the cells one after the other where an event loop runs, and return the names that there are then."""
    for code in codes:
        cell = compile(code, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if cell.co_flags & inspect.CO_COROUTINE:
            await eval(cell, names)
        else:
            await asyncio.to_thread(exec, cell, names)
    return names
