"""Which loads of a job may run at once."""

from collections.abc import Sequence

from prefect_redshift.pipeline.job import Job, Step


def levels_of(job: Job) -> list[Sequence[Step]]:
    """Return the loads level by level: those of a level run at once, when all of the level before have finished.

    A step is on the first level that is below all steps that it comes after.
    """
    depths: dict[str, int] = {}
    levels: list[list[Step]] = []
    for step in job.ordered:
        depth = max((depths[name] + 1 for name in job.loads_before(step)), default=0)
        depths[step.name] = depth
        levels += [[]] if depth == len(levels) else []
        levels[depth].append(step)
    in_declared_order = {step.name: number for number, step in enumerate(job.loads)}
    return [sorted(level, key=lambda step: in_declared_order[step.name]) for level in levels]
