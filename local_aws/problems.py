"""Why the stand-in cannot start, in one line that a person can act on."""


class StartProblem(Exception):  # noqa: N818 - it is shown to a person as it is
    """The stand-in cannot start; the text says what to do."""


class AlreadyServed(StartProblem):
    """Another process serves this data directory already."""
