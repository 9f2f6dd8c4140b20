"""Tables of plain text, for the log and the terminal."""

from collections.abc import Iterable, Sequence

RIGHT = ">"


# rich's tables take 30 milliseconds the first time, which each run in a process of its own would pay.
def text_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a column whose heading begins with `>` is aligned to the right."""
    sides = [RIGHT if heading.startswith(RIGHT) else "<" for heading in headings]
    lines = [[heading.removeprefix(RIGHT) for heading in headings], *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    head, *body = (
        "   ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True)
        ).rstrip()
        for line in lines
    )
    rule = "─" * (sum(widths) + 3 * (len(widths) - 1) + 2)
    return "\n".join([f"  {head}", f" {rule}", *(f"  {line}" for line in body)])
