"""What is asked of the warehouse: the SQL, its parameters and its name, checked against the Data API's limits."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import uuid4

from prefect_redshift.data_api.running.names import DIGEST_CHARACTERS, StatementName
from prefect_redshift.data_api.sql.binding import bind
from prefect_redshift.data_api.sql.value_text import Parameters
from prefect_redshift.data_api.statement import shorten
from prefect_redshift.exceptions import ScriptError

# Limits of ExecuteStatement and BatchExecuteStatement; boto3 checks none of them.
MAX_STATEMENTS = 40
MAX_STATEMENT_BYTES = 100_000
MAX_NAME_CHARACTERS = 2048
# As in `/999/0123abcd`.
_ROOM_FOR_ATTEMPT = 13
_KEEP_ALIVE = "SessionKeepAliveSeconds"

ExecutionMode = Literal["TRANSACTION", "AUTO_COMMIT"]
ResultFormat = Literal["JSON", "CSV"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A statement (`sql` is a string) or a batch (`sql` is a sequence), ready to be submitted.

    Attributes:
        sql: Statements with named parameters, `:name`.
        parameters: The values by name, as `bind` makes them: strings of at least one character.
        name: What the work is called: the StatementName, or what it begins with where `attempt` is given.
        attempt: Which try at the work this is, from 1; 0 for a request that is submitted under its bare name.
        after: What the work comes after, such as the ids of statements, sorted; it goes into the token only.
        execution_mode: TRANSACTION commits a batch together or not at all; AUTO_COMMIT each statement by itself.
        options: Further inputs of the API, such as `WithEvent` or `SessionId`, under the API's own names.
        work: What else tells this work from other work of the same name; it goes into the token only.

    Raises:
        ScriptError: A limit of the Data API is broken.
    """

    sql: str | Sequence[str]
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str = ""
    execution_mode: ExecutionMode = "TRANSACTION"
    options: Mapping[str, Any] = field(default_factory=dict)
    work: str = ""
    attempt: int = 0
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_limits(self.statements)
        if len(self.name) > MAX_NAME_CHARACTERS - _ROOM_FOR_ATTEMPT:
            raise ScriptError(
                f"A statement's name may have {MAX_NAME_CHARACTERS} characters, {_ROOM_FOR_ATTEMPT} of them for the "
                f"attempt: this one has {len(self.name)}."
            )

    @property
    def statements(self) -> Sequence[str]:
        """The statements, one or many."""
        return [self.sql] if isinstance(self.sql, str) else self.sql

    @property
    def is_batch(self) -> bool:
        """Whether it is a batch of statements."""
        return not isinstance(self.sql, str)

    @property
    def operation(self) -> str:
        """The API's operation that submits it."""
        return "BatchExecuteStatement" if self.is_batch else "ExecuteStatement"

    @property
    def may_wait(self) -> bool:
        """Whether its submission may wait for its end, so that the Id is not known meanwhile.

        Not in a session: a busy one refuses even the repeat that would tell the Id.
        """
        return not {"SessionId", _KEEP_ALIVE} & self.options.keys()

    @property
    def result_format(self) -> str:
        """The format of its results, which the answer to its submission does not tell."""
        return str(self.options.get("ResultFormat", "JSON"))

    def at_attempt(self, number: int) -> "Request":
        """Return the same request as its attempt `number`, from 1."""
        return replace(self, attempt=number)

    def statement_name(self, target: Mapping[str, str]) -> str:
        """Return the StatementName: `{name}/{attempt}/{digest}`, or the bare name where it has no attempts."""
        if not self.attempt:
            return self.name
        return str(StatementName(self.name, self.attempt, self.token(target)[:DIGEST_CHARACTERS]))

    def token(self, target: Mapping[str, str]) -> str:
        """Return the ClientToken: the same for the same work. The service remembers it for 8 hours."""
        # To keep a session for a longer time is no other work; to keep one at all is.
        options = {**self.options, **({_KEEP_ALIVE: "any"} if _KEEP_ALIVE in self.options else {})}
        identity = {
            "name": self.name,
            "attempt": self.attempt,
            "after": self.after,
            "operation": self.operation,
            "mode": self.execution_mode,
            "sql": list(self.statements),
            "parameters": dict(self.parameters),
            "options": options,
            # A session has its target already.
            "target": {} if "SessionId" in self.options else dict(target),
            "work": self.work,
        }
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def inputs(self, target: Mapping[str, str]) -> dict[str, Any]:
        """Return the inputs of the API's operation, for the warehouse and login that `target` names."""
        inputs: dict[str, Any] = {"ClientToken": self.token(target), **self.options}
        if isinstance(self.sql, str):
            inputs["Sql"] = self.sql
        else:
            inputs["Sqls"] = list(self.sql)
            if self.execution_mode != "TRANSACTION":
                inputs["ExecutionMode"] = self.execution_mode
        if self.name:
            inputs["StatementName"] = self.statement_name(target)
        if self.parameters:
            inputs["Parameters"] = [{"name": name, "value": value} for name, value in self.parameters.items()]
        # A session has its database and user already; the API refuses them beside a SessionId.
        return inputs if "SessionId" in inputs else {**inputs, **target}


def options_of(
    with_event: bool,
    result_format: ResultFormat,
    session_id: str | None = None,
    session_keep_alive_seconds: int | None = None,
) -> dict[str, Any]:
    """Return the inputs of the API that are left out where they are what the API does anyway."""
    options: dict[str, Any] = {
        "WithEvent": True if with_event else None,
        "ResultFormat": result_format if result_format != "JSON" else None,
        "SessionId": session_id,
        "SessionKeepAliveSeconds": session_keep_alive_seconds,
    }
    return {name: value for name, value in options.items() if value is not None}


def request_for(
    sql: str | Sequence[str],
    parameters: Parameters | None,
    name: str,
    execution_mode: ExecutionMode,
    options: Mapping[str, Any],
    after: Sequence[str] = (),
) -> Request:
    """Return the request with its values bound, under a name of its own where it has none.

    Raises:
        ScriptError: A limit of the Data API is broken, a parameter and its value do not fit each other, or no text
            stands for a value.
    """
    statements = [sql] if isinstance(sql, str) else sql
    bound, texts = bind(statements, parameters or {})
    return Request(
        sql=bound[0] if isinstance(sql, str) else bound,
        parameters=texts,
        name=name or f"unnamed/{uuid4()}",
        execution_mode=execution_mode,
        options=options,
        after=tuple(after),
    )


def check_limits(statements: Sequence[str]) -> None:
    """Check the number of statements of one submission and the size of each.

    Raises:
        ScriptError: There is none, there are more than 40, one is empty, has more than 100 KB or a NUL character.
    """
    if not statements:
        raise ScriptError("There is no statement to run.")
    if len(statements) > MAX_STATEMENTS:
        raise ScriptError(
            f"The Data API takes {MAX_STATEMENTS} statements at a time, these are {len(statements)}."
        )
    for number, sql in enumerate(statements, start=1):
        size = len(sql.encode())
        if size > MAX_STATEMENT_BYTES:
            raise ScriptError(
                f"The Data API takes statements of {MAX_STATEMENT_BYTES:,} bytes, statement {number} has {size:,}: "
                f"{shorten(sql)}"
            )
        if not sql.strip():
            raise ScriptError(f"Statement {number} is empty.")
        if "\0" in sql:
            raise ScriptError(f"Statement {number} holds a NUL character, which SQL cannot.")
