"""What a declaration says, and what is refused of one that contradicts itself."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.sales import SALES
from prefect_redshift.exceptions import PipelineError, ScriptError
from prefect_redshift.pipeline import Job, Script, Step
from prefect_redshift.pipeline.job_scripts import JobScripts
from prefect_redshift.pipeline.ranges import DayRange, RangeStatement

FOLDER = Path("/somewhere")
DAY, NEXT_DAY = date(2026, 11, 22), date(2026, 11, 23)
LOAD, FACT = Step("load", makes=["things"]), Step("fact", makes=["facts"], each_day=True)
RANGED = replace(FACT, range_step="fact_range")


def job(*loads: Step, **more: Any) -> Job:
    return Job(name="things", folder=FOLDER, loads=loads, **more)


def test_what_follows_from_a_declaration() -> None:
    other = Step("other", makes=["more"], each_day=True, after=["fact"])
    found = job(other, FACT, LOAD, setup=Step("create", makes=["things", "facts"]))
    assert found.title == "Things"
    assert [step.name for step in found.ordered] == ["load", "fact", "other"]
    assert [step.name for step in found.dimensions] == ["load"]
    assert [step.name for step in found.facts] == ["fact", "other"]
    assert found.step_names == ["read_steps", "create", "other", "fact", "load"]
    assert found.loads_before(FACT) == ("load",)
    assert found.loads_before(other) == ("fact",)
    assert found.drop_tables() == [
        "drop table if exists more",
        "drop table if exists facts",
        "drop table if exists things",
    ]
    assert found.counted_tables == ["things"]


def test_the_articles_step_names() -> None:
    assert SALES.step_names == [
        "read_sp_statement",
        "read_steps",
        "read_validate_sql_statement",
        "read_checks",
        "run_sp_deploy_redshift",
        "setup_sales_data_pipeline",
        "LoadItemTable",
        "LoadCustomerAddressTable",
        "run_load_fact_sales",
        "run_validate_sql_statement",
    ]


@pytest.mark.parametrize(
    ("loads", "more", "message"),
    [
        ([], {}, "has no step that loads"),
        ([LOAD, LOAD], {}, "Two steps of the job things are called load"),
        ([LOAD], {"setup": Step("load")}, "Two steps of the job things are called load"),
        ([Step("two words")], {}, "'two words' takes up to 60 letters"),
        ([Step("a", after=["nowhere"])], {}, "a comes after nowhere, which is not a step that loads"),
        ([Step("a", after=["b"]), Step("b", after=["a"])], {}, "in a circle: "),
        ([FACT, Step("a", after=["fact"])], {}, "a comes after fact, which loads one day"),
        ([Step("a", makes=["drop table x"])], {}, "is not a plain identifier"),
        ([Step("a", makes=["a.b.c"])], {}, "has 3 parts"),
        ([Step("a", range_step="b")], {}, "a has the form b for a range of days and loads no day"),
        (
            [FACT, Step("a", each_day=True, range_step="fact")],
            {},
            "Two steps of the job things are called fact",
        ),
        ([LOAD], {"schema": "a; drop"}, "The schema 'a; drop' is not a plain identifier"),
    ],
)
def test_a_declaration_that_contradicts_itself_gets_one_sentence(
    loads: list[Step], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        job(*loads, **more)


def test_a_job_s_name() -> None:
    with pytest.raises(PipelineError, match="lower case letters"):
        Job(name="My Job", folder=FOLDER, loads=[LOAD])


def kept(declared: Job, text: str, schema: str | None = None) -> JobScripts:
    scripts = JobScripts(declared, schema)
    scripts.keep(declared.steps, text, "steps.sql")
    return scripts


STEPS = "-- step: load\nselect 1;\n-- step: fact\nselect :run_date;\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- step: load\nselect 1;", "has no line `-- step: fact`, which the job things runs"),
        (STEPS.replace(":run_date", "2"), "step fact: it loads one day, and its SQL does not use :run_date"),
        (STEPS.replace(":run_date", "':run_date'"), "its SQL does not use :run_date"),
        (
            STEPS.replace("select 1", "select :run_date"),
            "step load: nobody gives it a value for :run_date; a step",
        ),
        (STEPS.replace("select 1", "select :what"), "step load: nobody gives it a value for :what"),
    ],
)
def test_scripts_that_are_not_what_the_declaration_says(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=rf"^steps\.sql.*{message}"):
        kept(job(LOAD, FACT), text)


def test_each_transaction_begins_in_the_schema() -> None:
    scripts = kept(job(LOAD, FACT), STEPS, "sales")
    set_path = "set search_path to sales"
    assert scripts.load(LOAD, DAY) == ([set_path, "select 1"], {})
    assert scripts.load(FACT, DAY) == ([set_path, "select :run_date"], {"run_date": "2026-11-22"})
    assert scripts.setup("never", [DAY]) == ([], {})


def test_a_day_s_statements_are_repeated_with_names_of_their_own() -> None:
    text = STEPS.replace("select :run_date", "select :run_date, ':run_date', x::run_date /* :run_date */")
    days = [DayRange(DAY, DAY), DayRange(NEXT_DAY, NEXT_DAY)]
    statements, parameters = kept(job(LOAD, FACT), text).load_of_ranges(days)
    assert statements == [
        RangeStatement("select :run_date_01, ':run_date', x::run_date /* :run_date */", days[0]),
        RangeStatement("select :run_date_02, ':run_date', x::run_date /* :run_date */", days[1]),
    ]
    assert parameters == {"run_date_01": "2026-11-22", "run_date_02": "2026-11-23"}


def test_a_range_is_one_statement_of_a_step_that_has_the_form_and_one_a_day_of_another() -> None:
    other = Step("other", each_day=True)
    text = (
        STEPS + "-- step: fact_range\nselect :first_day, :last_day;\n-- step: other\nselect :run_date + 1;\n"
    )
    both = DayRange(DAY, NEXT_DAY)
    statements, parameters = kept(job(LOAD, RANGED), text).load_of_ranges([both])
    assert statements == [RangeStatement("select :first_day, :last_day", both)]
    assert parameters == {"first_day": "2026-11-22", "last_day": "2026-11-23"}

    statements, parameters = kept(job(LOAD, RANGED, other), text).load_of_ranges([both])
    assert statements == [
        RangeStatement("select :first_day_01, :last_day_01", both),
        RangeStatement("select :run_date_02 + 1", DayRange(DAY, DAY)),
        RangeStatement("select :run_date_03 + 1", DayRange(NEXT_DAY, NEXT_DAY)),
    ]
    assert list(parameters.items()) == [
        ("first_day_01", "2026-11-22"),
        ("last_day_01", "2026-11-23"),
        ("run_date_02", "2026-11-22"),
        ("run_date_03", "2026-11-23"),
    ]


def test_the_days_are_looked_for_after_the_loads_by_the_last_statement() -> None:
    text = STEPS + "-- step: find_days\nselect :first_day as day, :last_day as delivered, '' as problem;\n"
    both = DayRange(DAY, NEXT_DAY)
    statements, parameters = kept(job(LOAD, FACT), text).load_of_ranges([DayRange(DAY, DAY)], both)
    assert statements == [
        RangeStatement("select :run_date_01", DayRange(DAY, DAY)),
        RangeStatement("select :first_day_02 as day, :last_day_02 as delivered, '' as problem", both),
    ]
    assert parameters == {
        "run_date_01": "2026-11-22",
        "first_day_02": "2026-11-22",
        "last_day_02": "2026-11-23",
    }


def test_how_many_days_fit_into_a_batch() -> None:
    text = (
        STEPS + "-- step: fact_range\nselect :first_day, :last_day;\n-- step: other\nselect :run_date + 1;\n"
    )
    other = Step("other", each_day=True)
    assert kept(job(LOAD, FACT), text).most_days(92, 40) == 1
    assert kept(job(LOAD, RANGED), text).most_days(92, 40) == 92
    assert kept(job(LOAD, RANGED, other), text).most_days(92, 40) == 39
    assert kept(job(LOAD, RANGED, other), text).most_days(7, 40) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STEPS, "has no line `-- step: fact_range`, which the job things runs"),
        (
            STEPS + "-- step: fact_range\nselect :first_day;",
            "step fact_range: it loads a range of days, and its SQL does not use :last_day",
        ),
        (
            STEPS + "-- step: fact_range\nselect :first_day, :last_day, :run_date;",
            "step fact_range: nobody gives it a value for :run_date\\.$",
        ),
    ],
)
def test_a_form_for_ranges_is_checked_as_well(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=rf"^steps\.sql.*{message}"):
        kept(job(LOAD, RANGED), text)


def test_a_backfill_needs_its_query() -> None:
    with pytest.raises(ScriptError, match=r"steps\.sql needs one query under a line `-- step: find_days`"):
        kept(job(LOAD, FACT), STEPS).find_days()
    with pytest.raises(
        ScriptError, match="has to return the columns day, delivered and problem, and has no problem"
    ):
        kept(job(LOAD, FACT), STEPS + "-- step: find_days\nselect 1 as day, 2 as delivered").find_days()


def test_a_third_dimension_is_one_line() -> None:
    third = Step("LoadStoreTable", makes=["store"], reads=["src_store"])
    found = replace(SALES, loads=[*SALES.loads, third])
    assert "LoadStoreTable" in found.loads_before(found.facts[0])
    assert found.drop_tables()[0] == "drop table if exists store"
    assert "store" in found.counted_tables
    assert Script("a.sql").read_by == "read_a"
