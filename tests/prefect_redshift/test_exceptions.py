"""The exception tree is what its drawing says, and importing it costs nothing."""

import re
import subprocess
import sys

from prefect_redshift import exceptions


def drawn_tree() -> dict[str, str]:
    """Read the drawing: each class, and the class that it stands below."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in str(exceptions.__doc__).splitlines():
        if match := re.match(r"([│├└─ ]*)(\w+Error)\b", line):
            depth = len(match[1]) // 4 - 1  # all of it is indented
            path = [*path[:depth], match[2]]
            parents[match[2]] = path[-2] if depth else "Exception"
    return parents


def test_the_drawing_is_the_tree() -> None:
    classes = [value for value in vars(exceptions).values() if isinstance(value, type)]
    assert {kind.__name__: kind.__mro__[1].__name__ for kind in classes} == drawn_tree()


def test_it_imports_nothing_of_the_package() -> None:
    program = (
        "import sys, importlib.util as u;"
        f"spec = u.spec_from_file_location('alone', {exceptions.__file__!r});"
        "module = u.module_from_spec(spec); spec.loader.exec_module(module);"
        "print([name for name in sys.modules if name.startswith(('prefect', 'boto'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
