"""The command: its exit codes, what it prints, what it writes, and what is no answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local_aws import Admin
from prefect_redshift.verify import command
from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.options import parser
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes import PROBES
from tests.environments import PROJECT

Verify = Callable[..., int]
ONE = "tokens.too-long"


def test_what_holds_ends_with_0_and_is_written_the_same_again(
    verify: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = []
    for _ in range(2):
        assert verify("--probes", "tokens.too-long,batches.several-in-one,errors.conflict") == 0
        written.append((tmp_path / "verified.json").read_bytes())
    assert written[0] == written[1]
    found = json.loads(written[0])
    assert found["endpoint"] == "other"
    assert {probe: told["verdict"] for probe, told in found["probes"].items()} == {
        "tokens.too-long": "holds",
        "batches.several-in-one": "holds",
        "errors.conflict": "holds",
    }
    assert "3 hold, 0 differ, 0 could not be asked." in capsys.readouterr().out


def test_what_differs_ends_with_1_and_shows_both_answers(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = [replace(probe, expects="answered") if probe.id == ONE else probe for probe in PROBES]
    monkeypatch.setattr(command, "PROBES", tuple(turned))
    assert verify("--probes", ONE) == 1
    told = capsys.readouterr().out
    assert '"answered"' in told
    assert '"ValidationException"' in told
    assert "0 hold, 1 differ, 0 could not be asked." in told


def test_what_cannot_be_asked_is_told_with_its_reason(
    verify: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("--probes", f"{ONE},step-functions.history,logins,events,by-hand.ecs") == 0
    told = capsys.readouterr().out
    assert "step-functions.history could not be asked: it needs a role" in told
    assert "logins.wrong-password could not be asked: it needs a secret" in told
    assert "logins.owner-of-a-schema could not be asked: it needs a secret" in told
    assert "events.statement could not be asked: it needs a queue" in told
    assert "by-hand.ecs could not be asked: no call tells it" in told
    assert "1 hold, 0 differ, 5 could not be asked." in told


def test_where_nothing_can_be_asked_nothing_holds(verify: Verify) -> None:
    assert verify("--probes", "by-hand") == 1


def test_answers_that_differ_from_a_file_end_with_1(
    verify: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is a made-up one: what AWS answers is not known here."""
    assert verify("--probes", "tokens.too-long,batches.several-in-one") == 0
    there = json.loads((tmp_path / "verified.json").read_text())
    other = tmp_path / "aws.json"
    other.write_text(json.dumps(there))
    assert verify("--probes", ONE, "--compare", str(other)) == 0

    there["probes"][ONE]["answer"] = "answered"
    there["probes"]["batches.several-in-one"]["measured"] = {"words": "other words"}
    other.write_text(json.dumps(there))
    capsys.readouterr()
    assert verify("--probes", "tokens.too-long,batches.several-in-one", "--compare", str(other)) == 1
    told = capsys.readouterr().out
    assert (
        f'{ONE}: the file has {{"answer": "answered"}}, here it is {{"answer": "ValidationException"}}'
        in told
    )
    assert '"other words"' in told
    assert "2 answers differ from the file's." in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--probes", "nonsense"], "No probe's id begins with 'nonsense'"),
        (["--job", "nowhere.py"], "nowhere.py is no file of Python"),
        (["--compare", "nowhere.json"], "nowhere.json cannot be read"),
        (["--output", "nowhere/verified.json"], "there is no such folder"),
    ],
)
def test_wrong_use_ends_with_2_before_any_call(
    arguments: list[str], words: str, verify: Verify, admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(*arguments) == 2
    assert words in capsys.readouterr().err
    assert admin.calls() == []


def test_a_wrong_environment_ends_with_2(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", "local-cluster")
    assert verify("--probes", ONE) == 2
    assert "clash" in capsys.readouterr().err
    monkeypatch.delenv("REDSHIFT_CLUSTER_IDENTIFIER")
    monkeypatch.delenv("REDSHIFT_WORKGROUP_NAME")
    assert verify("--probes", ONE) == 2
    assert "No warehouse is named" in capsys.readouterr().err


def test_nothing_is_done_before_somebody_agrees(
    target: str, admin: Admin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--probes", ONE]) == 2  # no terminal
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert command.main(["--probes", ONE]) == 0
    assert admin.calls() == []
    told = capsys.readouterr().out
    assert "It may cost: what the workgroup costs" in told
    assert "Nothing was done." in told


def test_credentials_that_are_refused_end_with_1_in_one_line(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "REFUSED")
    assert verify("--probes", ONE) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "UnrecognizedClientException" in error


def test_an_endpoint_can_be_named(
    verify: Verify, admin: Admin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = admin._url.removesuffix("/_local_aws")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert verify("--probes", ONE, "--endpoint-url", url) == 0
    assert f"at {url}." in capsys.readouterr().out


def test_the_list_asks_nothing(target: str, admin: Admin, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list", "--probes", "tokens"]) == 0
    assert "tokens.replay: A request that is sent again" in capsys.readouterr().out
    assert admin.calls() == []


def test_a_statement_that_fails_against_the_sentence_differs(
    verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(ask: Ask) -> object:
        return await ask.rows("select a from {own}_nowhere")

    async def refused(ask: Ask) -> object:
        return await ask.rows("select 1; select 2")

    family = Family("made-up")
    for name, question in (("fails", fails), ("refused", refused)):
        family.add(name, "It finishes.", source="a test", expects=[[1]], ask=question)
    monkeypatch.setattr(command, "PROBES", tuple(family.probes))
    assert verify() == 1
    found = json.loads((tmp_path / "verified.json").read_text())["probes"]
    assert {told["verdict"] for told in found.values()} == {"differs"}
    assert found["made-up.fails"]["answer"]["status"] == "FAILED"
    assert "does not exist" in found["made-up.fails"]["answer"]["error"]
    assert found["made-up.refused"]["answer"]["status"] == "REFUSED"
    assert "ValidationException" in found["made-up.refused"]["answer"]["error"]


def test_a_permission_that_is_missing_is_no_answer(verify: Verify, admin: Admin, tmp_path: Path) -> None:
    admin.add_fault(
        "error", operation="ExecuteStatement", code="AccessDeniedException", message="not allowed"
    )
    # Each would hold, or differ, on the code of a refusal.
    assert verify("--probes", "tokens.too-long,batches.several-in-one,sessions.unknown") == 1
    found = json.loads((tmp_path / "verified.json").read_text())["probes"]
    assert {told["verdict"] for told in found.values()} == {"not asked"}
    assert all("AccessDeniedException" in told["reason"] for told in found.values())


def test_each_option_is_explained_on_its_page() -> None:
    page = (PROJECT / "docs" / "verifying.md").read_text()
    options = {option for action in parser()._actions for option in action.option_strings}
    assert {option for option in options - {"-h", "--help"} if f"| `{option}" not in page} == set()
