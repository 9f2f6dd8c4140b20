"""The command `python -m local_aws`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from local_aws.identity import environment
from local_aws.server import Options, serve
from local_aws.start_errors import AlreadyServedError, StartError


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code (1: cannot start, 2: wrong arguments, 3: already served)."""
    options = vars(_parser().parse_args(arguments))
    if options.pop("until_stdin_closes"):
        options["until_closed"] = sys.stdin.fileno()
    try:
        serve(Options(**options), _print_endpoint)
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
    add("--port", type=_number(0, 65535), default=4577, help="0 takes any free port (default: %(default)s)")
    folder = "where the warehouse lives (default: %(default)s)"
    add("--data-dir", type=Path, default=Path(".local_aws"), help=folder)
    add("--fresh", action="store_true", help="begin with an empty warehouse")
    at_a_time = "statements that run at a time (default: %(default)s)"
    add("--max-executing", type=_number(1, 500), default=50, help=at_a_time)
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
