"""One run of all probes against the stand-in: what holds, on what it depends, what it needs and leaves."""

import asyncio
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local_aws import Served
from prefect_redshift.blocks.redshift_data_api import RedshiftDataApi
from prefect_redshift.verify.findings import report, verified
from prefect_redshift.verify.findings.scrubbing import Scrubber
from prefect_redshift.verify.probe import Finding, Probe, judge
from prefect_redshift.verify.probes import FAMILIES, PROBES
from tests.environments import PROJECT
from tests.prefect_redshift.verify.recording import changed, leaves, replayed
from tests.prefect_redshift.verify.whole_run import MEANS, WholeRun, all_objects, run_all, what_is_left
from tests.statements import Statements, finish

ASKED = [probe for probe in PROBES if not probe.id.startswith("by-hand.")]
POLICY = json.loads((PROJECT / "docs" / "verify-policy.json").read_text())
# What services call in the caller's name: no call of ours shows it.
ON_OUR_BEHALF = {
    "redshift-serverless:GetCredentials",  # the Data API, to log in
    "secretsmanager:GetSecretValue",  # the Data API, to log in with a secret
    "iam:PassRole",  # Step Functions, for the machine's role
    "states:DescribeStateMachine",  # CloudFormation, of the stack's machine
    "states:TagResource",  # CloudFormation, which tags what it makes
}
# Where an API's own name is not the one of IAM.
IAM_NAMES = {"stepfunctions": "states"}
# By the service authorization reference, one permission is for both.
SAME = {"redshift-data:GetStatementResultV2": "redshift-data:GetStatementResult"}


@pytest.fixture(scope="module")
def whole_run(stand_in: Served, data_api: Any) -> Iterator[WholeRun]:
    """All probes, asked once, in a database of their own."""
    database = f"test_{uuid.uuid4().hex[:12]}"
    finish(data_api, f"CREATE DATABASE {database}")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stand_in.environment.items():
            patch.setenv(name, value)
        warehouse = RedshiftDataApi(workgroup_name="local-workgroup", database=database)
        theirs = Statements(data_api, database)
        assert theirs.run("create table theirs as select 7 as a")["Status"] == "FINISHED"
        before = all_objects(theirs)
        found = asyncio.run(run_all(warehouse))
        listed = data_api.get_paginator("list_statements").paginate(
            StatementName=found.place.name, Status="ALL"
        )
        statements = sum(len(one.get("QueryStrings", "1")) for page in listed for one in page["Statements"])
        yield replace(found, others=(before, all_objects(theirs)), statements=statements)
    finish(data_api, f"DROP DATABASE {database}")


def test_all_that_can_be_asked_holds(whole_run: WholeRun) -> None:
    others = {
        name: (finding.verdict, finding.answer, finding.reason)
        for name, finding in whole_run.findings.items()
        if finding.verdict != "holds" and finding.probe in ASKED
    }
    assert others == {}
    assert {finding.verdict for finding in whole_run.findings.values() if finding.probe not in ASKED} == {
        "not asked"
    }


def test_a_run_takes_at_most_90_seconds(whole_run: WholeRun, record_property: Any) -> None:
    record_property("seconds of all probes on the stand-in", round(whole_run.seconds, 1))
    assert whole_run.seconds < 90


def test_a_run_touches_no_other_object(whole_run: WholeRun) -> None:
    before, after = whole_run.others
    assert [7] in before[-1]
    assert before == after


def test_a_run_is_as_large_as_it_says(whole_run: WholeRun) -> None:
    text = report.plan(whole_run.place, PROBES, MEANS, "", "")
    [told] = re.findall(r"some (\d+) short statements", text)
    assert told in (PROJECT / "docs" / "verifying.md").read_text()
    assert abs(whole_run.statements - int(told)) < 50


def test_a_run_leaves_nothing_behind(whole_run: WholeRun, data_api: Any, stand_in: Served) -> None:
    assert whole_run.left == []
    assert what_is_left(data_api, whole_run.place.name, whole_run.place.target["Database"], stand_in) == []


@pytest.mark.parametrize("probe", ASKED, ids=lambda probe: probe.id)
def test_a_probe_differs_as_soon_as_any_part_of_its_answer_does(probe: Probe, whole_run: WholeRun) -> None:
    """Each part of the answer is turned round by changing one thing that the service has answered."""
    exchanges = whole_run.recorder.exchanges[probe.id]
    finding = whole_run.findings[probe.id]
    parts = leaves({"answer": finding.answer, "measured": finding.measured})
    untouched = {path for path in parts if path not in (".measured",)}

    async def turn_round() -> None:
        same = await replayed(probe, exchanges, whole_run.place, MEANS)
        assert same is not None
        assert (same.answer, same.measured) == (finding.answer, finding.measured)
        for others in changed(exchanges):
            observed = await replayed(probe, others, whole_run.place, MEANS)
            if observed is None:
                continue
            found = leaves({"answer": observed.answer, "measured": observed.measured})
            turned = {path for path in untouched if found.get(path) != parts[path]}
            wrong = [path for path in turned if path.startswith(".answer")]
            if wrong and judge(probe, observed).verdict != "differs":
                turned -= set(wrong)  # another answer that is as good
            untouched.difference_update(turned)
            if not untouched:
                return

    asyncio.run(turn_round())
    assert untouched == set()


