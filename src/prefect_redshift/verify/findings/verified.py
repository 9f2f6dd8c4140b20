"""What a run has found, as a file that can be committed, and compared with what another endpoint answers."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.verify.findings.expectations import described
from prefect_redshift.verify.findings.scrubbing import Scrubber
from prefect_redshift.verify.probe import Finding

FORMAT = 1


@dataclass(frozen=True)
class Asked:
    """Whom a run has asked, and when.

    Attributes:
        endpoint: `aws`, or `other`.
        warehouse: `workgroup` or `cluster`.
        engine: What the warehouse says of its version.
        day: YYYY-MM-DD.
    """

    endpoint: str
    warehouse: str
    engine: str
    day: str


@dataclass(frozen=True)
class Difference:
    """A probe that two endpoints answer differently."""

    probe: str
    there: Any
    here: Any

    def __str__(self) -> str:
        return f"{self.probe}: the file has {as_json(self.there)}, here it is {as_json(self.here)}"


def content(asked: Asked, findings: Sequence[Finding], scrubber: Scrubber) -> dict[str, Any]:
    """Return what is written: the same for the same answers, under whatever names they were given."""
    version = re.search(r"Redshift [\w.]+", asked.engine)
    return {
        "format": FORMAT,
        "endpoint": asked.endpoint,
        "warehouse": asked.warehouse,
        "engine": version[0] if version else "unknown",
        "day": asked.day,
        "probes": {finding.probe.id: _of(finding, scrubber) for finding in findings},
    }


def _of(finding: Finding, scrubber: Scrubber) -> dict[str, Any]:
    probe = finding.probe
    kept = {"assumes": probe.assumes, "source": probe.source, "verdict": finding.verdict}
    if finding.verdict == "not asked":
        return {**kept, "reason": scrubber.text(finding.reason)}
    expects = {"expects": described(probe.expects)} if finding.verdict == "differs" else {}
    measured = {"measured": scrubber.value(finding.measured)} if finding.measured else {}
    return {**kept, **expects, "answer": scrubber.value(finding.answer), **measured}


def write(path: Path, found: Mapping[str, Any]) -> None:
    """Write what was found.

    Raises:
        PipelineError: The file cannot be written.
    """
    text = json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise PipelineError(f"{path} cannot be written: {error.strerror}.") from error


def read(path: Path) -> dict[str, Any]:
    """Return what a file of an earlier run holds.

    Raises:
        PipelineError: It is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PipelineError(f"{path} cannot be read as a file of an earlier run: {error}") from error
    if (
        not isinstance(found, dict)
        or found.get("format") != FORMAT
        or not isinstance(found.get("probes"), dict)
    ):
        raise PipelineError(f"{path} is no file of an earlier run: write it with --output.")
    return found


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Return the probes that two runs have answered differently, of those that both have asked."""
    mine, theirs = here["probes"], there["probes"]
    return [
        Difference(probe, _said(theirs[probe]), _said(mine[probe]))
        for probe in sorted(mine.keys() & theirs.keys())
        if "answer" in mine[probe]
        and "answer" in theirs[probe]
        and as_json(_said(mine[probe])) != as_json(_said(theirs[probe]))
    ]


def _said(entry: Mapping[str, Any]) -> Any:
    return {"answer": entry["answer"], **({"measured": entry["measured"]} if "measured" in entry else {})}


def as_json(value: Any) -> str:
    """Return a value on one line, the same for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
