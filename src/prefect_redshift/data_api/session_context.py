"""A session as a context manager, for async code and for code that is not."""

from dataclasses import dataclass
from types import TracebackType

from prefect_redshift.blocking import blocking, run_blocking
from prefect_redshift.data_api.connection import Connection
from prefect_redshift.data_api.sessions import Session
from prefect_redshift.delegation import delegate


class BlockingSession:
    """One session of the Data API for code that is not async.

    Attributes:
        session: The session itself.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def _session(self) -> Session:
        return self.session

    run = blocking(delegate(Session.run, _session))


class SessionContext:
    """A session that is let go when it is left: by `async with` as a `Session`, by `with` as a `BlockingSession`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __aenter__(self) -> Session:
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.leave()

    def __enter__(self) -> BlockingSession:
        return BlockingSession(self._session)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        run_blocking(self._session.leave())


@dataclass(frozen=True)
class Sessions:
    """Opening a session."""

    connection: Connection

    def session(self, keep_alive_seconds: int = 300) -> SessionContext:
        """Open a Data API session, in which temporary tables live from one statement to the next.

        It is opened by its first statement. Left in whatever way, it is let go.

        Args:
            keep_alive_seconds: How long the service keeps it after the end of a statement, from 1 to 86,400; it should
                outlast the pauses between the statements. The service ends every session after 24 hours.

        Example:
            ```python
            async with warehouse.session() as session:
                await session.run("create temp table staged as select ...")
                await session.run("merge into ... using staged ...")
            ```

            In code that is not async, it is `with` and without `await`.
        """
        return SessionContext(Session(self.connection, keep_alive_seconds))
