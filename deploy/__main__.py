"""The command `python -m deploy`: write the generated files of deployments after a change to prefect.yaml or parts/."""

import sys

from deploy.variants import VARIANTS, generate


def main() -> int:
    """Write each variant and print its path; return the exit code."""
    for path in VARIANTS:
        path.write_text(generate(path.name))
        print(path)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
