"""The stand-in for AWS: start, memory, statements a second, long polls, rewriting, COPY and a large fact load.

python -m benchmarks stand-in
"""

import gzip
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from benchmarks.peers.clients import PROJECT
from benchmarks.place import stand_in, temporary_folder
from benchmarks.report import Bar, Section, Table
from local_aws import Served
from local_aws.dialect import rewrite
from prefect_redshift.pipeline.splitting import split_statements

WHERE = {"WorkgroupName": "local-workgroup", "Database": "dev"}
STATEMENTS, THREADS = 10_000, 16
COPIED, FACTS = 1_000_000, 10_000_000
DAY = "2026-11-22"


def measure(repeats: int) -> Section:
    """Measures starts and rewriting so many times, and what takes long once."""
    with temporary_folder() as folder:
        starts = [started(folder) for _ in range(repeats)]
        with stand_in(folder, max_executing=50) as served:
            client = client_of(served.url)
            figures = {
                "`select` statements a second": per_second(client, "select 1"),
                "`insert` statements a second": inserts_per_second(client),
                f"COPY of {COPIED:,} rows, rows a second": COPIED / copy_seconds(client),
                f"sp_load_fact_sales of {FACTS:,} rows, rows a second": FACTS / fact_seconds(client),
            }
            client.close()
    cold, warm, memory = (statistics.median(values) for values in zip(*starts, strict=True))
    script, dense = (statistics.median(rewriting(sql) for _ in range(repeats)) for sql in (job(), plain()))
    rows: list[list[Any]] = [
        ["start to first answer, cold, s", cold],
        ["start to first answer, warm, s", warm],
        ["memory without PostgreSQL, MB", memory],
        *map(list, figures.items()),
        ["rewriting the job's own script, MB/s", script],
        ["rewriting plain queries, MB/s", dense],
    ]
    return Section(
        key="stand-in",
        title="The stand-in",
        text="One process and its PostgreSQL, on the same cores as the client that measures it.",
        tables=[Table(["figure", ""], rows)],
        bars=[
            Bar("stand-in, cold start", cold, 1.5, "s"),
            Bar("stand-in, warm start", warm, 0.6, "s"),
            Bar("stand-in, idle memory", memory, 120, "MB"),
            Bar("stand-in, small statements", min(list(figures.values())[:2]), 300, "/s", above=True),
            Bar("stand-in, rewriting", min(script, dense), 3, "MB/s", above=True),
        ],
        data={"figures": {row[0]: row[1] for row in rows}},
    )


def started(folder: Path) -> tuple[float, float, float]:
    """Seconds from nothing to the first answer, the same with the data there, and the idle memory in MB."""
    seconds = []
    for _ in ("cold", "warm"):
        began = time.perf_counter()
        with stand_in(folder / "start") as served:
            first_answer(served)
            seconds.append(time.perf_counter() - began)
            memory = resident(served.pid)
    shutil.rmtree(folder / "start")
    return seconds[0], seconds[1], memory


def first_answer(served: Served) -> None:
    """List the statements by plain HTTP: a boto3 client takes a tenth of a second to make."""
    key = "Credential=local/20260101/us-east-1/redshift-data/aws4_request"
    headers = {"X-Amz-Target": "RedshiftData.ListStatements", "Authorization": f"AWS4-HMAC-SHA256 {key}"}
    with urlopen(Request(served.url, data=b"{}", headers=headers)) as answer:
        assert answer.status == 200


def client_of(url: str) -> Any:
    """Return a plain boto3 client of the stand-in at a URL."""
    config = Config(max_pool_connections=THREADS, retries={"total_max_attempts": 1}, read_timeout=600)
    return boto3.client("redshift-data", endpoint_url=url, config=config)


