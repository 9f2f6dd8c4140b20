"""Which statements of a flow run there are from its earlier tries, and what each step of this try comes after.

A step's token follows from its SQL, values, target and attempt, and from the ids of the statements that it comes after.
What is executed anew has another id, and so changes the token of all that follows: that is then executed anew as well.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from prefect import runtime

from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.data_api.listings import ListedStatement
from prefect_redshift.data_api.statement import Statement
from prefect_redshift.exceptions import PipelineError
from prefect_redshift.tasks.names import prefix_of_this_run

# ListStatements reaches back 24 hours; an hour less, for a run that takes that long itself.
LIST_REACHES_BACK = timedelta(hours=23)
# What a step that has no statement counts as.
NO_STATEMENT = "-"


class Chain:
    """The statements of one flow run.

    Attributes:
        is_retry: Whether the flow run has been tried before.
        failed_validations: The ids of validations of earlier tries that failed; what loads is executed again after
            them.
    """

    def __init__(self) -> None:
        self.is_retry = False
        self.failed_validations: list[str] = []
        self._prefix = prefix_of_this_run()
        self._listed: Sequence[ListedStatement] = ()
        self._ids: dict[str, str] = {}
        self._reaches_back = True

    async def look_back(self, warehouse: RedshiftDataApi) -> None:
        """Before a retry submits anything: list what the earlier tries have submitted (API: ListStatements, once).

        Raises:
            CallError: The call was refused.
        """
        self.is_retry = runtime.flow_run.run_count > 1
        if not self.is_retry:
            return
        self._listed = [listed async for listed in warehouse.list_statements(self._prefix)]
        started = runtime.flow_run.scheduled_start_time
        self._reaches_back = datetime.now(UTC) - started < LIST_REACHES_BACK
        if not self.is_complete:
            warehouse.logger.warning(
                "What earlier tries of this flow run have done is not known for sure any more: its steps begin anew."
            )

    @property
    def is_complete(self) -> bool:
        """Whether all that earlier tries have submitted is known.

        An empty list may mean that another role is looking, which is not shown what is not its own.
        """
        return not self.is_retry or (self._reaches_back and bool(self._listed))

    def listed(self, step: str) -> list[ListedStatement]:
        """Return the statements of a step from earlier tries, newest first."""
        return [listed for listed in self._listed if listed.name.startswith(f"{self._prefix}{step}/")]

    def name(self, step: str) -> str:
        """Return what the statement of a step is called, without its attempt."""
        return f"{self._prefix}{step}"

    def ended(self, step: str, statement: Statement) -> None:
        """Remember by which statement a step was done."""
        self._ids[step] = statement.id

    def after(self, steps: Sequence[str], *, loads: bool = False) -> list[str]:
        """Return the ids of the statements that a step comes after, by the names of the steps.

        Args:
            steps: The names of those steps.
            loads: Whether it is one that is executed again after a failed validation.
        """
        ids = [self._ids.get(step, NO_STATEMENT) for step in sorted(steps)]
        return [*ids, *(sorted(self.failed_validations) if loads else [])]

    def check_destroying(self, step: str) -> None:
        """Check that a step that destroys may be run, or be found finished: never when an earlier try may have done it.

        Raises:
            PipelineError: It cannot be told whether it has finished in an earlier try.
        """
        if not self.is_complete:
            raise PipelineError(
                f"Whether {step}, which drops tables, has finished in an earlier try of this flow run cannot be told "
                "any more, so nothing was run: start a new flow run."
            )
