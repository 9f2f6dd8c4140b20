"""How long ago something happened, by the service's clock."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any


def age(response: Mapping[str, Any], member: str) -> float:
    """Return the seconds between the time in `member` and the answer in which it came, 0 where either is missing.

    The answer's Date header has no fractions of a second, and another machine may have written it: good for words, not
    for decisions.
    """
    created = response.get(member)
    answered = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not created or not answered:
        return 0.0
    return float((parsedate_to_datetime(answered) - created).total_seconds())
