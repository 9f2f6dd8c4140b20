"""What a day costs beside the days before it: the engine's seconds of a daily run, beside millions of facts and none.

    python -m benchmarks day
    python -m benchmarks day-40-million     (only when it is named: it takes many minutes and gigabytes)

Two databases with the same sample data, of which one also holds the facts and the source rows of ten earlier years.
Both load the same days, of 16 sales each, in turns. What counts is the run time of all statements of a run, as
DescribeStatement tells it.
"""

import asyncio
import logging
import os
import statistics
from collections.abc import Sequence
from datetime import date, timedelta

import boto3

from benchmarks.place import temporary_folder
from benchmarks.report import Bar, Section, Table
from benchmarks.stand_in import finish as run_to_end
from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services
from prefect_redshift.reports.run_report import RunReport

FACTS, MANY_FACTS = 4_000_000, 40_000_000
LIMIT, MANY_LIMIT = 3, 4
FIRST_RUN_DATE = date(2026, 11, 1)
RUNS = 5
# Ten years before the days that are loaded, and before those that the checks look back on.
DAYS_OF_HISTORY = 3650
HISTORY = """
insert into {table}
with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < {facts} - 1),
     history as (select n, dateadd(day, n / {facts_a_day}, '2016-01-01'::date)::date as d from numbers)
select {columns} from history
"""
SOURCE = "d, 1 + mod(n, 3), 1000000 + n, 'ITEM0001', 'CUST0001', 1, 5.99"
SALES = "to_char(d, 'YYYYMMDD')::integer, 1, 1, 2, 1 + mod(n, 3), 1000000 + n, 1, 5.99, 5.99"


def measure(repeats: int) -> Section:
    """Load five days beside each."""
    return compared("day", FACTS, LIMIT, max(RUNS, repeats))


def measure_many(repeats: int) -> Section:
    """Do the same beside ten times as many facts."""
    return compared("day-40-million", MANY_FACTS, MANY_LIMIT, max(RUNS, repeats))


def compared(key: str, facts: int, limit: float, runs: int) -> Section:
    """Load the days in turns, beside so many facts of earlier days and beside none."""
    prepare_process()
    logging.getLogger("prefect").setLevel(logging.ERROR)
    with temporary_folder() as state, local_services(state, stand_in=True):
        databases = [with_history(0), with_history(facts)]
        reports = asyncio.run(timed_runs(databases, runs))
    alone, beside = ([seconds(report) for report in reports[database]] for database in databases)
    steps = list(alone[0])
    medians = [[statistics.median(run[step] for run in runs) for runs in (alone, beside)] for step in steps]
    sums = [statistics.median(sum(run.values()) for run in runs) for runs in (alone, beside)]
    rows = [
        *([step, *found, found[1] / found[0]] for step, found in zip(steps, medians, strict=True)),
        ["all", *sums, sums[1] / sums[0]],
    ]
    return Section(
        key=key,
        title=f"A day beside {facts // 1_000_000} million facts",
        text=f"Seconds of each step's statement, of a day of 16 sales: medians of {runs} runs.",
        tables=[Table(["step", "beside none, s", f"beside {facts:,}, s", "ratio"], rows)],
        bars=[Bar(f"a day beside {facts:,} facts over one beside none", sums[1] / sums[0], limit, "x")],
        data={"rows": rows},
    )


def with_history(facts: int) -> str:
    """Make a database with the job's tables, so many facts of earlier days and their source rows; return its name."""
    name = f"beside_{facts}"
    dev = boto3.client("redshift-data")
    run_to_end(dev, f"create database {name}")
    run(name, FIRST_RUN_DATE - timedelta(1))
    if facts:
        for table, columns in {"src_store_sales": SOURCE, "store_sales": SALES}.items():
            sql = HISTORY.format(
                table=table, columns=columns, facts=facts, facts_a_day=facts // DAYS_OF_HISTORY + 1
            )
            run_to_end(dev, sql, Database=name)
    return name


async def timed_runs(databases: Sequence[str], runs: int) -> dict[str, list[RunReport]]:
    """Run the pipeline for the same days in each database, alternately; the first run of each is not counted."""
    reports: dict[str, list[RunReport]] = {name: [] for name in databases}
    for number in range(runs + 1):
        for name in databases if number % 2 else databases[::-1]:
            os.environ["REDSHIFT_DATABASE"] = name
            reports[name].append(await sales_data_pipeline(run_date=FIRST_RUN_DATE + timedelta(number)))
    return {name: found[1:] for name, found in reports.items()}


def run(database: str, day: date) -> None:
    """Run the pipeline once in a database."""
    os.environ["REDSHIFT_DATABASE"] = database
    asyncio.run(sales_data_pipeline(run_date=day))


def seconds(report: RunReport) -> dict[str, float]:
    """Return how long each step's statement ran."""
    return {step.name: step.statement.seconds for step in report.steps}
