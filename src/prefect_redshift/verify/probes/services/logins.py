"""Logins: how a wrong one is told."""

import json
import secrets

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.findings.expectations import Containing
from prefect_redshift.verify.place import Removal
from prefect_redshift.verify.probe import Family, NotAskedError
from prefect_redshift.verify.probes.sources import NOT_DOCUMENTED

logins = Family("logins")


def _password() -> str:
    """Return a password that Redshift takes."""
    return f"Aa1{secrets.token_hex(12)}"


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
    if not ask.means.make_secret:
        raise NotAskedError("it needs a secret and a database user of its own: --make-secret")
    user = f"{ask.place.name}_login"
    ask.place.users.add(user)
    await ask.prepare(f"create user {user} password '{_password()}'")
    ask.place.others[f"the secret {user}"] = Removal(
        "secretsmanager", "DeleteSecret", {"SecretId": user, "ForceDeleteWithoutRecovery": True}
    )
    content = json.dumps({"username": user, "password": _password()})
    secret = needed(
        await ask.wire.call("secretsmanager", "CreateSecret", {"Name": user, "SecretString": content})
    )
    # The secret takes the place of the target's own login.
    submitted = await ask.wire.call(
        "redshift-data",
        "ExecuteStatement",
        {
            **{
                name: value for name, value in ask.place.target.items() if name not in ("DbUser", "SecretArn")
            },
            "StatementName": f"{ask.place.name}/{ask.probe}",
            "SecretArn": secret["ARN"],
            "Sql": "select 1",
        },
    )
    if submitted.code:
        return {"submission": submitted.outcome, "status": "", "error": submitted.words}
    ended = await ask.end(submitted)
    return {"submission": submitted.outcome, "status": ended["Status"], "error": ended["Error"] or ""}
