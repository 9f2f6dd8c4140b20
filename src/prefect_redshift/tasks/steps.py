"""Prefect tasks that wrap the Data API: submit, poll asynchronously to the end, read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from prefect import State, Task, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import (
    EndpointUnreachableError,
    SerializationConflictError,
    TransientCallError,
)
from prefect_redshift.pipeline.checks import Validations, row_counts, validate
from prefect_redshift.pipeline.scripts import Scripts, Steps, count_rows_of, for_each_day, statements_of_step
from prefect_redshift.pipeline.validation import Counted, Validated
from prefect_redshift.runner.assets import loading, note

Setup = Literal["if_missing", "always", "never"]


def step(name: str, kind: "Task[..., Any]") -> "Task[..., Any]":
    """The task `kind` as the pipeline's step `name`: so it is called in the run's graph, logs and statement names."""
    return kind.with_options(name=name, task_run_name=name)


def statement_prefix(flow_name: str, flow_run_id: str) -> str:
    """What the names of all statements of a flow run begin with."""
    return f"{flow_name}/{flow_run_id}/"


def statement_name() -> str:
    """What the current step's statement is called, the same for each try at the step in this flow run."""
    prefix = statement_prefix(str(runtime.flow_run.flow_name), str(runtime.flow_run.id))
    return f"{prefix}{runtime.task_run.name}"


def may_succeed_again(task: "Task[..., Any]", task_run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001
    """Prefect's retry condition: what passes by itself is tried again, an error in the SQL never is."""
    passing = isinstance(state.data, SerializationConflictError | TransientCallError)
    # An endpoint at which nothing listens has been tried long enough: it is more likely named wrongly.
    return passing and not isinstance(state.data, EndpointUnreachableError)


# The steps that load the dimensions, all at once: the table that each makes, and from what. One more is a line here,
# and its procedure and its step in sql/.
DIMENSIONS = {
    "LoadItemTable": ("item", "src_item"),
    "LoadCustomerAddressTable": ("customer_address", "src_customer_address"),
}

read_task = task(cache_policy=NO_CACHE)
# Never cached: what such a task leaves behind is in the warehouse.
redshift_task = task(
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=[1, 5],
    retry_jitter_factor=1,
    retry_condition_fn=may_succeed_again,
)


@read_task
async def read_script(source: Scripts, filename: str) -> list[str]:
    """Reads the statements of a script, from a folder or from S3."""
    return await source.statements(filename)


@read_task
async def read_steps(source: Scripts, filename: str) -> Steps:
    """Reads a script that holds the statements of several steps."""
    return await source.steps(filename)


@read_task
async def read_validations(source: Scripts) -> Validations:
    """Reads all validations: validate_sql_statement.sql and checks.sql."""
    return await source.validations()


@redshift_task
async def run_statements(
    warehouse: RedshiftDataApi, sql: str | Sequence[str], parameters: Mapping[str, str] | None = None
) -> Statement:
    """Runs one statement, or several as one transaction, to the end.

    Whichever process tries the step again in this flow run finds by its name what ran before.

    Raises:
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    return await warehouse.run(sql, parameters, name=statement_name())


@redshift_task
async def run_step(warehouse: RedshiftDataApi, steps: Steps, run_date: date | None = None) -> Statement:
    """Runs the statements that the script of steps has under this step's name.

    Raises:
        ScriptError: There are none.
        StatementError: They ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    sql = statements_of_step(steps, str(runtime.task_run.name))
    parameters = {"run_date": run_date.isoformat()} if run_date else None
    statement = await warehouse.run(sql[0] if len(sql) == 1 else sql, parameters, name=statement_name())
    note(statement)
    return statement


def load_step(
    name: str, warehouse: RedshiftDataApi, makes: Sequence[str], sources: Sequence[str]
) -> "Task[..., Any]":
    """The step `name`, which makes the tables `makes` from `sources` and from what the steps before it made."""
    return step(name, loading(run_step, warehouse, makes, sources))


def dimension_loads(warehouse: RedshiftDataApi) -> "list[Task[..., Any]]":
    """The steps that load the dimensions."""
    return [load_step(name, warehouse, [table], [source]) for name, (table, source) in DIMENSIONS.items()]


@redshift_task
async def run_setup(warehouse: RedshiftDataApi, steps: Steps, setup: Setup, *run_dates: date) -> Counted:
    """Creates what is missing, checks the run dates and counts the rows, in one transaction.

    A wrong date so leaves no trace.

    Raises:
        ScriptError: The script of steps lacks one that is needed.
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    wanted = {
        "always": ["drop_tables", "setup_sales_data_pipeline"],
        "if_missing": ["setup_sales_data_pipeline"],
        "never": [],
    }[setup]
    sql = [statement for name in wanted for statement in statements_of_step(steps, name)]
    checks, parameters = for_each_day(statements_of_step(steps, "check_run_date"), run_dates)
    sql += [*checks, count_rows_of(steps)]
    statement = await warehouse.run(sql, parameters, name=statement_name())
    return Counted(statement, await row_counts(warehouse, statement.sub_statements[-1]))


@redshift_task
async def run_validation(
    warehouse: RedshiftDataApi, validations: Validations, steps: Steps, run_date: date
) -> Validated:
    """Runs the validations and reads what they found; each try at the flow run validates anew.

    Raises:
        ValidationFailedError: At least one failed: which, on which date, with its numbers.
        ScriptError: A check does not return what it has to, or the script of steps lacks `count_rows`.
        StatementError: It ended otherwise than FINISHED.
        CallError: A call was refused.
    """
    name = f"{statement_name()}/{runtime.flow_run.run_count}"
    return await validate(warehouse, validations, count_rows_of(steps), run_date, name=name)
