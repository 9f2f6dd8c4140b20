"""A page in this machine's browser, wherever it came from, neither reads nor changes anything here."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from local_aws import Served
from local_aws.wire import origins
from tests.statements import CLUSTER, Statements

Send = Callable[..., tuple[int, dict[str, str], bytes]]
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
)
RESETS = ["/_local_aws/reset", "/moto-api/reset"]


@pytest.fixture
def send(stand_in: Served) -> Send:
    """Send one request with exactly these headers, and return status, headers and body."""

    def request(
        method: str, path: str, headers: dict[str, str], body: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(stand_in.url).netloc, timeout=60)
        connection.putrequest(method, path, skip_host="host" in headers, skip_accept_encoding=True)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return answer.status, *found

    return request


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:3000"},
    {"host": "evil.example:80"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [*(("POST", path) for path in RESETS), ("GET", "/_local_aws/history"), ("GET", "/"), ("OPTIONS", "/b/k")],
)
def test_no_route_answers_a_foreign_page(
    send: Send, statements: Statements, method: str, path: str, headers: dict[str, str]
) -> None:
    kept = statements.run("select 1")["Id"]
    status, answered, _ = send(method, path, headers)
    assert status == 403
    assert not [name for name in answered if name.startswith("access-control")]
    assert statements.ended(kept)["Status"] == "FINISHED"


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_runs_no_sql(send: Send, statements: Statements, headers: dict[str, str]) -> None:
    call = {"Sql": "create table pwned (a int)", **CLUSTER, "Database": statements.where["Database"]}
    signed = {
        "authorization": SIGNED.format("redshift-data"),
        "x-amz-target": "RedshiftData.ExecuteStatement",
    }
    body = json.dumps(call | {"WaitTimeSeconds": 30})
    status, _, refused = send("POST", "/", {**signed, **headers}, body)
    assert (status, json.loads(refused)["__type"]) == (403, "AccessDeniedException")
    assert statements.run("select * from pwned")["Status"] == "FAILED"
    assert send("POST", "/", signed, body)[0] == 200
    assert statements.run("select * from pwned")["Status"] == "FINISHED"


def test_no_cors_header_is_sent_even_where_a_bucket_s_rules_say_so(send: Send, bucket: Any) -> None:
    rules = {"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]}
    bucket.s3.put_bucket_cors(Bucket=bucket.name, CORSConfiguration=rules)
    bucket.s3.put_object(Bucket=bucket.name, Key="k", Body=b"text")
    netloc = urlsplit(bucket.s3.meta.endpoint_url).netloc
    own = {
        "authorization": SIGNED.format("s3"),
        "origin": f"http://{netloc}",
        "sec-fetch-site": "same-origin",
    }
    status, headers, body = send("GET", f"/{bucket.name}/k", own)
    assert (status, body) == (200, b"text")
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4577", "localhost:4577", "bucket.localhost:4577", "[::1]:4577", "localhost"]
)
def test_this_machine_has_several_names(host: str) -> None:
    assert origins.refusal({b"host": host.encode()}) is None


@pytest.mark.parametrize("host", ["", "localhost.evil.example:4577", "evil-localhost:80", "10.0.0.1:4577"])
def test_other_names_are_foreign(host: str) -> None:
    assert origins.refusal({b"host": host.encode()})
