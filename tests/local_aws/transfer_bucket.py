"""A bucket of a test's own, and a shorthand for COPY and UNLOAD with it."""

import json
from collections.abc import Mapping
from typing import Any

from tests.statements import Statements

ROLE = "iam_role 'arn:aws:iam::123456789012:role/loader'"


class Bucket:
    """Objects in one bucket of the stand-in's S3."""

    def __init__(self, s3: Any, name: str, statements: Statements) -> None:
        self.s3 = s3
        self.name = name
        self.statements = statements

    def put(self, files: Mapping[str, str | bytes]) -> None:
        """Make objects."""
        for key, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            self.s3.put_object(Bucket=self.name, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """Return an object's content."""
        content: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return content

    def names(self) -> list[str]:
        """Return all keys."""
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def copy(self, options: str = "csv", key: str = "in", table: str = "t") -> dict[str, Any]:
        """Run COPY to its end and return its description."""
        return self.statements.run(f"copy {table} from 's3://{self.name}/{key}' {ROLE} {options}")

    def unload(self, query: str, options: str = "", key: str = "out/") -> dict[str, Any]:
        """Run UNLOAD to its end and return its description."""
        quoted = query.replace("'", "''")
        return self.statements.run(f"unload ('{quoted}') to 's3://{self.name}/{key}' {ROLE} {options}")

    def manifest(self, *entries: Mapping[str, Any]) -> str:
        """Return a manifest."""
        return json.dumps({"entries": list(entries)})


def finished(described: dict[str, Any], rows: int | None = None) -> None:
    """See that a COPY or an UNLOAD has finished, and how many rows it says that it has moved."""
    assert described["Status"] == "FINISHED", described.get("Error")
    if rows is not None:
        assert (described["ResultRows"], described["HasResultSet"]) == (rows, False)
