"""Measures the stand-in for AWS: start, throughput, memory, and how soon a long poll hears of a statement's end.

python -m benchmarks.stand_in
"""

import asyncio
import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local_aws import Admin, Served, running

WHERE = {"ClusterIdentifier": "local-cluster", "DbUser": "bench", "Database": "dev"}
STATEMENTS, THREADS, POLLS = 10_000, 16, 500


def main() -> None:
    """Print every figure beside its target."""
    folder = Path(tempfile.mkdtemp(prefix="local_aws-bench-"))
    folder.chmod(0o711)
    for label, target in (("cold", 1.5), ("warm", 0.6), ("warm", 0.6)):
        began = time.perf_counter()
        with running(folder / "data", max_executing=50) as served:
            client = make_client(served)
            answer_after = time.perf_counter() - began
            print(f"{label} start to endpoint: {answer_after:.2f} s (target {target} s)")
            if label == "cold":
                continue
            print(f"idle memory: {memory(served.pid):.0f} MB (target 120 MB, without PostgreSQL)")
            client.close()
    with running(folder / "data") as served:
        throughput(served)
        print(f"memory after that: {memory(served.pid):.0f} MB")
    with running(folder / "data", max_executing=POLLS) as served:
        asyncio.run(parked(served))


def make_client(served: Served) -> Any:
    """Return a plain boto3 client."""
    return boto3.client(
        "redshift-data",
        endpoint_url=served.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(max_pool_connections=THREADS, retries={"total_max_attempts": 1}),
    )


def throughput(served: Served) -> None:
    """Run many small statements from a thread pool, one call each."""
    client = make_client(served)

    def one(_: int) -> str:
        status: str = client.execute_statement(**WHERE, Sql="select 1", WaitTimeSeconds=30)["Status"]
        return status

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        statuses = set(pool.map(one, range(STATEMENTS)))
    rate = STATEMENTS / (time.perf_counter() - began)
    print(f"{STATEMENTS} statements: {rate:.0f} a second, {statuses} (target 300)")
    client.close()


async def parked(served: Served) -> None:
    """Park long polls on statements that end one after the other; compare with the engine's own end."""
    admin = Admin(served.url)
    admin.clear_history()
    arrived: dict[str, float] = {}

    async def one(number: int) -> None:
        sql = f"select pg_sleep({5 + 10 * number / POLLS:.3f})"
        started = await call(served, "ExecuteStatement", {**WHERE, "Sql": sql})
        await call(served, "DescribeStatement", {"Id": started["Id"], "WaitTimeSeconds": 30})
        arrived[started["Id"]] = time.time()

    await asyncio.gather(*(one(number) for number in range(POLLS)))
    ended = {run["statement_id"]: run["ended_at"] for run in admin.executions()}
    lags = sorted((arrived[key] - ended[key]) * 1000 for key in arrived)
    print(
        f"{POLLS} parked polls hear of the end after p50 {statistics.median(lags):.1f} ms, "
        f"p99 {lags[int(len(lags) * 0.99) - 1]:.1f} ms, worst {lags[-1]:.1f} ms (target p99 10 ms)"
    )


async def call(served: Served, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Call by hand: a signature would cost the benchmark more than the stand-in takes to answer."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(request).encode()
    head = (
        f"POST / HTTP/1.1\r\nhost: {host}:{port}\r\nx-amz-target: RedshiftData.{operation}\r\n"
        "authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/redshift-data/aws4_request\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
