"""What the benchmarks' report says of a bar."""

import json
from pathlib import Path

from benchmarks.report import Bar, Section, Table, write


def test_a_bar_that_is_not_met_is_said_to_be_so(tmp_path: Path) -> None:
    bars = [
        Bar("late", 30.0, 25, "ms", why="two of three ask again."),
        Bar("speed", 6.5, 3, "x", above=True),
        Bar("wall", 1.1, 1.1, "x", why="unsaid"),
    ]
    section = Section("many", "Many at once", "How.", [Table(["client", "late"], [["ours", 0.0123]])], bars)
    folder = tmp_path / "new" / "folder"
    report = write(folder, {"machine": "2 cores"}, [section]).read_text()
    assert "| late | 30 ms | ≤ 25 ms | **not met** |" in report
    assert "| speed | 6.5 x | ≥ 3 x | met |" in report
    assert "| wall | 1.1 x | ≤ 1.1 x | met |" in report
    assert "\n\nLate: two of three ask again.\n\n" in report
    assert "unsaid" not in report
    assert "| ours | 0.0123 |" in report
    found = json.loads((folder / "report.json").read_text())
    assert [bar["met"] for bar in found["many"]["bars"]] == [False, True, True]
