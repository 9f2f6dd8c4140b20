"""Why the stand-in cannot start, in one line that a person can act on."""


class StartError(Exception):
    """The stand-in cannot start; the text says what to do."""


class AlreadyServedError(StartError):
    """Another process serves this data directory already."""
