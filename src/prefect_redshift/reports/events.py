"""Prefect events of a job, on which an automation can act."""

from prefect.events import emit_event

from prefect_redshift.pipeline.check_results import ValidationReport
from prefect_redshift.pipeline.job import Job


def emit_validation(job: Job, report: ValidationReport) -> None:
    """Emit `<job>.validation.failed`, `.warned` or `.passed`, with all that did not pass."""
    checks = report.checks
    outcome = "passed"
    if report.failed:
        outcome = "failed"
    elif any(check.warned for check in checks):
        outcome = "warned"
    run_date = next((check.run_date for check in checks), None)
    of_the_day = f" of {run_date}" if run_date else ""
    emit_event(
        event=f"{job.name}.validation.{outcome}",
        resource={
            "prefect.resource.id": f"{job.name}.validation",
            "prefect.resource.name": f"validation of {job.title}{of_the_day}",
        },
        payload={
            "run_date": run_date.isoformat() if run_date else None,
            "message": "; ".join(str(check) for check in checks if not check.passed),
            "checks": len(checks),
        },
    )
