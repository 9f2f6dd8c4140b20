"""Prefect events of the pipeline itself, on which an automation can act."""

from datetime import date

from prefect.events import emit_event

from prefect_redshift.pipeline.validation import Validated

PIPELINE = "sales-data-pipeline"


def announce_validation(validated: Validated, run_date: date) -> None:
    """Emits `sales-data-pipeline.validation.failed`, `.warned` or `.passed`, with all that did not pass."""
    validations = validated.validations
    outcome = "passed"
    if any(validation.failed for validation in validations):
        outcome = "failed"
    elif any(validation.warned for validation in validations):
        outcome = "warned"
    emit_event(
        event=f"{PIPELINE}.validation.{outcome}",
        resource={
            "prefect.resource.id": f"{PIPELINE}.validation",
            "prefect.resource.name": f"validation of the sales of {run_date}",
        },
        payload={
            "run_date": run_date.isoformat(),
            "message": "; ".join(str(validation) for validation in validations if not validation.passed),
            "validations": len(validations),
        },
    )
