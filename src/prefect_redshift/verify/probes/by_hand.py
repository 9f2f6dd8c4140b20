"""What no call can find out: a person has to look. Each says how."""

from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.probe import Family, NotAskedError, Question

by_hand = Family("by-hand")


def _look(how: str) -> Question:
    async def ask_nobody(_: Ask) -> object:
        raise NotAskedError(f"no call tells it; look yourself: {how}")

    return ask_nobody


def _add(name: str, assumes: str, source: str, how: str) -> None:
    by_hand.add(name, assumes, source=source, expects=True, ask=_look(how))


_add(
    "console-links",
    "The links to query monitoring lead to the statement in the Redshift console.",
    "AWS's own addresses, not documented as stable",
    "open the link that a run prints, signed in to the account",
)
_add(
    "ecs",
    "The image of `Dockerfile` runs the job on ECS.",
    "docs/ecs.md",
    "deploy with `prefect deploy --prefect-file deploy/ecs.yaml` and run it",
)
_add(
    "prefect-cloud",
    "Prefect Cloud's own machines run the job.",
    "docs/prefect-cloud.md",
    "deploy with `prefect deploy --prefect-file deploy/managed.yaml` and run it",
)
