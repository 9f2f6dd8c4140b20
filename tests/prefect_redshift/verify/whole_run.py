"""One run of all probes against the stand-in: what it has found, called and left."""

import time
from dataclasses import dataclass
from typing import Any

import boto3

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.verify.ask import Means
from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probe import Finding
from prefect_redshift.verify.probes import PROBES
from prefect_redshift.verify.run import Run
from prefect_redshift.verify.wire import AwsWire
from tests.prefect_redshift.verify.recording import Recorder
from tests.statements import Statements

MEANS = Means("arn:aws:iam::123456789012:role/verify", make_secret=True, make_queue=True)


@dataclass(frozen=True)
class WholeRun:
    """What one run has found, called and left."""

    findings: dict[str, Finding]
    recorder: Recorder
    wire: AwsWire
    place: Place
    left: list[str]
    seconds: float
    statements: int = 0
    others: tuple[Any, Any] = ((), ())


async def run_all(warehouse: RedshiftDataApi) -> WholeRun:
    """Ask all probes, and remove what was made."""
    wire = AwsWire(warehouse.aws_credentials)
    place = Place(wire, warehouse.data_api().connection.target)
    recorder = Recorder(wire)
    started = time.monotonic()
    await place.make()
    try:
        findings = await Run(place, MEANS, wire_of=recorder.of).findings(PROBES)
    finally:
        left = await place.clear()
    by_id = {finding.probe.id: finding for finding in findings}
    return WholeRun(by_id, recorder, wire, place, left, time.monotonic() - started)


def all_objects(statements: Statements) -> list[Any]:
    """Return what there is in the database, and what somebody else's table holds."""
    tables = statements.rows("select schemaname, tablename from pg_tables order by 1, 2")
    return [
        tables,
        statements.rows("select nspname from pg_namespace where left(nspname, 3) <> 'pg_' order by 1"),
        statements.rows("select a from theirs"),
    ]


def what_is_left(data_api: Any, name: str, database: str, stand_in: Served) -> list[str]:
    """Return what is still there of a run."""
    sql = (
        f"select nspname from pg_namespace where nspname like '{name}%' "
        f"union all select usename from pg_user where usename like '{name}%'"
    )
    target = {"WorkgroupName": "local-workgroup", "Database": database}
    done = data_api.execute_statement(**target, Sql=sql, WaitTimeSeconds=30)
    found = [str(record[0]) for record in data_api.get_statement_result(Id=done["Id"])["Records"]]
    busy = data_api.list_sessions(Database=database, Status="BUSY")["Sessions"]
    found += [f"session {session['SessionId']}" for session in busy]
    listed = data_api.list_statements(StatementName=f"{name}/", Status="ALL")["Statements"]
    found += [listed["Id"] for listed in listed if listed["Status"] in ("SUBMITTED", "PICKED", "STARTED")]
    client = boto3.Session(
        aws_access_key_id="local",
        aws_secret_access_key="local",
        region_name=stand_in.environment["AWS_DEFAULT_REGION"],
    ).client
    machines, secrets, stacks, rules, queues = (
        client(service, endpoint_url=stand_in.url)
        for service in ("stepfunctions", "secretsmanager", "cloudformation", "events", "sqs")
    )
    names = [machine["name"] for machine in machines.list_state_machines()["stateMachines"]]
    names += [secret["Name"] for secret in secrets.list_secrets()["SecretList"]]
    names += [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    names += [rule["Name"] for rule in rules.list_rules()["Rules"]]
    names += [url.rpartition("/")[2] for url in queues.list_queues().get("QueueUrls", [])]
    for each in (machines, secrets, stacks, rules, queues):
        each.close()
    return found + [found for found in names if found.replace("-", "_").startswith(name)]
