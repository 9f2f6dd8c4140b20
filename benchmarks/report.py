"""What a benchmark found, as Markdown, JSON and plots."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Bar:
    """A figure that has to stay below a limit, or above it, and why it does not, where that has been measured, too."""

    what: str
    measured: float
    limit: float
    unit: str
    above: bool = False
    why: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it does."""
        return self.measured >= self.limit if self.above else self.measured <= self.limit

    def __str__(self) -> str:
        verdict = "met" if self.is_met else "**not met**"
        sign = "≥" if self.above else "≤"
        return f"| {self.what} | {self.measured:.3g} {self.unit} | {sign} {self.limit:.3g} {self.unit} | {verdict} |"


@dataclass(frozen=True)
class Plot:
    """Lines over logarithmic axes, by name."""

    name: str
    x: str
    y: str
    lines: Mapping[str, Points]


@dataclass(frozen=True)
class Table:
    """A table; cells are texts, or numbers that are shown with three digits."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def __str__(self) -> str:
        lines = [self.header, ["---"] + ["---:"] * (len(self.header) - 1), *self.rows]
        return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


@dataclass(frozen=True)
class Section:
    """One benchmark's results."""

    key: str
    title: str
    text: str
    tables: Sequence[Table]
    bars: Sequence[Bar] = ()
    plots: Sequence[Plot] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def write(folder: Path, machine: Mapping[str, str], sections: Sequence[Section]) -> Path:
    """Write report.md, report.json and a plot for each section that has one; return the report's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for section in sections:
        for plot in section.plots:
            draw(plot, folder / f"{plot.name}.svg")
    report = folder / "report.md"
    report.write_text(_markdown(machine, sections))
    found = {
        section.key: {
            "title": section.title,
            "bars": [vars(bar) | {"met": bar.is_met} for bar in section.bars],
            "tables": [[table.header, *table.rows] for table in section.tables],
            **section.data,
        }
        for section in sections
    }
    content = {"machine": machine, **found}
    (folder / "report.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return report


def _markdown(machine: Mapping[str, str], sections: Sequence[Section]) -> str:
    parts = [
        "# Benchmarks",
        "Written by `make bench`: medians of interleaved runs on one machine, against one stand-in.",
        "\n".join(f"- {name}: {value}" for name, value in machine.items()),
    ]
    if bars := [bar for section in sections for bar in section.bars]:
        header = "| bar | measured | limit | |\n| --- | ---: | ---: | --- |"
        parts += ["## Bars", "\n".join([header, *map(str, bars)])]
        parts += [
            f"{bar.what[:1].upper()}{bar.what[1:]}: {bar.why}" for bar in bars if bar.why and not bar.is_met
        ]
    for section in sections:
        parts += [f"## {section.title}", section.text, *map(str, section.tables)]
        parts += [f"![{plot.y} over {plot.x}]({plot.name}.svg)" for plot in section.plots]
    return "\n\n".join(parts) + "\n"


def draw(plot: Plot, path: Path) -> None:
    """Draws the lines of a plot as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = plot.name  # the same figures give the same file
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
    for name, points in plot.lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", markersize=4, label=name)
    axes.set(xscale="log", yscale="log", xlabel=plot.x, ylabel=plot.y)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
