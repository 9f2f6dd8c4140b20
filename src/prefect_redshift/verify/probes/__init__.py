"""The probes, a module for each family."""

from prefect_redshift.verify.probe import Probe
from prefect_redshift.verify.probes.batches import batches
from prefect_redshift.verify.probes.by_hand import by_hand
from prefect_redshift.verify.probes.cancels import cancels
from prefect_redshift.verify.probes.descriptions import descriptions
from prefect_redshift.verify.probes.errors import errors
from prefect_redshift.verify.probes.logins import logins
from prefect_redshift.verify.probes.parameters import parameters
from prefect_redshift.verify.probes.procedures import procedures
from prefect_redshift.verify.probes.rates import rates
from prefect_redshift.verify.probes.results import results
from prefect_redshift.verify.probes.sessions import sessions
from prefect_redshift.verify.probes.sql_semantics import sql_semantics
from prefect_redshift.verify.probes.step_functions import step_functions
from prefect_redshift.verify.probes.tables import tables
from prefect_redshift.verify.probes.timeouts import timeouts
from prefect_redshift.verify.probes.tokens import tokens
from prefect_redshift.verify.probes.waits import waits

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
    rates,
    step_functions,
    by_hand,
)
PROBES: tuple[Probe, ...] = tuple(probe for family in FAMILIES for probe in family.probes)
