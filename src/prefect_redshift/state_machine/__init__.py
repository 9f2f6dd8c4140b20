"""A job as a state machine of AWS Step Functions: its definition, and what the machine reads from S3."""

from prefect_redshift.state_machine.definition import definition
from prefect_redshift.state_machine.faults import faults
from prefect_redshift.state_machine.json_text import json_text
from prefect_redshift.state_machine.objects import machine_objects
from prefect_redshift.state_machine.substitutions import substituted, substitutions_of

__all__ = ["definition", "faults", "json_text", "machine_objects", "substituted", "substitutions_of"]
