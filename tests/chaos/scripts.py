"""The project's scripts as trials run them: with loads that last as long as a table says, and edits of all sorts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.project import PROJECT_FOLDER

# How long each load lasts, in a table of the trial's database, so that it can be changed between two tries without an
# edit. It is read under the load's lock: a query before it would take the transaction's snapshot.
PACE_TABLE = "chaos_pace"
_LOCK = re.compile(r"\n    lock table \w+;")
BROKEN = " perform 1 / 0;"
FAILING_CHECK = "-- check: never (fail)\nselect 1 as expected, 2 as actual;\n\n"


def copy_scripts(folder: Path) -> None:
    """Copy the scripts, with loads that last longer, so that more instants are within one."""
    folder.mkdir()
    for script in (PROJECT_FOLDER / "sql").iterdir():
        text = _LOCK.sub(rf"\g<0>\n    perform pg_sleep(seconds) from {PACE_TABLE};", script.read_text())
        (folder / script.name).write_text(text)


@dataclass(frozen=True)
class Edit:
    """A change of one script, by which one step differs.

    Attributes:
        script: The file.
        step: Whose statements it is in.
        old: A text that is in the file once.
        new: What it becomes; `{mark}` is something that occurs nowhere else.
    """

    script: str
    step: str
    old: str
    new: str

    def make(self, folder: Path, mark: str) -> None:
        """Change the file."""
        replace(folder / self.script, self.old, self.new.format(mark=mark))


EDITS: Mapping[str, Edit] = {
    "a procedure": Edit(
        "sp_statements.sql",
        "run_sp_deploy_redshift",
        "\n    lock table store_sales;",
        "\n    -- {mark}\n    lock table store_sales;",
    ),
    "a dimension": Edit(
        "steps.sql", "LoadItemTable", "call sp_load_dim_item();", "/* {mark} */ call sp_load_dim_item();"
    ),
    "the facts": Edit(
        "steps.sql",
        "run_load_fact_sales",
        "call sp_load_fact_sales(cast(:run_date as date));",
        "/* {mark} */ call sp_load_fact_sales(cast(:run_date as date));",
    ),
    "a check": Edit(
        "checks.sql",
        "run_validate_sql_statement",
        "-- check: store_sales_delivered (fail)\n",
        "-- check: store_sales_delivered (fail)\n/* {mark} */\n",
    ),
}


@dataclass(frozen=True)
class Flaw:
    """What makes a run fail by itself until the script is put right."""

    script: str
    right: str
    wrong: str

    def make(self, folder: Path) -> None:
        """Put it into the script."""
        replace(folder / self.script, self.right, self.wrong)

    def mend(self, folder: Path) -> None:
        """Take it out again."""
        replace(folder / self.script, self.wrong, self.right)


FLAWS = (
    Flaw("sp_statements.sql", "lock table store_sales;", f"lock table store_sales;{BROKEN}"),
    Flaw("sp_statements.sql", "lock table item;", f"lock table item;{BROKEN}"),
    Flaw("steps.sql", "call sp_load_dim_customer_address();", "call sp_load_dim_customer_adress();"),
    Flaw(
        "checks.sql",
        "-- check: store_sales_delivered",
        f"{FAILING_CHECK}-- check: store_sales_delivered",
    ),
)


def replace(script: Path, old: str, new: str) -> None:
    """Replace a text that is in the script once."""
    text = script.read_text()
    assert text.count(old) == 1, f"{script.name} holds {old!r} {text.count(old)} times"
    script.write_text(text.replace(old, new))


def edit_some(folder: Path, dice: Random, among: Callable[[str], bool] = lambda _: True) -> dict[str, str]:
    """Make one to three edits, and return the mark of each by the step that differs."""
    names = [name for name in EDITS if among(name)]
    chosen = dice.sample(names, dice.randint(1, min(3, len(names))))
    marks: dict[str, str] = {}
    for name in chosen:
        mark = f"edit {dice.randrange(1 << 30)}"
        EDITS[name].make(folder, mark)
        marks[EDITS[name].step] = mark
    return marks
