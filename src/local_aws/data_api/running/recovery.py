"""After a crash: says honestly what became of the statements that an earlier process did not end."""

from local_aws.data_api.records.store import Store
from local_aws.data_api.running.runner import conclude

NOT_RUN = "ERROR: the local stand-in was stopped before this statement was run"
STOPPED = "ERROR: the local stand-in was stopped while this statement was running: whether it took effect is unknown"


def end_interrupted(store: Store) -> None:
    """End what was queued as ABORTED, what was running as FAILED, and forget what is older than 24 hours."""
    store.expire()
    for statement in store.interrupted():
        if statement.status == "STARTED":
            unfinished = [part for part in statement.parts if part.status != "FINISHED"]
            [*unfinished, statement.parts[-1]][0].move("FAILED", STOPPED)
            conclude(statement, cancelled=False)
        else:
            for part in statement.parts:
                part.move("ABORTED", NOT_RUN)
            conclude(statement, cancelled=True)
        store.save(statement)
