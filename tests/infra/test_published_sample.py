"""A machine of the shape that AWS's sample has, run whole: written anew, as small as the shape allows."""

import json
from typing import Any

from local_aws import Served
from prefect_redshift.state_machine import faults
from tests.infra.machine import Machine
from tests.statements import Statements

SDK = "arn:aws:states:::aws-sdk:"
CLUSTER = {"ClusterIdentifier": "local-cluster", "DbUser": "tester", "Database": "${Database}"}


def loop(name: str, submit: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the four states of a step: submit, wait, look, and choose by FINISHED, FAILED or else wait again."""
    status = {"Variable": "$.Status"}
    return {
        name: {"Type": "Task", **submit, "Next": f"wait_on_{name}"},
        f"wait_on_{name}": {"Type": "Wait", "Seconds": 1, "Next": f"{name}_status_check"},
        f"{name}_status_check": {
            "Type": "Task",
            "Resource": f"{SDK}redshiftdata:describeStatement",
            "Parameters": {"Id.$": "$.Id"},
            "Next": f"is_{name}_complete",
        },
        f"is_{name}_complete": {
            "Type": "Choice",
            "Choices": [
                {**status, "StringEquals": "FINISHED", "Next": after["Next"]},
                {**status, "StringEquals": "FAILED", "Next": f"{name}_failure"},
            ],
            "Default": f"wait_on_{name}",
        },
        f"{name}_failure": {"Type": "Fail", "Error": "FAILED"},
        **after["States"],
    }


def call(sql: str) -> dict[str, Any]:
    """Return a step of one statement."""
    return {"Resource": f"{SDK}redshiftdata:executeStatement", "Parameters": {**CLUSTER, "Sql": sql}}


def whole_file(name: str) -> dict[str, Any]:
    """Return a step of a script, passed as the one string that S3 gives."""
    return {
        "Resource": f"{SDK}redshiftdata:batchExecuteStatement",
        "Parameters": {**CLUSTER, "Sqls.$": "States.Array($.script.Body)"},
        "Comment": name,
    }


def read(name: str, after: str) -> dict[str, Any]:
    """Return the step that reads a script."""
    return {
        "Type": "Task",
        "Resource": f"{SDK}s3:getObject",
        "Parameters": {"Bucket": "${Bucket}", "Key": f"${{Prefix}}/{name}"},
        "ResultPath": "$.script",
        "Next": after,
    }


def ending(name: str) -> dict[str, Any]:
    return {"Next": f"{name}_end", "States": {f"{name}_end": {"Type": "Succeed"}}}


def sample() -> dict[str, Any]:
    """Return the sample's machine: procedures, set-up, two dimensions at once, the facts, a query that validates."""
    branches = [
        {"StartAt": name, "States": loop(name, call(sql), ending(name))}
        for name, sql in (
            ("LoadItemTable", "call sp_load_dim_item()"),
            ("LoadCustomerAddressTable", "call sp_load_dim_customer_address()"),
        )
    ]
    facts = call("call sp_load_fact_sales('2026-11-22'::date)")
    validation = call("select 1 / count(*) from store_sales where ss_sold_date_sk = 20261122")
    states = {
        "read_sp_statement": read("sp_statements.sql", "run_sp_deploy_redshift"),
        "run_sales_data_pipeline": {"Type": "Parallel", "Branches": branches, "Next": "run_load_fact_sales"},
    }
    for name, step, following in (
        ("run_sp_deploy_redshift", whole_file("sp_statements.sql"), "setup_sales_data_pipeline"),
        ("setup_sales_data_pipeline", call("call sp_setup_sales_data_pipeline()"), "run_sales_data_pipeline"),
        ("run_load_fact_sales", facts, "run_validation"),
    ):
        states |= loop(name, step, {"Next": following, "States": {}})
    return {
        "StartAt": "read_sp_statement",
        "States": states | loop("run_validation", validation, ending("whole")),
    }


def test_it_runs_whole(aws: Served, database: str, statements: Statements) -> None:
    assert faults(sample()) == []
    machine = Machine(database, text=json.dumps(sample()))
    done = machine.run({})
    assert done["status"] == "SUCCEEDED", done.get("cause")
    assert statements.rows("select count(*) from store_sales") == [[14]]
    machine.close()
