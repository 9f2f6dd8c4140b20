"""CloudFormation: schedules of EventBridge Scheduler."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from moto.core.common_models import CloudFormationModel
from moto.scheduler.models import Schedule, scheduler_backends

_MEMBERS = """GroupName Description State ScheduleExpression ScheduleExpressionTimezone FlexibleTimeWindow Target
KmsKeyArn StartDate EndDate""".split()  # noqa: SIM905


class ScheduleOfStack(CloudFormationModel):
    """A schedule that a template makes: moto leaves it out with a warning, and says that the stack is complete."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.physical_resource_id = schedule.name  # what Ref gives

    def get_cfn_attribute(self, _: str) -> str:
        """Return what GetAtt gives, of which there is only Arn."""
        return str(self.schedule.arn)

    @staticmethod
    def cloudformation_name_type() -> str:
        """Return the property that names it."""
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        """Return the type in templates."""
        return "AWS::Scheduler::Schedule"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Return whether GetAtt knows the attribute."""
        return attr == "Arn"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> "ScheduleOfStack":
        """Make it."""
        wanted = _schedule(resource_name, cloudformation_json["Properties"])
        backend = scheduler_backends[account_id][region_name]
        return cls(backend.create_schedule(**wanted, action_after_completion=None))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> "ScheduleOfStack":
        """Change it."""
        properties, name = cloudformation_json["Properties"], original_resource.schedule.name
        where = account_id, region_name
        if properties.get("Name", name) != name:
            cls.delete_from_cloudformation_json(name, cloudformation_json, *where)
            return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, *where)
        return cls(scheduler_backends[account_id][region_name].update_schedule(**_schedule(name, properties)))

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        """Delete it."""
        group = cloudformation_json["Properties"].get("GroupName")
        scheduler_backends[account_id][region_name].delete_schedule(group, resource_name)


def _schedule(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"State": "ENABLED", **properties}
    return {"name": name, **{xform_name(member): wanted.get(member) for member in _MEMBERS}}
