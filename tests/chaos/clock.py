"""A wall clock that is wrong by what a file says, as after an administrator or a time server has set the machine's.

python -m tests.chaos.clock FILE MODULE [ARGUMENTS]     runs a module on such a clock
"""

import mmap
import runpy
import struct
import sys
import time
from pathlib import Path

_SECONDS = struct.Struct("d")


class Clock:
    """The file, whose eight bytes say by how many seconds the clock is wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0.0)

    def set(self, error: float) -> None:
        """Have whoever follows the file be wrong by so many seconds from now on."""
        content = _SECONDS.pack(error)
        if self.file.exists():
            with self.file.open("r+b") as existing:
                existing.write(content)
        else:
            self.file.write_bytes(content)


def follow(file: Path) -> None:
    """Have `time.time` of this process be wrong by what the file says, at any time."""
    with file.open("rb") as opened:
        error = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
    right, right_ns = time.time, time.time_ns
    time.time = lambda: right() + _SECONDS.unpack_from(error)[0]
    time.time_ns = lambda: right_ns() + int(_SECONDS.unpack_from(error)[0] * 1e9)


if __name__ == "__main__":
    follow(Path(sys.argv[1]))
    module = sys.argv[2]
    del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
