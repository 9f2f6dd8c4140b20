"""What is written holds no name of the account."""

import pytest

from prefect_redshift.verify.findings.scrubbing import Scrubber

TARGET = {
    "WorkgroupName": "etl-team",
    "Database": "dev",
    "User": "etl_admin",
    "SecretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-Ab",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User: arn:aws:sts::111122223333:assumed-role/admin/ann is not", "User: <arn> is not"),
        ("account 111122223333.", "account <account>."),
        ("statement 0f0f0f0f-1a1a-4b4b-8c8c-0123456789ab:2", "statement <id>:2"),
        ("key AKIAIOSFODNN7EXAMPLE", "key <key>"),
        ('user "IAMR:etl-role" of etl-team', "user <user> of <WorkgroupName>"),
        ("database dev, not device", "database <Database>, not device"),
        ("etl-team.111122223333.eu-west-1.redshift-serverless.amazonaws.com:5439", "<host>:5439"),
        ("from 10.0.12.7, version 1.0.12345", "from <address>, version 1.0.12345"),
        ('relation "verify_0123456789ab.t"', 'relation "<schema>.t"'),
        ("token FwoGZXIvYXdzEBYaDHqa0AP1Ij2k3l4m5", "token <token>"),
        ("secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-Ab", "secret <arn>"),
        ("Query #2 failed with ERROR: 1023", "Query #2 failed with ERROR: 1023"),
        ('failed for user "ann_b"', "failed for user <user>"),
        ("permission denied for etl_admin", "permission denied for <User>"),
        ("arn:aws-us-gov:iam::111122223333:role/a/b and arn:aws-cn:sqs:cn-north-1:1:q", "<arn> and <arn>"),
        ("mail ann.b@team.example.com", "mail <user>"),
        ("account 1111-2222-3333", "account <account>"),
        ("key wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE2KEY==", "key <token>"),
        ("at 2001:db8::12 and fe80:0:0:0:204:61ff:fe9d:f156", "at <address> and <address>"),
        (
            "Query (25) cancelled on user's request at 03:04:05",
            "Query (25) cancelled on user's request at 03:04:05",
        ),
        ("2026-02-28 03:04:05,1.50,a::date", "2026-02-28 03:04:05,1.50,a::date"),
        ("serializable-isolation-troubleshooting", "serializable-isolation-troubleshooting"),
        (111122223333, "<account>"),
        (3000, 3000),
    ],
)
def test_names_of_the_account_are_replaced(text: object, expected: object) -> None:
    assert Scrubber(TARGET).value({"deep": [text]}) == {"deep": [expected]}
