"""What the load of a day's facts reads beside ten million facts of earlier days: the plan of each of its statements.

    python -m benchmarks.explained [FACTS]

It takes two to three minutes. The statements are those of sp_load_fact_sales_range, from its script; for its variables
stand the values of one day.
"""

import logging
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3

from benchmarks.day import FIRST_RUN_DATE, with_history
from benchmarks.place import temporary_folder
from benchmarks.stand_in import WHERE
from prefect_redshift.cli.flow_process import prepare_process
from prefect_redshift.local.services import local_services

FACTS = 10_000_000
PROCEDURES = Path(__file__).parent.parent / "sql" / "sp_statements.sql"
EXPLAINED = ("insert into", "delete from")


def main(facts: int) -> None:
    """Print the plans."""
    prepare_process()
    logging.getLogger("prefect").setLevel(logging.ERROR)
    with temporary_folder() as state, local_services(state, stand_in=True):
        database = with_history(facts)
        # The day before is loaded: it has rows to delete.
        statements = statements_of_load(FIRST_RUN_DATE - timedelta(1))
        sqls = [f"explain {sql}" if sql.startswith(EXPLAINED) else sql for sql in statements]
        dev = boto3.client("redshift-data")
        batch = dev.batch_execute_statement(**WHERE | {"Database": database}, Sqls=sqls, WaitTimeSeconds=30)
        ended = dev.describe_statement(Id=batch["Id"], WaitTimeSeconds=30)
        for sql, part in zip(statements, ended["SubStatements"], strict=True):
            if sql.startswith(EXPLAINED):
                print(f"\n{sql.splitlines()[0]}")
                print(*plan_of(dev, part), sep="\n")


def statements_of_load(day: date) -> list[str]:
    """Return the statements of the load that create its staging table, and those that insert and delete."""
    body = PROCEDURES.read_text().partition("sp_load_fact_sales_range(p_from")[2].partition("end;\n$$")[0]
    key = day.strftime("%Y%m%d")
    values = {"p_from": f"'{day}'::date", "p_to": f"'{day}'::date", "first_sk": key, "last_sk": key}
    for name, value in values.items():
        body = re.sub(rf"\b{name}\b", value, body)
    parts = [part.strip() for part in re.sub(r"--[^\n]*", "", body).split(";")]
    return [part for part in parts if part.startswith(("create temp table", *EXPLAINED))]


def plan_of(client: Any, part: dict[str, Any]) -> list[str]:
    """Return the lines of a plan, without the planner's guesses at costs."""
    records = client.get_statement_result(Id=part["Id"])["Records"]
    return [re.sub(r"\s*\(cost=[^)]*\)", "", row[0]["stringValue"]) for row in records]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FACTS)
