"""Prefect events of statements: for the event feed, and for automations to act on."""

from prefect.context import get_run_context
from prefect.events import emit_event
from prefect.exceptions import MissingContextError

from prefect_redshift.data_api.statement import Statement


def announce(state: str, statement: Statement) -> None:
    """Emits `redshift-data.statement.<state>` of a statement of the current Prefect run; elsewhere it does nothing.

    The run is among the event's related resources. Neither SQL nor values nor the engine's words go into it.
    """
    try:
        get_run_context()
    except MissingContextError:
        return
    emit_event(
        event=f"redshift-data.statement.{state}",
        resource={
            "prefect.resource.id": f"redshift-data.statement.{statement.id}",
            "prefect.resource.name": statement.name,
        },
        payload={
            "status": statement.status,
            "seconds": statement.seconds,
            "rows": statement.rows,
            "redshift_query_id": statement.redshift_query_id,
        },
    )
