"""The command `python -m local_aws`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from local_aws.environment import environment
from local_aws.server import Options, serve
from local_aws.start_errors import AlreadyServedError, StartError

DEFAULT_PORT = 4577


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code (1: cannot start, 2: wrong arguments, 3: already served)."""
    options = _parser().parse_args(arguments)
    serving = Options(
        options.data_dir,
        options.port,
        options.fresh,
        options.max_executing,
        options.rates,
        until_closed=sys.stdin.fileno() if options.until_stdin_closes else None,
    )
    try:
        serve(serving, _print_endpoint)
    except StartError as problem:
        print(f"local_aws: {problem}", file=sys.stderr)  # noqa: T201
        return 3 if isinstance(problem, AlreadyServedError) else 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_aws",
        description="A stand-in for Amazon Redshift's Data API and the AWS around it.",
    )
    add = parser.add_argument
    add(
        "--port",
        type=_number(0, 65535),
        default=DEFAULT_PORT,
        help=f"0 takes any free port (default: {DEFAULT_PORT})",
    )
    add(
        "--data-dir",
        type=Path,
        default=Path(".local_aws"),
        help="where the warehouse lives (default: .local_aws)",
    )
    add("--fresh", action="store_true", help="begin with an empty warehouse")
    add(
        "--max-executing",
        type=_number(1, 500),
        default=50,
        help="statements that run at a time (default: 50)",
    )
    add("--rates", action="store_true", help="throttle calls beyond the service's published rates")
    add("--until-stdin-closes", action="store_true", help="end with the process that holds standard input")
    return parser


def _number(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"must be between {low} and {high}")
        return int(text)

    return number


def _print_endpoint(url: str) -> None:
    lines = [f"local_aws is ready at {url}", ""]
    lines += [f"export {name}={value}" for name, value in environment(url).items()]
    print("\n".join(lines), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
