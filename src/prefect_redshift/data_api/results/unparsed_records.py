"""Skipping botocore's parser for the records of GetStatementResult, where most of their time goes.

botocore walks its model for each field of each row. Its own hook `before-parse` lets us take the records out as the
plain JSON that they are; `results.values` reads them in both shapes, so that nothing depends on the hook.
"""

import json
from typing import Any


def skip_parsing_records(client: Any) -> None:
    """Make a redshift-data client return the records of GetStatementResult as the service's JSON has them.

    What differs: blobValue is base64 text, and doubleValue is text for what JSON has no number for.
    """
    client.meta.events.register("before-parse.redshift-data.GetStatementResult", _take_records_out)


def _take_records_out(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    if response_dict["status_code"] != 200 or "json" not in response_dict["headers"].get("content-type", ""):
        return
    try:
        body = json.loads(response_dict["body"])
    except ValueError:
        return
    if not isinstance(body, dict) or not isinstance(body.get("Records"), list):
        return
    # botocore adds these to the answer that it makes of the rest.
    customized_response_dict["Records"] = body.pop("Records")
    response_dict["body"] = json.dumps({**body, "Records": []}).encode()
