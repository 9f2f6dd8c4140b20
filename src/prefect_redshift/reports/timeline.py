"""When each step ran, as a picture: one bar a step, on one scale of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from prefect_redshift.reports.run_report import StepReport

WIDTH, ROW, MARGIN = 900, 30, 14
LABELS, SECONDS = 230, 80
MOST_TICKS = 8

_COLOURS = {"FINISHED": "#2e8b57", "FAILED": "#c0392b", "ABORTED": "#d68910"}
_OTHER_COLOUR = "#5d6d7e"
_QUEUE_COLOUR = "#b8c4d0"


@dataclass(frozen=True)
class Bar:
    """One statement's times, by the service's clock."""

    name: str
    status: str
    submitted: datetime
    started: datetime
    ended: datetime


def svg(steps: Sequence[StepReport]) -> str:
    """Return the picture as an SVG document; without a bar for a statement whose times the service did not tell."""
    bars = [bar for step in steps if (bar := _bar(step))]
    begin = min((bar.submitted for bar in bars), default=datetime.min)
    total = max(((bar.ended - begin).total_seconds() for bar in bars), default=0.0)
    # A run of no time at all still has a scale.
    scale = (WIDTH - LABELS - SECONDS) / max(total, 0.001)
    height = MARGIN * 2 + ROW * (len(bars) + 1)
    shapes = [*_axis(total, scale, height), *_rows(bars, begin, scale)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="#1b2631">'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>{"".join(shapes)}</svg>'
    )


def _bar(step: StepReport) -> Bar | None:
    statement = step.statement
    if statement.created_at is None or statement.updated_at is None:
        return None
    ended = max(statement.created_at, statement.updated_at)
    started = max(statement.created_at, ended - timedelta(seconds=statement.seconds))
    return Bar(step.name, statement.status, statement.created_at, started, ended)


def _axis(total: float, scale: float, height: int) -> Iterator[str]:
    step = tick_seconds(total)
    bottom = height - MARGIN - ROW * 0.6
    for number in range(int(total / step) + 1):
        x = LABELS + number * step * scale
        yield f'<line x1="{x:.1f}" y1="{MARGIN}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="#e5e8eb"/>'
        yield f'<text x="{x:.1f}" y="{height - MARGIN}" text-anchor="middle" fill="#5d6d7e">{number * step:g} s</text>'


def tick_seconds(total: float) -> float:
    """Return a round number of seconds of which no more than `MOST_TICKS` make up `total`."""
    power = 0.001
    while True:
        for factor in (1, 2, 5):
            if total / (power * factor) <= MOST_TICKS:
                return round(power * factor, 3)
        power *= 10


def _rows(bars: Sequence[Bar], begin: datetime, scale: float) -> Iterator[str]:
    for number, bar in enumerate(bars):
        top = MARGIN + number * ROW
        submitted, started, ended = (
            LABELS + (moment - begin).total_seconds() * scale
            for moment in (bar.submitted, bar.started, bar.ended)
        )
        middle, colour = top + ROW * 0.65, _COLOURS.get(bar.status, _OTHER_COLOUR)
        took = f"{(bar.ended - bar.submitted).total_seconds():.2f} s"
        yield f'<text x="{LABELS - 12}" y="{middle:.1f}" text-anchor="end">{escape(bar.name)}</text>'
        yield _rectangle(submitted, started, top, _QUEUE_COLOUR)
        # However short, it is seen.
        yield _rectangle(started, max(ended, started + 2), top, colour, f"{bar.name}: {bar.status}, {took}")
        yield f'<text x="{max(ended, started + 2) + 6:.1f}" y="{middle:.1f}" fill="{colour}">{took}</text>'


def _rectangle(left: float, right: float, top: float, colour: str, title: str = "") -> str:
    inner = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect x="{left:.1f}" y="{top + 5}" width="{max(0.0, right - left):.1f}" height="{ROW - 10}" rx="2" '
        f'fill="{colour}">{inner}</rect>'
    )
