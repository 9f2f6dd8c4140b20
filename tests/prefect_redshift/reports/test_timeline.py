"""The picture of a run."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_redshift.data_api.statement import Statement
from prefect_redshift.reports.run_report import StepReport
from prefect_redshift.reports.timeline import LABELS, MOST_TICKS, WIDTH, svg, tick_seconds

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RECT = "{http://www.w3.org/2000/svg}rect"


def step(
    submitted: float, ended: float, seconds: float, status: str = "FINISHED", name: str = "load"
) -> StepReport:
    created, updated = NOON + timedelta(seconds=submitted), NOON + timedelta(seconds=ended)
    return StepReport(
        name, Statement(id="i", status=status, created_at=created, updated_at=updated, seconds=seconds)
    )


def rectangles(*steps: StepReport) -> list[ElementTree.Element]:
    """Two for each step, queued and run; the first of all is the background."""
    return list(ElementTree.fromstring(svg(steps)).iter(RECT))[1:]


def test_a_bar_has_its_queue_time_before_its_run_time() -> None:
    queued, ran, *_ = rectangles(step(0, 4, 3), step(4, 8, 4))
    unit = (WIDTH - LABELS - 80) / 8
    assert float(queued.attrib["x"]) == LABELS
    assert float(queued.attrib["width"]) == pytest.approx(unit, abs=0.1)
    assert float(ran.attrib["width"]) == pytest.approx(3 * unit, abs=0.1)


def test_a_statement_that_failed_or_was_cancelled_has_another_colour() -> None:
    statuses = ("FINISHED", "FAILED", "ABORTED", "STARTED")
    shown = rectangles(*(step(0, 1, 1, status) for status in statuses))[1::2]
    assert len({rectangle.attrib["fill"] for rectangle in shown}) == 4


@given(st.lists(st.tuples(*[st.floats(0, 90_000)] * 3), max_size=8), st.text(max_size=20))
def test_whatever_the_times_all_is_within_the_frame(
    times: list[tuple[float, float, float]], name: str
) -> None:
    printable = "".join(character for character in name if character.isprintable())
    shown = rectangles(*(step(*numbers, name=printable) for numbers in times))
    assert len(shown) == 2 * len(times)
    for rectangle in shown:
        left, width = float(rectangle.attrib["x"]), float(rectangle.attrib["width"])
        assert left >= LABELS - 0.1
        assert width >= 0
        assert left + width <= WIDTH


def test_a_statement_without_times_has_no_bar() -> None:
    assert rectangles(StepReport("load", Statement(id="i", status="FINISHED"))) == []


@given(st.floats(0.001, 86_400))
def test_ticks_are_round_and_few(total: float) -> None:
    tick = tick_seconds(total)
    assert total / tick <= MOST_TICKS * 1.001
    assert f"{tick:.0e}"[0] in "125"
