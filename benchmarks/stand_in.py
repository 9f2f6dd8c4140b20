"""Measures the stand-in for AWS: start, throughput, memory, and how soon a long poll hears of a statement's end.

python -m benchmarks.stand_in
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local_aws import Admin, Served, running
from local_aws.dialect import rewrite

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
    rewriting()
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
    """Run many small statements from a thread pool, one call each, and tell what each costs the stand-in."""
    client = make_client(served)
    client.execute_statement(**WHERE, Sql="create table small (a int, b varchar(10))", WaitTimeSeconds=30)

    def one(sql: str) -> str:
        status: str = client.execute_statement(**WHERE, Sql=sql, WaitTimeSeconds=30)["Status"]
        return status

    for sql in ("select 1", "insert into small values (1, 'x')"):
        spent, began = cpu_seconds(served.pid), time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            statuses = set(pool.map(one, [sql] * STATEMENTS))
        rate = STATEMENTS / (time.perf_counter() - began)
        each = (cpu_seconds(served.pid) - spent) / STATEMENTS * 1000
        print(
            f"{STATEMENTS} times {sql}: {rate:.0f} a second (target 300), {statuses};"
            f" {each:.2f} ms of CPU each, without PostgreSQL"
        )
    client.close()


def rewriting() -> None:
    """Rewrite the job's own SQL, and a dense query without anything to rewrite."""
    own = "".join(file.read_text() for file in sorted(Path("sql").rglob("*.sql")))
    dense = (
        "select a.x, sum(n) over (order by n) from a join b on a.x = b.x where b.y > 1 group by 1, 2;\n" * 400
    )
    for label, sql in (("the job's SQL", own), ("dense SQL", dense)):
        began = time.process_time()
        for _ in range(20):
            rewrite(sql)
        rate = 20 * len(sql.encode()) / (time.process_time() - began) / 1e6
        print(f"rewriting {label}: {rate:.1f} MB/s (target 3)")


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


def cpu_seconds(pid: int) -> float:
    """Return how long a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
