"""Who PostgreSQL runs as: it refuses root, so under root it runs as `nobody`."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.start_errors import StartError


@dataclass(frozen=True)
class Identity:
    """The user that owns PostgreSQL's files and processes; None means the user who runs the stand-in."""

    user: pwd.struct_passwd | None

    @property
    def spawn(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a child as this user."""
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Make a folder this user's private one, creating it where it is missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.user is not None:
            shutil.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def reaches(self, folder: Path) -> bool:
        """Tell whether this user may enter a folder: each one on the way must be open to others."""
        if self.user is None:
            return True
        resolved = folder.resolve()
        return all(step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents))


def current() -> Identity:
    """Return the identity for this process: `nobody` when it is root, else itself."""
    if os.geteuid() != 0:
        return Identity(None)
    try:
        return Identity(pwd.getpwnam("nobody"))
    except KeyError:
        raise StartError(
            "running as root needs a user called nobody, which PostgreSQL then runs as"
        ) from None
