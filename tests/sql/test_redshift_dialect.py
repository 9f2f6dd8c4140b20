"""Rules of our own for sql/, which no engine checks."""

import re

import pytest

from flows.sales import SALES
from tests.sql.warehouse import SQL, TABLES, script

SCRIPTS = sorted(path.name for path in SQL.glob("*.sql"))
WITH_PARAMETERS = ["steps.sql", "validate_sql_statement.sql", "checks.sql"]
COMMENT, LITERAL = r"--[^\n]*", r"'(?:[^']|'')*'"


def text(filename: str) -> str:
    """Return a script, without comments and the contents of literals."""
    return re.sub(
        f"{COMMENT}|({LITERAL})", lambda match: "''" if match[1] else "", (SQL / filename).read_text().lower()
    )


def procedures() -> dict[str, str]:
    """Each procedure's text, without comments and the contents of literals."""
    return {
        str(name): body
        for name, body in re.findall(
            r"create or replace procedure (\w+)(.*?\$\$.*?\$\$;)", text("sp_statements.sql"), re.DOTALL
        )
    }


@pytest.mark.parametrize("filename", SCRIPTS)
def test_limits_of_the_data_api(filename: str) -> None:
    statements = script(filename)
    assert len(statements) <= 40
    assert max(len(statement.encode()) for statement in statements) <= 100_000


@pytest.mark.parametrize("filename", WITH_PARAMETERS)
def test_comments_hold_nothing_that_could_be_taken_for_sql(filename: str) -> None:
    """Whether the Data API knows comments when it looks for parameters is not documented."""
    for comment in re.findall(COMMENT, (SQL / filename).read_text()):
        assert re.search(r":\w|['\"?;$]", comment) is None


def test_procedures_are_found() -> None:
    assert len(procedures()) == len(script("sp_statements.sql")) == 6


@pytest.mark.parametrize(
    ("procedure", "table"),
    [
        ("sp_load_dim_customer_address", "customer_address"),
        ("sp_load_dim_item", "item"),
        ("sp_load_fact_sales_range", "store_sales"),
    ],
)
def test_a_load_locks_before_its_first_query(procedure: str, table: str) -> None:
    """The first query takes the snapshot: a lock that comes later protects against nothing."""
    body = procedures()[procedure]
    assert re.search(r"\bbegin\s+([^;]*);", body)[1] == f"lock table {table}"  # type: ignore[index]


@pytest.mark.parametrize("procedure", procedures())
def test_a_handler_only_reports(procedure: str) -> None:
    """Redshift raises the original error again by itself, and a transaction of the handler's own would be committed."""
    for handler in re.findall(r"\bwhen others then(.*?)\bend;", procedures()[procedure], re.DOTALL):
        assert re.fullmatch(r"\s*raise info [^;]*;\s*", handler)


@pytest.mark.parametrize("procedure", procedures())
def test_variables_are_no_columns(procedure: str) -> None:
    """Redshift takes a name that is both for the variable, without a word."""
    body = procedures()[procedure]
    declared = re.search(r"\bdeclare(.*?)\bbegin\b", body, re.DOTALL)
    variables = set(re.findall(r"(\w+)\s+\w+;", declared[1] if declared else ""))
    variables |= set(re.findall(r"\bp_\w+", body))
    assert variables
    tables = re.findall(r"\bcreate (?:temp )?table \w+ \((.*?);", "".join(procedures().values()), re.DOTALL)
    columns = {name for table in tables for name in re.findall(r"^\s*(\w+) ", table, re.MULTILINE)}
    aliases = set(re.findall(r"\bas\s+(\w+)", body)) | set(re.findall(r"\b(?:from|join)\s+\w+\s+(\w+)", body))
    assert {"i_item_id", "d_date", "ss_quantity", "c_customer_id"} <= columns
    assert not variables & (columns | aliases)


@pytest.mark.parametrize("procedure", procedures())
def test_create_table_as_uses_no_variables(procedure: str) -> None:
    """A variable is a parameter of the statement, and DDL has none."""
    body = procedures()[procedure]
    for query in re.findall(r"\bcreate temp table \w+[^;(]*(?:\([^;()]*\))?\s+as\b([^;]*);", body):
        assert re.search(r"\bp_\w+|\blast_sk\b", query) is None


def test_every_table_is_created_counted_and_declared() -> None:
    setup = procedures()["sp_setup_sales_data_pipeline"]
    created = re.findall(r"\bcreate table (\w+)", setup)
    assert sorted(created) == sorted(TABLES)
    raw = (SQL / "sp_statements.sql").read_text()
    counted = re.search(r"tablename in \(([^)]*)\)", raw)
    assert counted
    assert sorted(re.findall(r"\w+", counted[1])) == sorted(TABLES)
    assert f"if existing = {len(TABLES)} then" in setup
    assert sorted(SALES.tables) == sorted(TABLES)


def test_tables_are_dropped_before_what_they_refer_to() -> None:
    dropped = [statement.split()[-1] for statement in SALES.drop_tables()]
    setup = procedures()["sp_setup_sales_data_pipeline"]
    for table, columns in re.findall(r"\bcreate table (\w+) \((.*?)\n    \)", setup, re.DOTALL):
        for referred in re.findall(r"\breferences (\w+)", columns):
            assert dropped.index(table) < dropped.index(referred)