@pytest.mark.parametrize("probe", ASKED, ids=lambda probe: probe.id)
def test_a_probe_differs_when_something_else_is_expected(probe: Probe, whole_run: WholeRun) -> None:
    finding = whole_run.findings[probe.id]
    others: list[Any] = ["something else", None if finding.answer is not None else 0, [finding.answer], {}]
    for expected in others:
        assert judge(replace(probe, expects=expected), finding.answer).verdict == "differs"


def test_the_policy_has_what_is_called_and_nothing_else(whole_run: WholeRun) -> None:
    called = {f"{IAM_NAMES.get(service, service)}:{name}" for service, name in whole_run.wire.operations}
    allowed = [action for statement in POLICY["Statement"] for action in statement["Action"]]
    assert set(allowed) == {SAME.get(action, action) for action in called} | ON_OUR_BEHALF
    assert len(allowed) == len(set(allowed))


def test_the_policy_reaches_only_names_of_a_run(whole_run: WholeRun) -> None:
    for statement in POLICY["Statement"]:
        made = {action.partition(":")[0] for action in statement["Action"]} & {
            "states", "cloudformation", "secretsmanager", "events", "sqs"
        }  # fmt: skip
        resources = statement["Resource"]
        resources = [resources] if isinstance(resources, str) else resources
        assert not made or all("verify" in resource for resource in resources), statement


AWS = PROJECT / "docs" / "verified.json"


@pytest.mark.skipif(not AWS.exists(), reason="no answers of AWS are committed yet")
def test_the_stand_in_answers_as_aws_has(whole_run: WholeRun) -> None:
    there = verified.read(AWS)
    assert there["endpoint"] == "aws"
    assert [str(one) for one in verified.differences(there, content_of(whole_run))] == []


def content_of(whole_run: WholeRun) -> dict[str, Any]:
    """Return what would be written of a run."""
    asked = verified.Asked("other", "workgroup", "Redshift 1.0.0", "2026-01-01")
    return verified.content(asked, list(whole_run.findings.values()), Scrubber(whole_run.place.target))


def test_what_is_written_holds_no_name_of_the_account(whole_run: WholeRun) -> None:
    text = json.dumps(content_of(whole_run))
    named = [
        *whole_run.place.target.values(),
        whole_run.place.name,
        "123456789012",
        "arn:aws:iam",
        "IAM:local",
    ]
    assert [name for name in named if name in text] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


NASTY = {
    "account number": "111122223333",
    "ARN": "arn:aws:iam::444455556666:role/etl-admin",
    "user": 'user "etl_ann"',
    "database user": "IAMR:etl-bob",
    "key": "AKIAIOSFODNN7EXAMPLE",
    "token": "FwoGZXIvYXdzEBYaDHqa0AP1Ij2k3l4m5+n6/o7p8q9==",
    "host": "team.777788889999.eu-west-1.redshift-serverless.amazonaws.com",
    "mail": "carol@team.example.com",
}
# What must not be left of them.
TRACES = (
    *("111122223333", "444455556666", "etl-admin", "etl_ann", "etl-bob", "AKIA"),
    *("FwoG", "o7p8q9", "777788889999", "carol"),
)


def with_nasty(value: Any, text: str) -> Any:
    """Return an answer of the same form in which each text and each large number names the account."""
    match value:
        case dict():
            return {f"{name} {text}": with_nasty(held, text) for name, held in value.items()}
        case list():
            return [with_nasty(held, text) for held in value]
        case bool() | None:
            return value
        case int():
            return 111122223333
    return f"{value}: {text}, and {text}"


@pytest.mark.parametrize("what", NASTY)
def test_whatever_is_answered_no_name_of_the_account_is_written(whole_run: WholeRun, what: str) -> None:
    nasty = [
        Finding(
            finding.probe,
            verdict,
            with_nasty(finding.answer, NASTY[what]),
            with_nasty(finding.measured, NASTY[what]),
            reason=f"refused: {NASTY[what]}",
        )
        for finding in whole_run.findings.values()
        for verdict in ("holds", "differs", "not asked")
    ]
    scrubber = Scrubber(whole_run.place.target)
    asked = verified.Asked(
        "other", "workgroup", f"PostgreSQL 8.0.2, Redshift 1.0 {NASTY[what]}", "2026-01-01"
    )
    for each in range(3):
        text = json.dumps(verified.content(asked, nasty[each::3], scrubber))
        assert [trace for trace in TRACES if trace in text] == []
    told = "\n".join(report.details(nasty, scrubber))
    assert [trace for trace in TRACES if trace in told] == []


def test_ids_are_unique_and_every_assumption_has_a_sentence_and_a_source() -> None:
    ids = [probe.id for probe in PROBES]
    assert len(ids) == len({one.replace(".", "_").replace("-", "_") for one in ids})
    assert all(probe.assumes.endswith((".", ".)")) and probe.source for probe in PROBES)
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+", one) for one in ids)


DOCUMENTS = [
    *(PROJECT / "docs").glob("*.md"),
    PROJECT / "src/local_aws/README.md",
    PROJECT / "src/local_aws/DIALECT.md",
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_probe_that_a_document_names_is_there(path: Path) -> None:
    families = "|".join(family.name for family in FAMILIES)
    named = set(re.findall(rf"`((?:{families})\.[a-z-]+)`", path.read_text()))
    assert named <= {probe.id for probe in PROBES}