def finish(
    client: Any, sql: str | Sequence[str], values: Mapping[str, str] | None = None, **target: str
) -> dict[str, Any]:
    """Run one statement, or several in one transaction, to the end."""
    inputs: dict[str, Any] = {**WHERE, **target, "WaitTimeSeconds": 30}
    if values:
        inputs["Parameters"] = [{"name": name, "value": value} for name, value in values.items()]
    if isinstance(sql, str) or len(sql) == 1:
        statement = client.execute_statement(Sql=sql if isinstance(sql, str) else sql[0], **inputs)
    else:
        statement = client.batch_execute_statement(Sqls=list(sql), **inputs)
    while statement["Status"] not in ("FINISHED", "FAILED", "ABORTED"):
        statement = client.describe_statement(Id=statement["Id"], WaitTimeSeconds=30)
    assert statement["Status"] == "FINISHED", client.describe_statement(Id=statement["Id"])["Error"]
    ended: dict[str, Any] = statement
    return ended


def per_second(client: Any, sql: str) -> float:
    """Small statements a second, from a pool of threads, one call each."""
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: finish(client, sql), range(STATEMENTS)))
    return STATEMENTS / (time.perf_counter() - began)


def inserts_per_second(client: Any) -> float:
    """Run the same with statements that write, each in a transaction and under the table's lock."""
    finish(client, "create table bench_small (n integer)")
    rate = per_second(client, "insert into bench_small values (1)")
    finish(client, "drop table bench_small")
    return rate


def copy_seconds(client: Any) -> float:
    """Seconds of a COPY from ten compressed files."""
    s3 = boto3.client("s3", endpoint_url=client.meta.endpoint_url)
    s3.create_bucket(Bucket="bench")
    part = "".join(f"{n},customer {n % 1000},{n % 97}.{n % 100:02},{DAY}\n" for n in range(COPIED // 10))
    for number in range(10):
        s3.put_object(Bucket="bench", Key=f"in/{number}.gz", Body=gzip.compress(part.encode(), 1))
    finish(client, "create table bench_copy (n integer, name varchar(20), price decimal(9, 2), sold date)")
    began = time.perf_counter()
    role = "iam_role 'arn:aws:iam::123456789012:role/copy'"
    finish(client, f"copy bench_copy from 's3://bench/in/' {role} csv gzip")
    return time.perf_counter() - began


def fact_seconds(client: Any) -> float:
    """Seconds of the fact load of a day with so many sales."""
    for sql in split_statements((PROJECT / "sql" / "sp_statements.sql").read_text()):
        finish(client, sql)
    finish(client, "call sp_setup_sales_data_pipeline()")
    finish(client, f"delete from src_store_sales where ss_sold_date = '{DAY}'")
    finish(
        client,
        "insert into src_store_sales with recursive numbers(n) as (select 1 union all select n + 1 from numbers "
        f"where n < {FACTS}) select '{DAY}', 1 + mod(n, 3), n / 4, "
        "'ITEM' || lpad((1 + mod(n, 12))::varchar, 4, '0'), 'CUST' || lpad((1 + mod(n, 20))::varchar, 4, '0'), "
        "1, 5.49 from numbers",
    )
    began = time.perf_counter()
    finish(client, f"call sp_load_fact_sales('{DAY}')")
    return time.perf_counter() - began


def job() -> str:
    """Return the project's own scripts."""
    return "".join(file.read_text() for file in sorted((PROJECT / "sql").glob("*.sql")))


def plain() -> str:
    """Return queries as dense as they come, with nothing to rewrite."""
    return (
        "select a.x, sum(n) over (order by n rows unbounded preceding) from a"
        " join b on a.x = b.x where b.y > 1 group by 1, 2;\n" * 400
    )


def rewriting(sql: str) -> float:
    """MB a second of CPU time."""
    began = time.process_time()
    for _ in range(10):
        rewrite(sql)
    return 10 * len(sql.encode()) / 1e6 / (time.process_time() - began)


def resident(pid: int) -> float:
    """Return the memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
