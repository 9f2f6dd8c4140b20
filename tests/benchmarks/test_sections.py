"""What two sections of the benchmarks make of the figures that were taken."""

from pathlib import Path

import pytest

from benchmarks import cold, frames, many, overhead
from benchmarks.peers.clients import Measured


def test_a_run_from_the_prompt_is_divided_by_the_flow_and_the_engine() -> None:
    medians = {
        ("nothing", "fresh"): 19.0,
        ("engine", "fresh"): 1.0,
        ("pipeline", "fresh"): 16.0,
        ("nothing", "warm"): 9.5,
        ("engine", "warm"): 0.5,
        ("pipeline", "warm"): 6.0,
        ("nothing", "server running"): 4.0,
        ("pipeline", "server running"): 5.0,
        ("joined", "server running"): 4.4,
    }
    section = cold.section(medians)
    assert [bar.measured for bar in section.bars] == [0.8, 0.6, 1.25]
    assert [bar.is_met for bar in section.bars] == [False, True, True]
    [table] = section.tables
    assert [row[0] for row in table.rows] == [
        "fresh",
        "warm",
        "server running",
        "server running, stand-in too",
    ]
    assert all(len(row) == len(table.header) for row in table.rows)
    assert table.rows[-1][-1] == pytest.approx(1.1)


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"ended with 1:\n(.|\n)*ZeroDivisionError"):
        cold.seconds_of(["-c", "1 / 0"], tmp_path / "home")


def test_frames_are_compared_by_speed_and_by_growth() -> None:
    def taken(seconds: float, grown: float) -> list[dict[str, object]]:
        return [{"rows": 10, "seconds": seconds, "idle": 100.0, "peak": 100.0 + grown, "exact": True}]

    ours = {frames.UNLOADED: taken(1.0, 20.0), frames.COPIED: taken(2.0, 50.0)}
    others = {client: taken(4.0, 40.0) for client in frames.CLIENTS if client not in ours}
    bars = {bar.what: bar for bar in frames.section(ours | others, 10).bars}
    assert len(bars) == 6
    assert bars["10 rows written, speed over awswrangler write"].measured == 2.0
    assert not bars["10 rows written, memory over awswrangler write"].is_met
    assert bars["10 rows read, memory over awswrangler read"].measured == 0.5


def test_what_asks_again_is_told_apart_from_the_others() -> None:
    found = Measured(
        wall=10.0,
        engine=9.9,
        stand_in=0.0,
        late=(0.09, 0.002, 0.004),
        calls=(2, 1, 1),
        cpu=5.0,
        grown=1.0,
        servers=8.0,
    )
    assert many.why_late(found).startswith("1 statements outlast the wait")
    assert many.why_late(found).endswith("The others' is 4 ms.")
    assert "Prefect's server takes 0.8 " in many.why_tasks_are_late(found)
    assert many.why_tasks_are_late(found).endswith("the flow's process 0.5.")


def test_of_calls_at_once_one_counts() -> None:
    calls = [(0.0, 1.0), (1.0, 2.0), (2.1, 3.0), (2.2, 2.9), (2.95, 4.0), (3.5, 4.5)]
    found = [{"started_at": started, "ended_at": ended} for started, ended in reversed(calls)]
    assert overhead.calls_in_sequence(found) == 4
    assert overhead.calls_in_sequence([]) == 0
