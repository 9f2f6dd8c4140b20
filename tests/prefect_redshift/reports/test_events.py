"""The events and assets of a run, as Prefect's server has them."""

import asyncio
from datetime import date

import yaml
from prefect.events.schemas.automations import AutomationCore, EventTrigger
from prefect.events.schemas.events import ResourceSpecification

from flows.sales import SALES
from flows.sales_data_pipeline import sales_data_pipeline
from tests.flows.test_sales_data_pipeline import STEPS
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER
from tests.server_records import events

DAY = date(2026, 11, 22)
STATEMENT, MATERIALIZED = "redshift-data.statement.", "prefect.asset.materialization."


def test_each_statement_is_announced_and_each_table_has_its_lineage(warehouse: Warehouse) -> None:
    asyncio.run(sales_data_pipeline(run_date=DAY))

    announced = events(STATEMENT, lambda found: len(found) == len(STEPS) + 1)
    submitted = {statement["Id"]: statement["StatementName"] for statement in warehouse.statements()}
    states: dict[str, list[str]] = {}
    for event in announced:
        identity = event["resource"]["prefect.resource.id"].removeprefix(STATEMENT)
        assert event["resource"]["prefect.resource.name"] == submitted[identity]
        states.setdefault(identity, []).append(event["event"].removeprefix(STATEMENT))
    # The others' submissions wait for their end; that of the checks does not, since their rows are asked for meanwhile.
    assert states == {
        identity: [*["submitted"] * (f"/{SALES.validate}/" in name), "finished"]
        for identity, name in submitted.items()
    }
    # Neither SQL nor a parameter's value.
    assert {key for event in announced for key in event["payload"]} == {
        "status",
        "seconds",
        "rows",
        "redshift_query_id",
    }

    place = f"redshift://local-workgroup/{warehouse.database}/public/"
    made = events(MATERIALIZED, lambda found: len(found) == 4)
    assert {event["event"] for event in made} == {f"{MATERIALIZED}succeeded"}
    lineage = {
        event["resource"]["prefect.resource.id"].removeprefix(place): {
            related["prefect.resource.id"].removeprefix(place)
            for related in event["related"]
            if related["prefect.resource.role"] == "asset"
        }
        for event in made
    }
    facts = {"item", "customer_address", "customer", "date_dim", "src_store_sales"}
    assert lineage == {
        "item": {"src_item"},
        "customer_address": {"src_customer_address"},
        "store_sales": facts,
        "store_sales_rejected": facts,
    }
    assert {event["payload"]["statement_id"] for event in made} <= submitted.keys()


def test_the_example_automation_expects_the_event_that_is_emitted() -> None:
    text = (PROJECT_FOLDER / "docs" / "notify-on-failed-validation.yaml").read_text()
    automation = AutomationCore.model_validate(yaml.safe_load(text))
    assert isinstance(automation.trigger, EventTrigger)
    assert automation.trigger.expect == {f"{SALES.name}.validation.failed"}
    assert automation.trigger.match == ResourceSpecification(
        {"prefect.resource.id": f"{SALES.name}.validation"}
    )
