"""The job, declared once: where bicycles were hired, at which price, and where vans moved them to."""

from pathlib import Path

from prefect_redshift.pipeline import Job, Script, Step

BIKES = Job(
    name="bike-sharing",
    title="Bike sharing",
    folder=Path(__file__).resolve().parent,
    schema="bikes",
    procedures=Script("procedures.sql"),
    checks=[Script("checks.sql")],
    # What `setup=always` drops, and so without the table of once.sql.
    setup=Step("create_tables", makes=["station", "tariff", "trip", "relocation"]),
    loads=[
        Step("load_stations", makes=["station"], reads=["source"]),
        Step("load_tariffs", makes=["tariff"], reads=["source"]),
        Step("load_trips", makes=["trip"], reads=["source"], each_day=True),
        Step("load_relocations", makes=["relocation"], reads=["source"], each_day=True),
    ],
)
