"""The log lines that a person, or a file, sees while a flow runs in their own process."""

import logging

from prefect.logging.formatters import PrefectFormatter
from prefect.logging.handlers import PrefectConsoleHandler


class _JobLinesOnly(logging.Filter):
    """Keeps what the steps log; Prefect's own lines of states and tracebacks stay in its UI.

    That a queue of its own still holds something is said each time that one is emptied at the end: that is waited for.
    """

    def __init__(self, expected: tuple[type[Exception], ...]) -> None:
        super().__init__()
        self._expected = expected

    def filter(self, record: logging.LogRecord) -> bool:
        if record.module == "services" and str(record.msg).startswith("Still processing items"):
            return False
        if record.module in ("task_engine", "flow_engine"):
            expected = record.exc_info is None or isinstance(record.exc_info[1], self._expected)
            return record.levelno >= logging.WARNING and record.exc_info is not None and not expected
        return True


def configure_console_log(expected: tuple[type[Exception], ...]) -> None:
    """Leave only the job's own lines in the console's log, in colours only on a terminal.

    Args:
        expected: Errors whose traceback is not shown: the command line tells them in one line.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        told = _without_colours(handler)
        told.addFilter(_JobLinesOnly(expected))
        told.setFormatter(_beginning_with_the_step(told.formatter))
        root.removeHandler(handler)
        root.addHandler(told)


def _beginning_with_the_step(formatter: logging.Formatter | None) -> logging.Formatter | None:
    """Return a formatter whose lines have the step's name where Prefect's have "Task run 'name' - ".

    A format of the user's own stays as it is, as far as it has not those words.
    """
    if not isinstance(formatter, PrefectFormatter) or not (formatter.task_run_fmt and formatter.flow_run_fmt):
        return formatter
    return PrefectFormatter(
        formatter._fmt,
        formatter.datefmt,
        task_run_fmt=formatter.task_run_fmt.replace("Task run %(task_run_name)r - ", "%(task_run_name)s: "),
        flow_run_fmt=formatter.flow_run_fmt.replace("Flow run %(flow_run_name)r - ", ""),
    )


def _without_colours(handler: logging.Handler) -> logging.Handler:
    """Return a plain handler in the place of Prefect's where nobody sees its colours, which cost more than the line."""
    if not isinstance(handler, PrefectConsoleHandler) or handler.console.is_terminal:
        return handler
    plain = logging.StreamHandler(handler.stream)
    plain.setFormatter(handler.formatter)
    plain.setLevel(handler.level)
    return plain
