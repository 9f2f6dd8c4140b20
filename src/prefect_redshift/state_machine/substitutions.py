"""The placeholders of a definition, `${Name}`, which CloudFormation replaces (DefinitionSubstitutions)."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def substitutions_of(text: str) -> set[str]:
    """Return the names of the placeholders of a definition's text.

    `Partition`, `Bucket` and `Prefix` say where the scripts are; `TargetKind` and `Target`, `Database`, `LoginKind` and
    `Login` which warehouse is meant; `WaitSeconds` and `StepTimeoutSeconds` are numbers.
    """
    return set(_PLACEHOLDER.findall(text))


def substituted(text: str, values: Mapping[str, str]) -> str:
    """Return the definition's text with its placeholders replaced, as CloudFormation does it.

    Raises:
        KeyError: A placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
