"""S3, Secrets Manager, EventBridge, STS and Redshift's control planes behind the same endpoint."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from local_aws import Served
from tests.local_aws.transfer_bucket import Bucket
from tests.statements import CLUSTER, Statements, eventually

Clients = Callable[[str], Any]


@pytest.fixture
def client(aws: Served) -> Iterator[Clients]:
    """Make clients as an application does: from the environment alone."""
    made: list[Any] = []

    def make(service: str) -> Any:
        made.append(boto3.client(service))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_s3(client: Clients) -> None:
    s3 = client("s3")
    bucket = f"scripts-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="sql/a.sql", Body="select 'ä'".encode())
    assert s3.get_object(Bucket=bucket, Key="sql/a.sql")["Body"].read().decode() == "select 'ä'"
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="missing")


ODD_KEYS = [
    "a b",
    "a+b",
    "a%20b",
    "a%2Fb",
    "a/b",
    "a?b",
    "a&b=c",
    "a//b",
    "a/./b",
    "ä#ß",
    "day=2020-01-01 00%3A00%3A00/part",
    "day=2020-01-01 00:00:00/part",
]


def test_keys_stay_as_they_are(client: Clients) -> None:
    s3 = client("s3")
    bucket = f"keys-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"two_words": "kept"})
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]] == sorted(ODD_KEYS)
    for key in ODD_KEYS:
        found = s3.get_object(Bucket=bucket, Key=key)
        assert (found["Body"].read().decode(), found["Metadata"]) == (key, {"two_words": "kept"})
        s3.copy_object(Bucket=bucket, Key=f"copy/{key}", CopySource={"Bucket": bucket, "Key": key})
        assert s3.head_object(Bucket=bucket, Key=f"copy/{key}")["ContentLength"] == len(key.encode())


def test_partitions_of_spark_are_loaded_each(bucket: Bucket) -> None:
    bucket.put({"t/h=00%3A00/p": "1", "t/h=00:00/p": "2", "t/h=0%2F0/p": "3", "t/h=0/0/p": "4"})
    bucket.statements.run("create table t (a int)")
    assert bucket.copy(key="t/")["Status"] == "FINISHED"
    assert bucket.statements.rows("select a from t order by a") == [[1], [2], [3], [4]]


def test_sts(client: Clients) -> None:
    assert client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_secret_names_the_user(client: Clients, statements: Statements) -> None:
    secrets = client("secretsmanager")
    arn = secrets.create_secret(
        Name=f"warehouse-{uuid.uuid4().hex[:8]}",
        SecretString=json.dumps({"username": "etl", "password": "x"}),
    )["ARN"]
    place = {"ClusterIdentifier": "local-cluster", "Database": statements.where["Database"], "SecretArn": arn}
    started = statements.api.execute_statement(**place, Sql="select current_user", WaitTimeSeconds=30)
    assert started["SecretArn"] == arn
    assert statements.pages(started["Id"], "Records") == [[{"stringValue": "etl"}]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "username and password"),
        ("[]", "username and password"),
        ('{"username": "etl"}', "username and password in secret cannot be empty"),
        ('{"username": "e", "password": "p", "dbClusterIdentifier": "other"}', "does not match the cluster"),
    ],
)
def test_malformed_secrets(client: Clients, data_api: Any, text: str, words: str) -> None:
    arn = client("secretsmanager").create_secret(Name=f"bad-{uuid.uuid4().hex[:8]}", SecretString=text)["ARN"]
    with pytest.raises(data_api.exceptions.ValidationException, match=words):
        data_api.execute_statement(
            ClusterIdentifier="local-cluster", Database="dev", SecretArn=arn, Sql="select 1"
        )


@pytest.mark.parametrize(
    ("made", "password", "admitted"),
    [
        ("password 'Secret1x'", "Secret1x", True),
        ("password 'Secret1x'", "Secret1y", False),
        ("password 'md5{digest}'", "Secret1x", True),
        ("password 'md5{digest}'", "secret1x", False),
        ("password disable", "Secret1x", False),
        ("password 'Secret1x' valid until '2020-01-01'", "Secret1x", False),
    ],
)
def test_a_wrong_password_is_refused(
    client: Clients, statements: Statements, made: str, password: str, *, admitted: bool
) -> None:
    user = statements.where["Database"]
    digest = hashlib.md5(f"Secret1x{user}".encode(), usedforsecurity=False).hexdigest()
    assert statements.run(f"create user {user} {made.format(digest=digest)}")["Status"] == "FINISHED"
    text = json.dumps({"username": user, "password": password})
    arn = client("secretsmanager").create_secret(Name=user, SecretString=text)["ARN"]
    place = {"ClusterIdentifier": "local-cluster", "Database": statements.where["Database"], "SecretArn": arn}
    started = statements.api.execute_statement(**place, Sql="select 1")
    done = statements.ended(started["Id"])
    refused = f'FATAL: password authentication failed for user "{user}"'
    assert (done["Status"], done.get("Error")) == (("FINISHED", None) if admitted else ("FAILED", refused))
    if not admitted:
        with pytest.raises(statements.api.exceptions.DatabaseConnectionException, match=refused):
            statements.api.list_schemas(**place)
    statements.run(f"drop user {user}")


def test_with_event_reaches_a_queue(client: Clients, statements: Statements) -> None:
    events, sqs = client("events"), client("sqs")
    name = f"ended-{uuid.uuid4().hex[:8]}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["aws.redshift-data"], "detail": {"statementName": [{"prefix": name}]}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])

    done = statements.run("select 1 union all select 2", StatementName=f"{name}-a", WithEvent=True)
    statements.run("select 1", StatementName=f"{name}-silent")
    failed = statements.run("select 1/0", StatementName=f"{name}-b", WithEvent=True)

    received: list[dict[str, Any]] = []

    def both() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            received.append(json.loads(message["Body"]))
        return len(received) == 2

    eventually(both)
    by_id = {event["detail"]["statementId"]: event for event in received}
    first = by_id[done["Id"]]
    assert first["detail-type"] == "Redshift Data Statement Status Change"
    assert (first["detail"]["state"], first["detail"]["rows"]) == ("FINISHED", 2)
    assert first["detail"]["redshiftQueryId"] == done["RedshiftQueryId"]
    assert set(first["detail"]) == {
        "principal",
        "statementName",
        "statementId",
        "redshiftQueryId",
        "state",
        "rows",
        "expireAt",
    }
    assert by_id[failed["Id"]]["detail"]["state"] == "FAILED"


def test_the_serverless_control_plane(client: Clients) -> None:
    serverless = client("redshift-serverless")
    workgroup = serverless.get_workgroup(workgroupName="local-workgroup")["workgroup"]
    assert workgroup["status"] == "AVAILABLE"
    assert serverless.list_workgroups()["workgroups"] == [workgroup]
    assert serverless.get_namespace(namespaceName=workgroup["namespaceName"])["namespace"]["dbName"] == "dev"
    assert serverless.get_credentials(workgroupName="local-workgroup")["dbUser"] == "IAM:local"
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.get_workgroup(workgroupName="another")


def test_a_workgroup_arn_is_as_good_as_its_name(client: Clients, data_api: Any) -> None:
    arn = client("redshift-serverless").get_workgroup(workgroupName="local-workgroup")["workgroup"][
        "workgroupArn"
    ]
    started = data_api.execute_statement(
        WorkgroupName=arn, Database="dev", Sql="select 1", WaitTimeSeconds=30
    )
    assert (started["Status"], started["WorkgroupName"]) == ("FINISHED", arn)


def test_the_cluster_control_plane(client: Clients) -> None:
    redshift = client("redshift")
    [cluster] = redshift.describe_clusters(ClusterIdentifier="local-cluster")["Clusters"]
    assert (cluster["ClusterStatus"], cluster["DBName"]) == ("available", "dev")
    made = redshift.get_cluster_credentials(ClusterIdentifier="local-cluster", DbUser="etl", DbName="dev")
    assert made["DbUser"] == "IAM:etl"
    assert made["Expiration"].tzinfo is not None
    assert (
        redshift.get_cluster_credentials_with_iam(ClusterIdentifier="local-cluster")["DbUser"] == "IAM:local"
    )
    with pytest.raises(redshift.exceptions.ClusterNotFoundFault):
        redshift.get_cluster_credentials(ClusterIdentifier="another", DbUser="etl")


def test_moto_answers_the_rest_of_redshift(client: Clients) -> None:
    assert client("redshift").describe_cluster_parameter_groups()["ParameterGroups"]


def test_a_statement_for_another_cluster_is_refused(data_api: Any) -> None:
    with pytest.raises(data_api.exceptions.ValidationException, match="doesn't exist in this region"):
        data_api.list_tables(**CLUSTER | {"ClusterIdentifier": "another"}, Database="dev")
