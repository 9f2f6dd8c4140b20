"""What S3 holds for a machine, and what it cannot hold."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.uploaded_files import uploaded_files
from prefect_redshift.exceptions import ScriptError
from prefect_redshift.pipeline import Job, Script
from tests.prefect_redshift.state_machine.jobs import NO_DAYS, no_days, one_fact, two_facts


def objects(job: Job, folder: Path, schema: str | None = None) -> Mapping[str, Any]:
    """Return what the machine reads, by the objects' names."""
    files = uploaded_files(job, folder, schema)
    return {name: json.loads(content) for name, content in files.items() if name.endswith("s.json")}


def test_each_transaction_begins_in_the_schema_and_uses_the_run_date(tmp_path: Path) -> None:
    steps = objects(two_facts(tmp_path), tmp_path, "retail")["steps.json"]
    assert list(steps) == ["check_run_date", "create_tables", "load_orders", "load_returns"]
    assert {transaction[0] for transaction in steps.values()} == {"set search_path to retail"}
    assert all(":run_date" in " ".join(transaction) for transaction in steps.values())
    assert len(steps["create_tables"]) == 4


def test_without_a_schema_and_without_days_there_are_the_job_s_own_statements(tmp_path: Path) -> None:
    found = objects(no_days(tmp_path), tmp_path)
    assert list(found["steps.json"]) == ["load_red", "load_blue", "load_total"]
    assert found["steps.json"]["load_blue"][1] == "insert into blue values (2)"
    assert len(found["checks.json"]) == 1
    assert list(objects(one_fact(tmp_path), tmp_path)["steps.json"]) == ["check_run_date", "load_day"]


def test_more_checks_than_one_statement_holds_are_refused(tmp_path: Path) -> None:
    long = "-- check: c{} (fail)\nselect 1 as expected, length('{}') as actual;"
    job = no_days(tmp_path, "\n".join(long.format(number, "x" * 50_000) for number in range(2)))
    with pytest.raises(ScriptError, match="are 2 statements, and a state machine runs them as one"):
        objects(job, tmp_path)


def test_more_than_a_state_can_read_is_refused(tmp_path: Path) -> None:
    job = no_days(tmp_path)
    (tmp_path / "steps.sql").write_text(NO_DAYS + f"select '{'x' * 90_000}';" * 3)
    with pytest.raises(ScriptError, match=r"steps\.sql: its statements have 27\d,\d+ bytes as JSON"):
        objects(job, tmp_path)


def test_a_check_of_the_run_date_in_a_job_without_days_is_refused(tmp_path: Path) -> None:
    job = no_days(tmp_path)
    (tmp_path / "steps.sql").write_text(NO_DAYS + "-- step: check_run_date\nselect cast(:run_date as date);")
    with pytest.raises(ScriptError, match="no step of the job no-days loads one day"):
        objects(job, tmp_path)


def test_two_scripts_of_one_object_are_refused(tmp_path: Path) -> None:
    job = replace(no_days(tmp_path), checks=[Script("more/steps.sql", read_by="read_checks")])
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "steps.sql").write_text("-- check: a (fail)\nselect 1 as expected, 1 as actual;")
    with pytest.raises(ScriptError, match="another script has the same name"):
        objects(job, tmp_path)
