"""The committed definition: it follows from the job, and has the names of the article's diagram."""

import json

from flows.sales import SALES
from infra import definition
from infra.stack import TEMPLATE
from prefect_redshift.state_machine import faults, substitutions_of
from prefect_redshift.state_machine.faults import all_states

ARTICLE = {
    "read_sp_statement",
    "run_sp_deploy_redshift",
    "wait_on_sp_deploy_redshift",
    "run_sp_deploy_redshift_status_check",
    "is_run_sp_deploy_complete",
    "setup_sales_data_pipeline",
    "run_sales_data_pipeline",
    "LoadItemTable",
    "LoadCustomerAddressTable",
    "run_load_fact_sales",
    "sales_data_pipeline_failure",
}


def test_it_is_what_the_command_generates() -> None:
    assert definition.FILE.read_text() == definition.text(SALES), "run `python -m infra definition`"


def test_it_has_no_faults_and_the_article_s_names() -> None:
    machine = json.loads(definition.text())
    assert faults(machine) == []
    assert {name for name, _ in all_states(machine)} >= ARTICLE
    branches = machine["States"]["run_sales_data_pipeline"]["Branches"]
    assert [branch["StartAt"] for branch in branches] == ["LoadItemTable", "LoadCustomerAddressTable"]


def test_the_template_gives_each_placeholder_a_value() -> None:
    template = TEMPLATE.read_text()
    given = template.partition("DefinitionSubstitutions:")[2].partition("LoggingConfiguration:")[0]
    named = {line.split(":")[0].strip() for line in given.splitlines() if ": " in line and "#" not in line}
    assert named == substitutions_of(definition.text())
