"""The Redshift Data API as one object: for a script as it is, for a Prefect flow through the block."""

from collections.abc import Mapping
from functools import partial

import boto3

from prefect_redshift.aws.aws_client import CALL_THREADS, AwsClient, MakeClient
from prefect_redshift.aws.boto3_clients import make_client
from prefect_redshift.aws.pacing.accounts import pacer_of
from prefect_redshift.aws.pacing.pacer import Sharing
from prefect_redshift.data_api.catalog import Catalog
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.console import Console
from prefect_redshift.data_api.database import Database
from prefect_redshift.data_api.listener import SILENCE, Listener
from prefect_redshift.data_api.listings import Listings
from prefect_redshift.data_api.results.reading import Results
from prefect_redshift.data_api.results.unparsed_records import skip_parsing_records
from prefect_redshift.data_api.session_context import Sessions
from prefect_redshift.data_api.statements import Statements
from prefect_redshift.delegation import delegate

# A query may run for a day (quotas of the Data API).
LONGEST_STATEMENT_SECONDS = 86_400
MAX_WAITS = 500
# Calls a second that AWS allows an account in a region (quotas of the Data API).
RATES = {"ExecuteStatement": 30.0, "DescribeStatement": 100.0, "GetStatementResult": 20.0}


class DataApi:
    """Amazon Redshift through its Data API: no driver, no connection to keep.

    Args:
        client: A client of `redshift-data`; see `redshift_data_client`.
        target: The inputs of the API that name the warehouse and the login: `ClusterIdentifier` or `WorkgroupName`,
            `Database`, and `DbUser` or `SecretArn` where one is used.
        timeout: Seconds after which a statement is cancelled, unless a call says otherwise.
        listener: Told what becomes of statements.

    Example:
        ```python
        import asyncio
        from prefect_redshift.data_api.api import DataApi, redshift_data_client

        async def main():
            api = DataApi(redshift_data_client(), {"WorkgroupName": "etl", "Database": "dev"})
            statement = await api.run("select :greeting as greeting", {"greeting": "hello"})
            async for row in api.rows(statement):
                print(row.greeting)

        asyncio.run(main())
        ```
    """

    def __init__(
        self,
        client: AwsClient,
        target: Mapping[str, str],
        *,
        timeout: float = LONGEST_STATEMENT_SECONDS,
        listener: Listener = SILENCE,
    ) -> None:
        self.connection = Connection(client, target, timeout, listener)

    def _statements(self) -> Statements:
        return Statements(self.connection)

    def _results(self) -> Results:
        return Results(self.connection)

    def _database(self) -> Database:
        return Database(self.connection)

    def _sessions(self) -> Sessions:
        return Sessions(self.connection)

    def _catalog(self) -> Catalog:
        return Catalog(self.connection)

    def _listings(self) -> Listings:
        return Listings(self.connection)

    def _console(self) -> Console:
        return Console(self.connection)

    run = delegate(Statements.run, _statements)
    execute_statement = delegate(Statements.execute_statement, _statements)
    batch_execute_statement = delegate(Statements.batch_execute_statement, _statements)
    describe_statement = delegate(Statements.describe_statement, _statements)
    wait = delegate(Statements.wait, _statements)
    cancel_statement = delegate(Statements.cancel_statement, _statements)
    cancel_statements = delegate(Statements.cancel_statements, _statements)

    rows = delegate(Results.rows, _results)
    record_batches = delegate(Results.record_batches, _results)
    to_arrow = delegate(Results.to_arrow, _results)
    to_pandas = delegate(Results.to_pandas, _results)
    to_polars = delegate(Results.to_polars, _results)
    get_statement_result = delegate(Results.get_statement_result, _results)
    get_statement_result_v2 = delegate(Results.get_statement_result_v2, _results)

    fetch_one = delegate(Database.fetch_one, _database)
    fetch_many = delegate(Database.fetch_many, _database)
    fetch_all = delegate(Database.fetch_all, _database)
    execute = delegate(Database.execute, _database)
    execute_many = delegate(Database.execute_many, _database)

    session = delegate(Sessions.session, _sessions)

    list_databases = delegate(Catalog.list_databases, _catalog)
    list_schemas = delegate(Catalog.list_schemas, _catalog)
    list_tables = delegate(Catalog.list_tables, _catalog)
    describe_table = delegate(Catalog.describe_table, _catalog)

    list_statements = delegate(Listings.list_statements, _listings)
    list_sessions = delegate(Listings.list_sessions, _listings)

    console_url = delegate(Console.console_url, _console)


def redshift_data_client(
    session: boto3.Session | None = None,
    *,
    max_waits: int = MAX_WAITS,
    make: MakeClient | None = None,
    sharing: Sharing | None = None,
    rates: Mapping[str, float] = RATES,
) -> AwsClient:
    """Return a client for `DataApi`.

    Args:
        session: Credentials and region; by default those that boto3 finds.
        max_waits: How many statements are waited for by long polling at once; each holds a connection.
        make: Makes the boto3 client of `redshift-data` in place of `session`, for at least `max_waits` + 32 calls at
            once. A client that is sent to another process needs one that can be pickled.
        sharing: Divides what AWS allows an account among several processes. Without it they notice each other by calls
            that are throttled, and slow down. In one process, all clients of an account in a region divide it.
        rates: Calls a second, by operation, that the client keeps to; {} where the endpoint allows any number. Of
            several clients of one account, those of the first that was used count.
    """
    made = partial(_made, make or partial(_of_session, session, max_waits))
    return AwsClient(made, max_waits, partial(pacer_of, rates, sharing) if rates else None)


def _of_session(session: boto3.Session | None, max_waits: int) -> object:
    return make_client("redshift-data", session or boto3.Session(), max_waits + CALL_THREADS)


def _made(make: MakeClient) -> object:
    client = make()
    skip_parsing_records(client)
    return client
