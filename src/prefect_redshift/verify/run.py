"""Asks the probes, several at once."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from prefect_redshift.exceptions import one_line
from prefect_redshift.verify.ask import Ask, Means
from prefect_redshift.verify.place import Place
from prefect_redshift.verify.probe import Finding, NotAskedError, Probe, UnexpectedEndError, judge
from prefect_redshift.verify.wire import Wire

T = TypeVar("T")

# The statements in flight stay far below the quotas, and within what a cluster runs at once.
AT_ONCE = 6
HOLDING_AT_ONCE = 3
PROBE_SECONDS = 150.0
RUN_SECONDS = 480.0

WireOf = Callable[[str], Wire]
Told = Callable[[Finding], None]


class Run:
    """One run over some probes, in a place that is made already.

    Args:
        place: Where the statements go.
        means: What may be used beside the warehouse.
        wire_of: Makes the calls of a probe, by its id; by default the place's own wire.
        told: Called with each finding as it comes.
        seconds: After which no further probe is begun, and one that is asked ends.
    """

    def __init__(
        self,
        place: Place,
        means: Means,
        *,
        wire_of: WireOf | None = None,
        told: Told = lambda _: None,
        seconds: float = RUN_SECONDS,
    ) -> None:
        self._place = place
        self._means = means
        self._wire_of = wire_of or (lambda _: place.wire)
        self._told = told
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._holding = asyncio.Semaphore(HOLDING_AT_ONCE)

    async def findings(self, probes: Sequence[Probe]) -> list[Finding]:
        """Ask all of them, those that must be alone at the end, and return the findings in the order of the probes."""
        deadline = asyncio.get_running_loop().time() + self._seconds
        together = [probe for probe in probes if not probe.alone]
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(self._in_turn(probe, deadline)) for probe in together]
        found = {task.result().probe.id: task.result() for task in asked}
        for probe in probes:
            if probe.alone:
                found[probe.id] = await self._in_turn(probe, deadline)
        return [found[probe.id] for probe in probes]

    async def _in_turn(self, probe: Probe, deadline: float) -> Finding:
        async with self._turns:
            finding = await self._asked(probe, deadline)
        self._told(finding)
        return finding

    async def _asked(self, probe: Probe, deadline: float) -> Finding:
        ask = Ask(self._wire_of(probe.id), self._place, probe.id, self._means, self._holding)
        until = min(deadline, asyncio.get_running_loop().time() + PROBE_SECONDS)
        try:
            async with asyncio.timeout_at(until):
                return judge(probe, await probe.ask(ask))
        except UnexpectedEndError as error:
            return judge(probe, error.answer)
        except NotAskedError as error:
            return Finding(probe, "not asked", reason=one_line(error))
        except TimeoutError:
            return Finding(probe, "not asked", reason="its time was over")
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # An answer of another form than the service's model has it.
            words = f"an answer could not be read: {type(error).__name__}: {one_line(error)}"
            return Finding(probe, "not asked", reason=words)
