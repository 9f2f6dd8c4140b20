"""A user, a group and a role are not taken for one another, and each has its own way to be named."""

from collections.abc import Iterator

import pytest

from tests.local_aws.transfer_bucket import finished
from tests.statements import Statements

MISSING = {
    "grant select on granted to p_group": 'user "p_group"',
    "GRANT SELECT ON granted TO p_user, P_Role": 'user "p_role"',
    "/* c */ grant select on granted to group p_group, group p_user": 'group "p_user"',
    "grant select on granted to role p_group": 'role "p_group"',
    'grant select on granted to "no one" with grant option': 'user "no one"',
    "grant role p_user to p_user": 'role "p_user"',
    "revoke select on granted from p_group": 'user "p_group"',
    "revoke select on granted from group p_role cascade": 'group "p_role"',
    "alter default privileges for user p_group grant select on tables to public": 'user "p_group"',
    "alter default privileges grant select on tables to p_role": 'user "p_role"',
    "drop user p_group": 'user "p_group"',
    "drop role p_group": 'role "p_group"',
    "drop group p_group, p_role": 'group "p_role"',
    "alter user p_role rename to p_other": 'user "p_role"',
    "alter group p_role add user p_user": 'group "p_role"',
    "alter group p_group drop user p_group": 'user "p_group"',
    "create user p_new password 'Abcd1234' in group p_group, p_role": 'group "p_role"',
    "create group p_new with user p_group": 'user "p_group"',
    "alter table granted owner to p_group": 'user "p_group"',
    "create schema p_schema authorization p_group": 'user "p_group"',
}


@pytest.fixture
def principals(statements: Statements) -> Iterator[Statements]:
    """A user, a group with that user, and a role."""
    for sql in (
        "create user p_user password 'Abcd1234'",
        "create group p_group with user p_user",
        "create role p_role",
        "create table granted (a int)",
    ):
        finished(statements.run(sql))
    yield statements
    statements.run("drop table granted")
    for kind in ("group", "role", "user"):
        statements.run(f"drop {kind} p_{kind}")


def test_a_name_of_another_kind_is_not_there(principals: Statements) -> None:
    errors = {sql: principals.run(sql).get("Error") for sql in MISSING}
    assert errors == {sql: f"ERROR: {missing} does not exist" for sql, missing in MISSING.items()}


def test_each_is_named_in_its_own_way(principals: Statements) -> None:
    for sql in (
        "grant select on granted to p_user, group p_group, role p_role, public",
        "revoke select on granted from p_user, group p_group, role p_role, public",
        "grant role p_role to p_user",
        "revoke role p_role from p_user",
        "alter group p_group drop user p_user",
        "alter group p_group add user p_user",
        "drop user if exists p_nobody",
        "alter table granted owner to current_user",
    ):
        finished(principals.run(sql))
    assert principals.rows(
        "select groname, usename from pg_group join pg_user on usesysid = any(grolist) where groname like 'p_%'"
    ) == [["p_group", "p_user"]]
