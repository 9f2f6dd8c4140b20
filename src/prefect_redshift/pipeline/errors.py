"""What the pipeline raises beside the blocks' own errors."""


class PipelineError(Exception):
    """The pipeline cannot do what was asked; the message says what to do."""


def one_line(error: BaseException) -> str:
    """The error's message on one line."""
    return " ".join(str(error).split())
