"""What the Data API's operations have to tell, and to whom."""

from prefect_redshift.data_api.cancelling.cancellation import Unconfirmed
from prefect_redshift.data_api.statement import Statement


class Listener:
    """Told what becomes of statements, on the event loop's thread; never a parameter's value.

    Each method does nothing by itself: a listener defines those that it cares for.
    """

    def submitted(self, statement: Statement) -> None:
        """Hear that a statement was submitted."""

    def found(self, statement: Statement) -> None:
        """Hear that a statement that was asked for had been submitted before."""

    def ended(self, statement: Statement) -> None:
        """Hear that a statement that was waited for has ended, however it did."""

    def cancelled(self, statement: Statement) -> None:
        """Hear that a statement that nobody waits for any more was cancelled; its status says how it ended."""

    def not_cancelled(self, unconfirmed: Unconfirmed) -> None:
        """Hear that a statement that nobody waits for any more may still run."""

    def session_kept(self, session_id: str, seconds: int, reason: Exception) -> None:
        """Hear that a session that was left could not be closed at once: it ends by itself after so many seconds."""

    def not_removed(self, url: str, reason: str) -> None:
        """Hear that objects in S3 that nobody needs any more may be left below `url`."""


SILENCE = Listener()
