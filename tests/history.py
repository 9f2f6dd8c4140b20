"""The stand-in's own account of what went over the wire and what the engine ran, for tests."""

from typing import Any

from local_aws import Admin


class History:
    """What the stand-in has seen of statements whose names start so."""

    def __init__(self, admin: Admin, data_api: Any) -> None:
        self._admin = admin
        self._data_api = data_api

    def executions(self, name_prefix: str) -> list[dict[str, Any]]:
        """Return what the engine ran."""
        return [run for run in self._admin.executions() if run["statement_name"].startswith(name_prefix)]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """Return what went over the wire."""
        return self._admin.calls(operation=operation)

    def has_started(self, name_prefix: str) -> bool:
        """Say whether the engine runs one of them now."""
        found = self._data_api.list_statements(StatementName=name_prefix, Status="STARTED")
        return bool(found["Statements"])
