"""What is printed for a person: before, meanwhile and at the end."""

from collections import Counter
from collections.abc import Iterator, Sequence

from prefect_redshift.reports.text_table import text_table
from prefect_redshift.verify.ask import Means
from prefect_redshift.verify.findings.expectations import described
from prefect_redshift.verify.findings.scrubbing import Scrubber
from prefect_redshift.verify.findings.verified import Difference, as_json
from prefect_redshift.verify.place import OWNED, Place
from prefect_redshift.verify.probe import Finding, Probe
from prefect_redshift.verify.run import AT_ONCE, RUN_SECONDS


def plan(place: Place, probes: Sequence[Probe], means: Means, endpoint: str, job: str) -> str:
    """Return what a run will do, and what it may cost."""
    target = place.target
    where = target.get("WorkgroupName") or target.get("ClusterIdentifier", "")
    lines = [
        f"{len(probes)} questions to {where}, database {target['Database']}, at {endpoint}.",
        f"It makes the schema {place.name}, works in it alone, and drops it at the end, also after Ctrl-C.",
        *_further(place, means),
        *([f"It runs the job {job} once, in that schema."] if job else []),
        f"It runs some 440 short statements, up to {AT_ONCE} questions at once, "
        f"for {RUN_SECONDS / 60:.0f} minutes at most, and then removes what it has made.",
    ]
    return "\n".join([*lines, _cost(target.get("WorkgroupName", ""), means)])


def _further(place: Place, means: Means) -> Iterator[str]:
    if means.role:
        yield f"It makes five state machines and a stack {place.name.replace('_', '-')}-..., and deletes them."
    else:
        yield "It asks nothing of Step Functions: that needs --role."
    if means.make_secret:
        yield f"It makes the schema {place.name}{OWNED}, two database users and two secrets, and deletes them."
    else:
        yield "It makes no database user and no secret: that needs --make-secret."
    if means.make_queue:
        yield f"It makes a rule of EventBridge and a queue {place.name}_..., and deletes them."
    else:
        yield "It asks nothing of EventBridge: that needs --make-queue."


def _cost(workgroup: str, means: Means) -> str:
    warehouse = (
        "what the workgroup costs while it is awake: a sixth of an hour of its base capacity at most"
        if workgroup
        else "nothing beyond the cluster itself"
    )
    others = (
        ", and less than a cent for the rest" if means.role or means.make_secret or means.make_queue else ""
    )
    return f"It may cost: {warehouse}{others}."


def table(findings: Sequence[Finding]) -> str:
    """Return a line for each probe."""
    rows = [(finding.probe.id, finding.verdict, finding.probe.assumes) for finding in findings]
    return text_table(("probe", "verdict", "what we assume"), rows)


def details(findings: Sequence[Finding], scrubber: Scrubber) -> Iterator[str]:
    """Yield both answers of each probe that differs, and the reason for each that could not be asked."""
    for finding in findings:
        probe = finding.probe
        if finding.verdict == "differs":
            yield f"{probe.id} differs. We assume: {probe.assumes}"
            yield f"  source    {probe.source}"
            yield f"  expected  {as_json(described(probe.expects))}"
            yield f"  answer    {as_json(scrubber.value(finding.answer))}"
    for finding in findings:
        if finding.verdict == "not asked":
            yield f"{finding.probe.id} could not be asked: {scrubber.text(finding.reason)}"


def summary(findings: Sequence[Finding], compared: Sequence[Difference]) -> str:
    """Return how many hold, differ and could not be asked."""
    counted = Counter(finding.verdict for finding in findings)
    holds, differ, not_asked = counted["holds"], counted["differs"], counted["not asked"]
    others = f" {len(compared)} answers differ from the file's." if compared else ""
    return f"{holds} hold, {differ} differ, {not_asked} could not be asked.{others}"
