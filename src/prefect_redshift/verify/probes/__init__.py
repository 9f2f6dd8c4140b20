"""The probes, a module for each family."""

from prefect_redshift.verify.probe import Probe
from prefect_redshift.verify.probes.by_hand import by_hand
from prefect_redshift.verify.probes.data_api.batches import batches
from prefect_redshift.verify.probes.data_api.cancels import cancels
from prefect_redshift.verify.probes.data_api.descriptions import descriptions
from prefect_redshift.verify.probes.data_api.parameters import parameters
from prefect_redshift.verify.probes.data_api.rates import rates
from prefect_redshift.verify.probes.data_api.results import results
from prefect_redshift.verify.probes.data_api.sessions import sessions
from prefect_redshift.verify.probes.data_api.timeouts import timeouts
from prefect_redshift.verify.probes.data_api.tokens import tokens
from prefect_redshift.verify.probes.data_api.waits import waits
from prefect_redshift.verify.probes.engine.errors import errors
from prefect_redshift.verify.probes.engine.procedures import procedures
from prefect_redshift.verify.probes.engine.sql_semantics import sql_semantics
from prefect_redshift.verify.probes.engine.tables import tables
from prefect_redshift.verify.probes.services.events import events
from prefect_redshift.verify.probes.services.logins import logins
from prefect_redshift.verify.probes.services.step_functions import step_functions

FAMILIES = (
    tokens,
    waits,
    batches,
    parameters,
    results,
    descriptions,
    sessions,
    cancels,
    timeouts,
    errors,
    procedures,
    sql_semantics,
    tables,
    logins,
    events,
    rates,
    step_functions,
    by_hand,
)
PROBES: tuple[Probe, ...] = tuple(probe for family in FAMILIES for probe in family.probes)
