"""Small jobs of other shapes than the project's, with their scripts."""

from pathlib import Path

from prefect_redshift.pipeline import Job, Script, Step

# No procedures, no checks, no step check_run_date; a schema of its own.
TWO_FACTS = """
-- step: create_tables
create table if not exists orders (day date, pieces integer);
create table if not exists returns (day date, pieces integer);

-- step: load_orders
delete from orders where day = cast(:run_date as date);
insert into orders values (cast(:run_date as date), 3);

-- step: load_returns
delete from returns where day = cast(:run_date as date);
insert into returns values (cast(:run_date as date), 1);
"""
# Nothing but loads and checks: `total` comes after the other two, which load at once.
NO_DAYS = """
-- step: load_red
create table if not exists red (pieces integer);
insert into red values (1);

-- step: load_blue
create table if not exists blue (pieces integer);
insert into blue values (2);

-- step: load_total
create table if not exists total (pieces integer);
delete from total;
insert into total select (select sum(pieces) from red) + (select sum(pieces) from blue);
"""
NO_DAYS_CHECKS = """
-- check: total_is_whole (fail)
select 3 as expected, (select sum(pieces) from total) as actual;

-- check: blue_is_there (fail)
select 1 as expected, (select count(*) from blue) as actual;

-- check: red_is_rare (warn)
select 1 as expected, (select count(*) from red) as actual, 'look at the red ones' as message;
"""


def two_facts(folder: Path) -> Job:
    """Return a job of days whose two facts load at once, in the schema `retail`."""
    (folder / "steps.sql").write_text(TWO_FACTS)
    return Job(
        name="two-facts",
        folder=folder,
        scripts=".",
        schema="retail",
        setup=Step("create_tables", makes=["orders", "returns"]),
        loads=[
            Step("load_orders", makes=["orders"], each_day=True),
            Step("load_returns", makes=["returns"], each_day=True),
        ],
    )


def no_days(folder: Path, checks: str = NO_DAYS_CHECKS) -> Job:
    """Return a job without days, setup and procedures, which has checks."""
    (folder / "steps.sql").write_text(NO_DAYS)
    (folder / "checks.sql").write_text(checks)
    return Job(
        name="no-days",
        folder=folder,
        scripts=".",
        checks=[Script("checks.sql")],
        loads=[
            Step("load_total", makes=["total"], after=["load_red", "load_blue"]),
            Step("load_red", makes=["red"]),
            Step("load_blue", makes=["blue"]),
        ],
    )


def with_setup(folder: Path) -> Job:
    """Return a job without days whose setup may be left out."""
    (folder / "steps.sql").write_text(
        "-- step: create\ncreate table if not exists green (n integer);\n-- step: load\ninsert into green values (1);"
    )
    return Job(
        name="with-setup",
        folder=folder,
        scripts=".",
        setup=Step("create", makes=["green"]),
        loads=[Step("load", makes=["green"])],
    )


def one_fact(folder: Path) -> Job:
    """Return a job of days without a setup and without a check of the run date."""
    (folder / "steps.sql").write_text(
        "-- step: load_day\ncreate table if not exists days (day date);\n"
        "insert into days values (cast(:run_date as date));"
    )
    return Job(
        name="one-fact", folder=folder, scripts=".", loads=[Step("load_day", makes=["days"], each_day=True)]
    )
