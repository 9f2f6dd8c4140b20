"""The sales job's state machine, `state_machine.asl.json`: generated from flows/sales.py, and committed to be read."""

from pathlib import Path

from flows.sales import SALES
from prefect_redshift.pipeline import Job
from prefect_redshift.state_machine import definition, json_text

FILE = Path(__file__).with_name("state_machine.asl.json")


def text(job: Job = SALES) -> str:
    """Return a job's definition with its placeholders, which CloudFormation replaces (DefinitionSubstitutions).

    Raises:
        PipelineError: Two of its states would have the same name.
    """
    return json_text(definition(job, made_by="python -m infra definition"))
