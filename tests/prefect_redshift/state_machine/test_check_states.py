"""What the checks found, in the end of the execution."""

import json
from pathlib import Path

from tests.prefect_redshift.state_machine.conftest import MakeMachine
from tests.prefect_redshift.state_machine.jobs import NO_DAYS_CHECKS, no_days
from tests.statements import Statements


def test_all_numbers_that_fail_are_in_the_cause_and_no_others(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    machine.succeed({})
    # One more red one and two more blue ones: both checks that fail differ, and the one that warns.
    statements.run("insert into blue values (2)")
    done = machine.run({})
    assert (done["status"], done["error"]) == ("FAILED", "ChecksFailed")
    step, _, told = done["cause"].partition(": ")
    assert step == "validate"
    assert json.loads(told) == [
        "check blue_is_there failed: expected 1, found 3",
        "check total_is_whole failed: expected 3, found 8",
    ]


def test_a_check_that_only_warns_fails_nothing_and_is_told(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    assert machine.succeed({})["checks"] == {
        "names": ["blue_is_there", "red_is_rare", "total_is_whole"],
        "statuses": ["passed", "passed", "passed"],
        "warnings": [],
    }
    # With what the next run adds, two red ones and one blue one, of three pieces in all.
    for sql in ("delete from blue", "update red set pieces = 0"):
        statements.run(sql)
    output = machine.succeed({})
    assert output["checks"]["names"][0] == "red_is_rare"
    assert output["checks"]["statuses"] == ["warned", "passed", "passed"]
    assert output["checks"]["warnings"] == [
        "check red_is_rare warned: expected 1, found 2. look at the red ones"
    ]


def test_a_check_that_returns_no_row_fails_by_name(machine_of: MakeMachine, tmp_path: Path) -> None:
    checks = f"{NO_DAYS_CHECKS}\n-- check: nothing (fail)\nselect 1 as expected, 1 as actual where 1 = 2;"
    done = machine_of(no_days(tmp_path, checks)).run({})
    assert done["error"] == "ChecksFailed"
    assert json.loads(done["cause"].partition(": ")[2]) == ["check nothing returned 0 rows, or NULL"]


def test_a_suite_that_fails_as_a_statement_tells_the_engine_s_words(
    machine_of: MakeMachine, tmp_path: Path
) -> None:
    done = machine_of(
        no_days(tmp_path, "-- check: broken (warn)\nselect 1 as expected, 1 / 0 as actual;")
    ).run({})
    assert (done["status"], done["error"]) == ("FAILED", "FAILED")
    assert "division by zero" in done["cause"]
