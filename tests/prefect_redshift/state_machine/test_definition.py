"""The definitions of jobs of several shapes, run by the stand-in's interpreter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.pipeline import Job, Step
from prefect_redshift.state_machine import definition, faults
from tests.prefect_redshift.state_machine.conftest import MakeMachine
from tests.prefect_redshift.state_machine.jobs import no_days, one_fact, two_facts, with_setup
from tests.statements import Statements

DAY = {"run_date": "2026-11-22"}


@pytest.mark.parametrize("make_job", [two_facts, no_days, with_setup, one_fact])
def test_no_job_s_definition_has_faults(make_job: Callable[[Path], Job], tmp_path: Path) -> None:
    assert faults(definition(make_job(tmp_path))) == []


def test_two_facts_load_at_once_in_the_job_s_schema(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(two_facts(tmp_path))
    statements.run("create schema retail")
    for day in ("2026-11-22", "2026-11-23", "2026-11-22"):
        output = machine.succeed({"run_date": day})
        assert list(output) == ["run_date", "create_tables", "load_orders", "load_returns"]
    rows = "select to_char(day, 'YYYY-MM-DD'), pieces from retail.{} order by day"
    assert statements.rows(rows.format("orders")) == [["2026-11-22", 3], ["2026-11-23", 3]]
    assert statements.rows(rows.format("returns")) == [["2026-11-22", 1], ["2026-11-23", 1]]
    parallel = definition(two_facts(tmp_path))["States"]["run_loads"]
    assert [branch["StartAt"] for branch in parallel["Branches"]] == ["load_orders", "load_returns"]


def test_a_text_that_is_no_date_leaves_no_trace(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(two_facts(tmp_path))
    statements.run("create schema retail")
    assert machine.run({"run_date": "tomorrow"})["error"] == "WrongInput"
    done = machine.run({"run_date": "2026-02-30"})
    assert (done["status"], done["error"]) == ("FAILED", "FAILED")
    assert done["cause"].startswith("create_tables: statement ")
    assert statements.rows("select count(*) from svv_tables where table_schema = 'retail'") == [[0]]


def test_a_job_without_days_loads_what_does_not_wait_for_another_at_once(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(no_days(tmp_path))
    execution = machine.start({})
    assert machine.end(execution)["status"] == "SUCCEEDED"
    assert statements.rows("select pieces from total") == [[3]]
    entered = machine.entered(execution)
    assert entered[:4] == ["what_is_asked", "read_steps", "read_checks", "run_loads"]
    # Which branch of a Parallel state comes first is open; what waits for both comes after their ends.
    assert entered[4] in ("load_red", "load_blue")
    parallel = definition(no_days(tmp_path))["States"]["run_loads"]
    assert [branch["StartAt"] for branch in parallel["Branches"]] == ["load_red", "load_blue"]
    for branch in ("load_red", "load_blue"):
        assert entered.index("load_total") > entered.index(f"{branch}_complete")
    assert "scheduled_run_date" not in definition(no_days(tmp_path))["States"]


def test_a_schedule_starts_a_job_without_days_too(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    given = {"scheduled_time": "2026-11-22T05:00:00Z", "timezone": "Europe/Berlin", "setup": "if_missing"}
    machine_of(no_days(tmp_path)).succeed(given)
    assert statements.rows("select pieces from total") == [[3]]


def test_a_setup_without_days_is_left_out_with_setup_never(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(with_setup(tmp_path))
    done = machine.run({"setup": "never"})
    assert done["cause"].startswith("load: statement "), done
    output = machine.succeed({})
    assert output["create"]["Status"] == "FINISHED"
    output = machine.succeed({"setup": "never"})
    assert output["create"] == {"Status": "SKIPPED"}
    assert statements.rows("select count(*) from green") == [[2]]
    assert machine.run({"setup": "always"})["error"] == "WrongInput"


def test_a_job_of_days_without_a_setup_checks_that_the_day_is_one(
    machine_of: MakeMachine, statements: Statements, tmp_path: Path
) -> None:
    machine = machine_of(one_fact(tmp_path))
    assert machine.run({"run_date": "2026-02-30"})["cause"].startswith("check_run_date: statement ")
    assert machine.run({})["error"] == "WrongInput"
    machine.succeed(DAY)
    assert statements.rows("select to_char(day, 'YYYY-MM-DD') from days") == [["2026-11-22"]]


def test_levels_without_end_have_parallels_with_names_of_their_own(tmp_path: Path) -> None:
    loads = [Step("a"), Step("b"), Step("c", each_day=True), Step("d", each_day=True)]
    job = Job(
        name="two-levels",
        folder=tmp_path,
        loads=loads,
        parallel="both",
        state_names={"both_2": "the_facts", "is_c_complete": "is_c_done"},
    )
    states = definition(job)["States"]
    kinds = {name: state["Type"] for name, state in states.items()}
    assert [name for name, kind in kinds.items() if kind == "Parallel"] == ["both", "the_facts"]
    assert states["both"]["Next"] == "the_facts"
    assert "is_c_done" in states["the_facts"]["Branches"][0]["States"]
    assert {"two_levels_success", "two_levels_failure"} <= kinds.keys()


@pytest.mark.parametrize("name", ["list_statements", "wait_on_load", "read_steps"])
def test_states_of_one_name_are_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    job = Job(
        name="clash",
        folder=tmp_path,
        loads=[Step("load"), Step("other", after=["load"])],
        state_names={"other": name},
    )
    with pytest.raises(PipelineError, match=name):
        definition(job)


def test_every_failure_goes_through_the_states_that_cancel(tmp_path: Path) -> None:
    """Read off the definition: of the states that submit, wait and look, none leads to the failure itself."""
    states = definition(no_days(tmp_path))["States"]
    to_failure = {
        name
        for name, state in states.items()
        for way in [state, *state.get("Choices", []), *state.get("Catch", [])]
        if "no_days_failure" in (way.get("Next"), way.get("Default"))
    }
    assert to_failure == {"list_statements", "list_more_statements", "are_statements_cancelled"}
