"""A table as it stands in the log."""

from prefect_redshift.reports.text_table import text_table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [["LoadItemTable", "9.50", "done"], ["check", "10.00", ""]]
    assert text_table(["step", ">s", "note"], rows).splitlines() == [
        "  step                s   note",
        " ──────────────────────────────",
        "  LoadItemTable    9.50   done",
        "  check           10.00",
    ]


def test_without_rows_there_are_the_headings() -> None:
    assert text_table(["step", ">rows"], []) == "  step   rows\n ─────────────"
