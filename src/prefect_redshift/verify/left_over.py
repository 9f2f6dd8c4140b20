"""What runs that were killed have left in the warehouse: found by its name and its mark, told, and removed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prefect_redshift.exceptions import PipelineError
from prefect_redshift.verify.ask import Ask
from prefect_redshift.verify.place import LOGIN, MARK, OWNED, OWNER, Place
from prefect_redshift.verify.probe import NotAskedError, UnexpectedEndError
from prefect_redshift.verify.wire import Wire

# Longer than any run takes: what is younger may be in use.
MINUTES = 30
_NAME = re.compile(r"verify_[0-9a-f]{12}")
_MARKED = f"select schemaname from pg_tables where tablename = '{MARK}' and left(schemaname, 7) = 'verify_'"  # noqa: S608
_SCHEMAS = "select nspname from pg_namespace where left(nspname, 7) = 'verify_'"
_USERS = "select usename from pg_user where left(usename, 7) = 'verify_'"
_SINCE = "select to_char(made_at, 'YYYY-MM-DD HH24:MI'), datediff(minute, made_at, sysdate) from"
_ELSEWHERE = (
    "Outside the warehouse, what belongs to it begins with {name} or {hyphens}: a run with --make-secret makes "
    "secrets, with --make-queue a queue and a rule, with --role state machines and a stack."
)

Told = Callable[[str], None]


@dataclass(frozen=True)
class LeftOver:
    """What one run has left.

    Attributes:
        name: Its schema.
        made_at: When the schema was made, in the warehouse's time.
        minutes: How long ago that is.
        schemas: Further schemas of the same run.
        users: Its database users.
    """

    name: str
    made_at: str
    minutes: int
    schemas: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()

    @property
    def may_be_in_use(self) -> bool:
        """Whether a run may still be using it."""
        return self.minutes < MINUTES

    def __str__(self) -> str:
        others = ", ".join(sorted(self.schemas | self.users))
        return f"{self.name}, made at {self.made_at}{f', with {others}' if others else ''}"


async def left_over(wire: Wire, target: Mapping[str, str]) -> list[LeftOver]:
    """Return what runs have left in a database, the oldest first.

    A schema is a run's if it has the form of a run's name and the table with the mark. Others are not even read.

    Raises:
        PipelineError: The catalogue cannot be read.
    """
    ask = Ask(wire, Place(wire, target), "left-over")
    try:
        names = [name for (name,) in await ask.rows(_MARKED) if _NAME.fullmatch(name)]
        schemas = {name for (name,) in await ask.rows(_SCHEMAS)}
        users = {name for (name,) in await ask.rows(_USERS)}
        found = []
        for name in names:
            if made := await _made(ask, name):
                its = frozenset({f"{name}{OWNED}"} & schemas)
                its_users = frozenset({f"{name}{LOGIN}", f"{name}{OWNER}"} & users)
                found.append(LeftOver(name, *made, its, its_users))
    except (NotAskedError, UnexpectedEndError) as error:
        raise PipelineError(f"What is left over cannot be looked for: {error}") from error
    return sorted(found, key=lambda one: -one.minutes)


async def _made(ask: Ask, name: str) -> tuple[str, int] | None:
    """Return when a schema was made; None where that is not told: it was removed meanwhile, or is somebody else's."""
    try:
        [[made_at, minutes]] = await ask.rows(f"{_SINCE} {name}.{MARK}")  # of the form of a run's name
    except (UnexpectedEndError, ValueError):
        return None
    return made_at, minutes


async def remove(wire: Wire, target: Mapping[str, str], what: LeftOver) -> list[str]:
    """Remove what one run has left, and return what could not be removed, each with the reason."""
    place = Place(
        wire, target, what.name, schemas=set(what.schemas), users=set(what.users), may_be_there=True
    )
    return await place.clear()


async def remove_left_over(
    wire: Wire, target: Mapping[str, str], agreed: Callable[[], bool], told: Told
) -> None:
    """Tell what is left over and, once that is agreed to, remove what no run can be using any more.

    Raises:
        PipelineError: It cannot be looked for, or could not all be removed.
    """
    found = await left_over(wire, target)
    old = [one for one in found if not one.may_be_in_use]
    for one in found:
        told(
            f"{one}{f': kept, a run of less than {MINUTES} minutes may use it' if one.may_be_in_use else ''}"
        )
    if not old:
        told("Nothing is left over that could be removed.")
        return
    if not agreed():
        told("Nothing was done.")
        return
    left = []
    for one in old:
        left += await remove(wire, target, one)
        told(_ELSEWHERE.format(name=one.name, hyphens=one.name.replace("_", "-")))
    if left:
        raise PipelineError(f"What is left over could not all be removed: {'; '.join(left)}")
    told(f"Removed: {', '.join(one.name for one in old)}.")
