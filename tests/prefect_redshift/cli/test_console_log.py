"""What is told on standard error, on a terminal and in a file."""

import io
import logging
import re
from collections.abc import Iterator

import pytest
import yaml
from prefect.logging.configuration import DEFAULT_LOGGING_SETTINGS_PATH
from prefect.logging.formatters import PrefectFormatter
from prefect.logging.handlers import PrefectConsoleHandler

from prefect_redshift.cli.console_log import configure_console_log
from prefect_redshift.exceptions import RedshiftError

LINE = "Submitted LoadItemTable at http://127.0.0.1:4200 :smile: [red]"


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """The root logger, without handlers."""
    for name, value in {"TERM": "xterm", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    logger = logging.getLogger()
    before, logger.handlers = logger.handlers, []
    yield logger
    logger.handlers = before


def told(root: logging.Logger, stream: io.StringIO, record: logging.LogRecord) -> str:
    """Return what reaches the stream of one record."""
    styles = {"log.web_url": "bold green"}
    root.addHandler(PrefectConsoleHandler(stream, styles=styles, level=logging.INFO))
    configure_console_log((RedshiftError,))
    root.handle(record)
    return stream.getvalue()


def record(message: str, error: Exception | None = None, module: str = "in_flight") -> logging.LogRecord:
    """Return a record of that module."""
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord("prefect.flow_runs", logging.ERROR, f"{module}.py", 1, message, None, exc_info)


def test_a_file_gets_the_line_as_it_is(root: logging.Logger) -> None:
    assert told(root, io.StringIO(), record(LINE)) == f"{LINE}\n"


def test_a_terminal_gets_it_in_colours(root: logging.Logger) -> None:
    assert "\x1b[" in told(root, Terminal(), record(LINE))


@pytest.mark.parametrize(
    ("name", "expected"), [("prefect.task_runs", "LoadItemTable: "), ("prefect.flow_runs", "")]
)
def test_a_line_begins_with_its_step(root: logging.Logger, name: str, expected: str) -> None:
    config = yaml.safe_load(DEFAULT_LOGGING_SETTINGS_PATH.read_text())["formatters"]["standard"]
    config.pop("()")
    stream = io.StringIO()
    handler = PrefectConsoleHandler(stream, level=logging.INFO)
    handler.setFormatter(PrefectFormatter(**config))
    root.addHandler(handler)
    configure_console_log((RedshiftError,))
    line = record("Submitted")
    line.name, line.task_run_name, line.flow_run_name = name, "LoadItemTable", "tidy-otter"
    root.handle(line)
    assert re.fullmatch(rf"\d\d:\d\d:\d\d\.\d\d\d \| ERROR   \| {expected}Submitted\n", stream.getvalue())


def test_a_queue_that_is_being_emptied_is_not_told(root: logging.Logger) -> None:
    assert (
        told(root, io.StringIO(), record("Still processing items: 1 items remaining...", None, "services"))
        == ""
    )


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_prefects_own_account_is_told_of_unexpected_errors_only(
    root: logging.Logger, stream: type[io.StringIO]
) -> None:
    expected = record("Finished in state Failed", RedshiftError("no such table"), "task_engine")
    assert told(root, stream(), expected) == ""
    unexpected = record("Finished in state Failed", KeyError("a fault"), "task_engine")
    assert "a fault" in told(root, stream(), unexpected)
