"""Logins by a secret: how a wrong password is told, and what the owner of a schema may do."""

import json
import secrets

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.findings.expectations import Containing
from prefect_redshift.verify.place import LOGIN, OWNED, OWNER, Removal
from prefect_redshift.verify.probe import Family, NotAskedError, Observed
from prefect_redshift.verify.probes.sources import NOT_DOCUMENTED, guide
from prefect_redshift.verify.wire import Answer

logins = Family("logins")


@logins.probe(
    "wrong-password",
    "A secret with a wrong password is taken by ExecuteStatement; the statement then fails, and says why.",
    source=NOT_DOCUMENTED,
    expects={
        "submission": "answered",
        "status": "FAILED",
        "error": Containing("password authentication failed for user"),
    },
)
async def _wrong_password(ask: Ask) -> object:
    user, _ = await _user(ask, LOGIN)
    secret = await _secret(ask, user, _password())
    submitted = await _submit(ask, secret, "select 1")
    if submitted.code:
        return {"submission": submitted.outcome, "status": "", "error": submitted.words}
    ended = await ask.end(submitted)
    return {"submission": submitted.outcome, "status": ended["Status"], "error": ended["Error"] or ""}


_PROCEDURE = """create or replace procedure load(d date) as $$ begin
lock table facts;
create temp table staged as select d as day;
delete from facts where day = d;
insert into facts select day from staged;
drop table staged;
end $$ language plpgsql"""


@logins.probe(
    "owner-of-a-schema",
    "The owner of a schema, as in sql/grants.sql, does there all that a job does, locks among it, and reads no others.",
    source=f"{guide('r_Privileges')} and {guide('r_LOCK')}",
    expects={"inside": "FINISHED", "error": "", "outside": "FAILED"},
)
async def _owner_of_a_schema(ask: Ask) -> object:
    user, password = await _user(ask, OWNER)
    schema = f"{ask.place.name}{OWNED}"
    ask.place.schemas.add(schema)
    await ask.prepare(f"create schema {schema} authorization {user}", "create table {own} (a int)")
    secret = await _secret(ask, user, password)
    inside = await ask.end(
        await _submit(
            ask,
            secret,
            f"set search_path to {schema}",
            "create table facts (day date)",
            _PROCEDURE,
            "call load('2026-02-28')",
            _PROCEDURE,
            "call load('2026-02-28')",
            "select count(*) from facts",
            "drop table facts",
        )
    )
    outside = await ask.end(await _submit(ask, secret, f"select a from {ask.own}"))  # noqa: S608 - a name of ours
    answer = {
        "inside": inside["Status"],
        "error": inside["Error"] or "",
        "outside": outside["Status"],
    }
    return Observed(answer, {"words": outside["Error"] or ""})


def _password() -> str:
    """Return a password that Redshift takes."""
    return f"Aa1{secrets.token_hex(12)}"


async def _user(ask: Ask, suffix: str) -> tuple[str, str]:
    """Make a database user, and return its name and password.

    Raises:
        NotAskedError: It must not, or cannot be made.
    """
    if not ask.means.make_secret:
        raise NotAskedError("it needs a secret and a database user of its own: --make-secret")
    user, password = f"{ask.place.name}{suffix}", _password()
    ask.place.users.add(user)
    await ask.prepare(f"create user {user} password '{password}'")
    return user, password


async def _secret(ask: Ask, user: str, password: str) -> str:
    """Make a secret of that user, and return its ARN.

    Raises:
        NotAskedError: It cannot be made.
    """
    ask.place.others[f"the secret {user}"] = Removal(
        "secretsmanager", "DeleteSecret", {"SecretId": user, "ForceDeleteWithoutRecovery": True}
    )
    inputs = {"Name": user, "SecretString": json.dumps({"username": user, "password": password})}
    return str(needed(await ask.service("secretsmanager", "CreateSecret", inputs))["ARN"])


async def _submit(ask: Ask, secret: str, *sqls: str) -> Answer:
    """Submit a statement or a batch by a secret, which takes the place of the target's own login."""
    target = {name: value for name, value in ask.place.target.items() if name not in ("DbUser", "SecretArn")}
    inputs = {**target, "StatementName": f"{ask.place.name}/{ask.probe}", "SecretArn": secret}
    if len(sqls) == 1:
        return await ask.service("redshift-data", "ExecuteStatement", {**inputs, "Sql": sqls[0]})
    return await ask.service("redshift-data", "BatchExecuteStatement", {**inputs, "Sqls": list(sqls)})
