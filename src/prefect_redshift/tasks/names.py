"""What the statements of a flow run are called: by these names they are found again, by whoever looks."""

from prefect import runtime


def statement_prefix(flow_name: str, flow_run_id: str) -> str:
    """Return what the names of all statements of a flow run begin with."""
    return f"{flow_name}/{flow_run_id}/"


def prefix_of_this_run() -> str:
    """Return what the names of all statements of the current flow run begin with."""
    return statement_prefix(str(runtime.flow_run.flow_name), str(runtime.flow_run.id))
