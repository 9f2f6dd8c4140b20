"""Reads botocore's service model without importing botocore, which would take a third of the start-up time."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Shape = dict[str, Any]


@dataclass(frozen=True)
class ServiceModel:
    """Operations and shapes of one service, as botocore's `service-2.json` has them."""

    operations: dict[str, dict[str, Any]]
    shapes: dict[str, Shape]

    def shape(self, operation: str, end: str) -> Shape:
        """Return the shape of an operation's `input` or `output`, an empty structure where it has none."""
        reference = self.operations[operation].get(end)
        return self.shapes[reference["shape"]] if reference else {"type": "structure", "members": {}}


@cache
def load(service: str, version: str) -> ServiceModel:
    """Load a model such as ("redshift-data", "2019-12-20")."""
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("botocore is not installed: the stand-in takes the API's model from it")
    folder = Path(spec.submodule_search_locations[0]) / "data" / service / version
    packed, plain = folder / "service-2.json.gz", folder / "service-2.json"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
    document = json.loads(text)
    return ServiceModel(document["operations"], document["shapes"])
