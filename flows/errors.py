"""What the pipeline raises beside the blocks' own errors."""


class PipelineError(Exception):
    """The pipeline cannot do what was asked; the message says what to do."""
