"""The block: a connection to Amazon Redshift through its Data API."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any, Self, TypeVar

from prefect.blocks.abstract import DatabaseBlock
from prefect_aws import AwsCredentials
from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from prefect_redshift.aws.aws_client import CALL_THREADS, AwsClient
from prefect_redshift.blocks.credentials import client_of
from prefect_redshift.blocks.forms import forms
from prefect_redshift.blocks.shared_limit import SharedLimit
from prefect_redshift.blocks.statement_log import Logger, StatementLog, logger_of_run
from prefect_redshift.data_api.api import LONGEST_STATEMENT_SECONDS, MAX_WAITS, DataApi, redshift_data_client
from prefect_redshift.delegation import delegate, stream
from prefect_redshift.exceptions import FrameError
from prefect_redshift.frames.frames import Frames
from prefect_redshift.frames.names import location, role_sql

V = TypeVar("V")


class RedshiftDataApi(DatabaseBlock):
    """A connection to Amazon Redshift through the Redshift Data API: no driver, no connection to keep.

    Exactly one target is named, and one way to log in:

    | target               | login                                     | fields                          |
    | -------------------- | ----------------------------------------- | ------------------------------- |
    | cluster              | temporary credentials of a database user  | `cluster_identifier`, `db_user` |
    | cluster              | temporary credentials of the IAM identity | `cluster_identifier`            |
    | serverless workgroup | temporary credentials of the IAM identity | `workgroup_name`                |
    | either of the two    | user and password in AWS Secrets Manager  | `secret_arn`, and the target    |

    Example:
        ```python
        import asyncio
        from prefect_redshift import RedshiftDataApi

        async def main():
            warehouse = RedshiftDataApi(workgroup_name="etl", database="dev")
            statement = await warehouse.run("select :greeting as greeting", {"greeting": "hello"})
            async for row in warehouse.rows(statement):
                print(row.greeting)

        asyncio.run(main())
        ```

        Saved once, in Prefect's UI or by `save`, it is loaded by its name:
        ```python
        from prefect_redshift import RedshiftDataApi

        warehouse = RedshiftDataApi.load("BLOCK_NAME")
        ```
    """

    _block_type_name = "Redshift Data API"
    _block_type_slug = "redshift-data-api"
    _documentation_url = "https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html"  # type: ignore[assignment]
    _description = "Run SQL on Amazon Redshift through the Redshift Data API."

    # Errors show what was given, and with it the credentials.
    model_config = ConfigDict(hide_input_in_errors=True)

    aws_credentials: AwsCredentials = Field(
        default_factory=AwsCredentials,
        title="AWS Credentials",
        description="Who calls the Data API, in which region, at which endpoint.",
        repr=False,  # their own shows a session token
    )
    cluster_identifier: str | None = Field(
        default=None, title="Cluster Identifier", description="The provisioned cluster; not with a workgroup."
    )
    workgroup_name: str | None = Field(
        default=None,
        title="Workgroup Name",
        description="The serverless workgroup, by name or ARN; not with a cluster.",
    )
    database: str = Field(
        default="dev", title="Database", description="The database that statements run in.", min_length=1
    )
    db_user: str | None = Field(
        default=None,
        title="Database User",
        description="The database user whose temporary credentials are used; for a cluster, and without a secret.",
    )
    secret_arn: str | None = Field(
        default=None,
        title="Secret ARN",
        description="Name or ARN of the Secrets Manager secret that holds the database user and password.",
    )
    statement_timeout_seconds: float = Field(
        default=LONGEST_STATEMENT_SECONDS,
        gt=0,
        le=LONGEST_STATEMENT_SECONDS,
        title="Statement Timeout",
        description="Seconds after which a statement is cancelled, unless a call says otherwise.",
    )
    max_concurrent_waits: int = Field(
        default=MAX_WAITS,
        ge=1,
        le=5000,
        title="Concurrent Waits",
        description="Statements waited for by long polling at once; further ones are polled. Each holds a connection.",
    )
    s3_prefix: str | None = Field(
        default=None,
        title="S3 Prefix",
        description="s3://BUCKET/PREFIX/, in the warehouse's region: what copy_into and unload pass through.",
    )
    iam_role: str = Field(
        default="default",
        title="IAM Role",
        description="ARN of the role by which the warehouse reads and writes there, or default, the warehouse's own.",
    )
    shared_limit: str | None = Field(
        default=None,
        title="Shared Limit",
        description="A name for Prefect's global concurrency limit by which processes share the rates that AWS allows "
        "an account; it is made where it is missing. Without one, each process adapts by itself.",
    )

    _client: AwsClient | None = PrivateAttr(default=None)
    _s3: AwsClient | None = PrivateAttr(default=None)

    @field_validator("s3_prefix")
    @classmethod
    def _check_s3_prefix(cls, s3_prefix: str | None) -> str | None:
        return _checked(location, s3_prefix)

    @field_validator("iam_role")
    @classmethod
    def _check_iam_role(cls, iam_role: str) -> str:
        return _checked(role_sql, iam_role)

    @model_validator(mode="after")
    def _check_target_and_login(self) -> Self:
        problems = {
            "cluster_identifier and workgroup_name clash: name one target.": (
                self.cluster_identifier and self.workgroup_name
            ),
            "No target: set cluster_identifier or workgroup_name.": (
                not self.cluster_identifier and not self.workgroup_name
            ),
            "db_user and secret_arn clash: the secret holds the database user already.": (
                self.db_user and self.secret_arn
            ),
            "db_user and workgroup_name clash: a workgroup takes the user from the IAM identity.": (
                self.db_user and self.workgroup_name
            ),
        }
        if found := [problem for problem, is_there in problems.items() if is_there]:
            raise ValueError(" ".join(found))
        return self

    @classmethod
    def from_environment(cls) -> Self | None:
        """Return the connection that the environment names, or None where it names no target.

        `REDSHIFT_CLUSTER_IDENTIFIER` or `REDSHIFT_WORKGROUP_NAME`, with `REDSHIFT_DATABASE`, `REDSHIFT_DB_USER`,
        `REDSHIFT_SECRET_ARN`, `REDSHIFT_S3_PREFIX` and `REDSHIFT_IAM_ROLE`; credentials, region
        and endpoint are found as boto3 finds them.

        Raises:
            pydantic.ValidationError: The variables contradict each other.
        """
        names = (
            "cluster_identifier",
            "workgroup_name",
            "database",
            "db_user",
            "secret_arn",
            "s3_prefix",
            "iam_role",
        )
        found = {name: value for name in names if (value := os.environ.get(f"REDSHIFT_{name.upper()}"))}
        return cls.model_validate(found) if found.keys() & {"cluster_identifier", "workgroup_name"} else None

    @property
    def logger(self) -> Logger:
        """The run's logger inside a Prefect run, a plain one elsewhere."""
        return logger_of_run()

    def data_api(self) -> DataApi:
        """Return what does the work of this block's methods, and knows nothing of Prefect."""
        target = {
            "ClusterIdentifier": self.cluster_identifier,
            "WorkgroupName": self.workgroup_name,
            "Database": self.database,
            "DbUser": self.db_user,
            "SecretArn": self.secret_arn,
        }
        if self._client is None:
            waits = self.max_concurrent_waits
            make = partial(client_of, "redshift-data", self.aws_credentials, waits + CALL_THREADS)
            sharing = SharedLimit(self.shared_limit) if self.shared_limit else None
            self._client = redshift_data_client(max_waits=waits, make=make, sharing=sharing)
        return DataApi(
            self._client,
            {name: value for name, value in target.items() if value},
            timeout=self.statement_timeout_seconds,
            listener=StatementLog(lambda: self.logger),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *args: Any) -> None:
        self.__exit__()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: Any) -> None:
        # The connections go with the last call that uses them; one to come makes new ones.
        self._client = self._s3 = None

    def frames(self) -> Frames:
        """Return what moves many rows in and out by way of S3, and knows nothing of Prefect."""
        if self._s3 is None:
            self._s3 = AwsClient(partial(client_of, "s3", self.aws_credentials, CALL_THREADS))
        return Frames(self.data_api().connection, self._s3, self.s3_prefix, self.iam_role)

    # It may find no row, which Prefect's type forgets.
    fetch_one, afetch_one, fetch_one_sync = forms(DataApi.fetch_one, data_api)  # type: ignore[assignment]
    fetch_many, afetch_many, fetch_many_sync = forms(DataApi.fetch_many, data_api)
    fetch_all, afetch_all, fetch_all_sync = forms(DataApi.fetch_all, data_api)
    execute, aexecute, execute_sync = forms(DataApi.execute, data_api)
    execute_many, aexecute_many, execute_many_sync = forms(DataApi.execute_many, data_api)
    run, arun, run_sync = forms(DataApi.run, data_api)
    execute_statement, aexecute_statement, execute_statement_sync = forms(DataApi.execute_statement, data_api)
    batch_execute_statement, abatch_execute_statement, batch_execute_statement_sync = forms(
        DataApi.batch_execute_statement, data_api
    )
    describe_statement, adescribe_statement, describe_statement_sync = forms(
        DataApi.describe_statement, data_api
    )
    wait, await_, wait_sync = forms(DataApi.wait, data_api)
    cancel_statement, acancel_statement, cancel_statement_sync = forms(DataApi.cancel_statement, data_api)
    cancel_statements, acancel_statements, cancel_statements_sync = forms(DataApi.cancel_statements, data_api)
    rows = stream(DataApi.rows, data_api)
    record_batches = stream(DataApi.record_batches, data_api)
    to_arrow, ato_arrow, to_arrow_sync = forms(DataApi.to_arrow, data_api)
    to_pandas, ato_pandas, to_pandas_sync = forms(DataApi.to_pandas, data_api)
    to_polars, ato_polars, to_polars_sync = forms(DataApi.to_polars, data_api)
    get_statement_result = stream(DataApi.get_statement_result, data_api)
    get_statement_result_v2 = stream(DataApi.get_statement_result_v2, data_api)
    copy_into, acopy_into, copy_into_sync = forms(Frames.copy_into, frames)
    unload = stream(Frames.unload, frames)
    unload_to_arrow, aunload_to_arrow, unload_to_arrow_sync = forms(Frames.unload_to_arrow, frames)
    unload_to_pandas, aunload_to_pandas, unload_to_pandas_sync = forms(Frames.unload_to_pandas, frames)
    unload_to_folder, aunload_to_folder, unload_to_folder_sync = forms(Frames.unload_to_folder, frames)
    remove_staged, aremove_staged, remove_staged_sync = forms(Frames.remove_staged, frames)
    session = delegate(DataApi.session, data_api)
    list_databases = stream(DataApi.list_databases, data_api)
    list_schemas = stream(DataApi.list_schemas, data_api)
    list_tables = stream(DataApi.list_tables, data_api)
    describe_table, adescribe_table, describe_table_sync = forms(DataApi.describe_table, data_api)
    list_statements = stream(DataApi.list_statements, data_api)
    list_sessions = stream(DataApi.list_sessions, data_api)
    console_url, aconsole_url, console_url_sync = forms(DataApi.console_url, data_api)


def _checked(check: Callable[[V], object], value: V) -> V:
    if value is not None:
        try:
            check(value)
        except FrameError as error:
            raise ValueError(str(error)) from error
    return value
