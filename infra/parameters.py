"""What the template is given: from the command line, and where that says nothing from REDSHIFT_… variables."""

import argparse
import os
from collections.abc import Mapping

import boto3
from botocore.exceptions import ClientError

from infra.infra_error import InfraError

# Options of the command line by the template's parameters.
OPTIONS = {
    "ClusterIdentifier": "cluster_identifier",
    "DbUser": "db_user",
    "WorkgroupName": "workgroup_name",
    "Database": "database",
    "SecretArn": "secret_arn",
    "ScriptsBucket": "bucket",
    "ScriptsPrefix": "prefix",
    "StateMachineName": "name",
    "WaitSeconds": "wait_seconds",
    "StepTimeoutSeconds": "step_timeout",
    "ScheduleExpression": "schedule",
    "ScheduleTimezone": "timezone",
    "ScheduleState": "schedule_state",
    "Setup": "setup",
}


def from_environment(options: argparse.Namespace) -> None:
    """Fill in a warehouse that the command line does not name, as the flow finds it."""
    if not (options.cluster_identifier or options.workgroup_name):
        options.cluster_identifier = os.environ.get("REDSHIFT_CLUSTER_IDENTIFIER")
        options.workgroup_name = os.environ.get("REDSHIFT_WORKGROUP_NAME")
        options.db_user = options.db_user or os.environ.get("REDSHIFT_DB_USER")
        options.secret_arn = options.secret_arn or os.environ.get("REDSHIFT_SECRET_ARN")
    options.database = options.database or os.environ.get("REDSHIFT_DATABASE") or "dev"


def parameters(options: argparse.Namespace, session: boto3.Session) -> Mapping[str, str]:
    """Return the template's parameters; those that are not given keep the template's default.

    Raises:
        InfraError: No warehouse is named, or the workgroup does not exist.
    """
    if not (options.cluster_identifier or options.workgroup_name):
        raise InfraError(
            "No warehouse is named: give --workgroup-name, or --cluster-identifier with --db-user or --secret-arn."
        )
    found = {name: getattr(options, option) for name, option in OPTIONS.items()}
    given = {name: str(value) for name, value in found.items() if value is not None}
    if options.workgroup_name:
        given["WorkgroupId"] = _workgroup_id(options.workgroup_name, session)
    return given


def _workgroup_id(name: str, session: boto3.Session) -> str:
    try:
        workgroup = session.client("redshift-serverless").get_workgroup(workgroupName=name)["workgroup"]
    except ClientError as error:
        raise InfraError(f"The workgroup {name}: {error.response['Error']['Message']}") from error
    return str(workgroup["workgroupId"])
