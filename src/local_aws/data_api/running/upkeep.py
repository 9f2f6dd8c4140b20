"""What Redshift does by itself after a load: here, PostgreSQL learns what the blocks of a sorted table hold."""

import re
from contextlib import suppress

from local_aws.data_api.records.statement import Part, Statement
from local_aws.engine.connection import Connection, EngineError

CALL = re.compile(r"\bcall\b", re.IGNORECASE)
# Fewer rows than fill the blocks that are summarised together.
MANY_ROWS = 1000


async def tend(connection: Connection, statement: Statement) -> None:
    """Summarise and analyse the tables that a statement may have filled; what goes wrong is for the next load."""
    if connection.in_transaction or not any(_may_have_loaded(part) for part in statement.parts):
        return
    with suppress(EngineError):
        await connection.run("SELECT local_aws.tend()")


def _may_have_loaded(part: Part) -> bool:
    written = not part.has_result and part.rows >= MANY_ROWS
    return part.status == "FINISHED" and (written or CALL.search(part.sql) is not None)
