"""A job among the probes: its steps, its form for ranges of days, its checks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws import Admin

Verify = Callable[..., int]
ONE = "tokens.too-long"
A_JOB = """
from pathlib import Path
from prefect_redshift.pipeline import Job, Step
JOB = Job(name="small", folder=Path(__file__).parent, scripts=".", loads=[{loads}])
"""


def test_a_jobs_steps_and_checks_are_among_the_probes(verify: Verify, tmp_path: Path) -> None:
    assert verify("--probes", ONE, "--job", "flows/sales.py", "--run-date", "2026-11-22") == 0
    found = json.loads((tmp_path / "verified.json").read_text())["probes"]
    job = "job.sales-data-pipeline"
    assert found[f"{job}.run_load_fact_sales"]["answer"] == {"status": "FINISHED", "error": ""}
    assert found[f"{job}.check.store_sales_rows"]["answer"] == "passed"
    # The day of the sample data: both forms have loaded something, and the same.
    alike = {"only by day": 0, "only by range": 0}
    assert found[f"{job}.range"]["answer"]["tables"] == {"store_sales": alike, "store_sales_rejected": alike}
    assert found[f"{job}.range"]["measured"]["rows by the daily form"] == {
        "store_sales": 14,
        "store_sales_rejected": 2,
    }
    assert {told["verdict"] for told in found.values()} == {"holds"}
    assert len(found) > 10


RANGES = """
from pathlib import Path
from prefect_redshift.pipeline import Job, Step
LOAD = Step("load", makes=["facts"], each_day=True, range_step="load_range")
JOB = Job(name="ranges", folder=Path(__file__).parent, scripts=".", setup=Step("make", makes=["facts"]), loads=[LOAD])
"""
STEPS = """
-- step: make
create table facts (day date, n int, loaded_at timestamp default sysdate, id bigint identity(1, 1));
insert into facts (day, n) values ('2026-01-01', 1);
-- step: load
delete from facts where day = :run_date;
insert into facts (day, n) select cast(:run_date as date), 1 union all select cast(:run_date as date), 1;
-- step: load_range
delete from facts where day between :first_day and :last_day;
insert into facts (n, day) {};
"""


@pytest.mark.parametrize(
    ("range_form", "verdict", "differences"),
    [
        # Other ids and times, and another order of the columns, are no difference.
        ("select 1, cast(:last_day as date) union all select 1, :first_day", "holds", (0, 0)),
        # As if it did nothing; one copy instead of two; other rows.
        ("select 1, cast(:first_day as date) where :last_day < '2000-01-01'", "differs", (1, 0)),
        ("select 1, cast(:first_day as date)", "differs", (1, 1)),
        ("select 1, cast(:first_day as date) union all select 2, :first_day", "differs", (1, 2)),
    ],
)
def test_the_form_for_ranges_has_to_load_what_the_daily_form_loads(
    range_form: str, verdict: str, differences: tuple[int, int], verify: Verify, tmp_path: Path
) -> None:
    job = tmp_path / "job.py"
    job.write_text(RANGES)
    (tmp_path / "steps.sql").write_text(STEPS.format(range_form))
    verify("--probes", ONE, "--job", str(job), "--run-date", "2026-11-22")
    found = json.loads((tmp_path / "verified.json").read_text())["probes"]["job.ranges.range"]
    by_day, by_range = differences
    assert found["verdict"] == verdict, found
    assert found["answer"] == {
        "status": "FINISHED",
        "error": "",
        "tables": {"facts": {"only by day": by_day, "only by range": by_range}},
    }
    assert found["measured"] == {"rows by the daily form": {"facts": 2}}


def test_after_a_step_that_fails_the_others_are_not_asked(verify: Verify, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(A_JOB.format(loads='Step("one", makes=["t"]), Step("two", makes=["u"], after=["one"])'))
    (tmp_path / "steps.sql").write_text(
        "-- step: one\ncreate table t as select a from nowhere;\n-- step: two\ncreate table u as select 1 as a;\n"
    )
    assert verify("--probes", ONE, "--job", str(job)) == 1
    found = json.loads((tmp_path / "verified.json").read_text())["probes"]
    assert found["job.small.one"]["answer"]["status"] == "FAILED"
    assert found["job.small.two"] == {
        "assumes": "The step two finishes.",
        "source": "the job small",
        "verdict": "not asked",
        "reason": "one did not finish",
    }


def test_a_job_with_tables_of_other_schemas_is_refused(
    verify: Verify, tmp_path: Path, admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    job = tmp_path / "job.py"
    job.write_text(A_JOB.format(loads='Step("one", makes=["theirs.t"])'))
    assert verify("--job", str(job)) == 2
    assert "theirs.t" in capsys.readouterr().err
    assert admin.calls() == []
