"""The command `python -m deploy`: write the generated files of deployments after a change to prefect.yaml or parts/."""

import argparse
import sys

from deploy.variants import VARIANTS, generate


def main() -> int:
    """Write each variant and print its path; return the exit code."""
    argparse.ArgumentParser(
        prog="python -m deploy",
        description="Write deploy/ecs.yaml and deploy/managed.yaml, as prefect.yaml and deploy/parts/ say.",
    ).parse_args()
    for path in VARIANTS:
        path.write_text(generate(path.name))
        print(path)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
