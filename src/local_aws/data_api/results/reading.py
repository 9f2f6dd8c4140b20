"""GetStatementResult and GetStatementResultV2: one page of a result that was rendered when its rows came in."""

import json
from typing import Any

from local_aws.data_api import paging
from local_aws.data_api.records.statement import Statement
from local_aws.data_api.records.store import Store
from local_aws.wire.service_errors import not_found, validation

NO_RESULT = "Query does not have result. Please check query status with DescribeStatement."


def read_page(
    store: Store, statement: Statement, number: int | None, request: dict[str, Any], result_format: str
) -> bytes:
    """Return the JSON answer for sub-statement `number` (from 1), or for the one statement that there is."""
    if statement.is_batch and number is None:
        raise validation("BatchExecuteStatement result can only be retrieved with sub-statement id.")
    index = (number or 1) - 1
    part = statement.parts[index]
    ended = part.has_ended if number else statement.has_ended
    if not ended or part.status != "FINISHED" or not part.has_result:
        raise not_found(NO_RESULT, request["Id"])
    if statement.result_format != result_format:
        other = "GetStatementResultV2" if statement.result_format == "CSV" else "GetStatementResult"
        raise validation(f"The result of this statement is in {statement.result_format} format: use {other}.")
    kind = f"result {request['Id']}"
    page_number = paging.unpack(kind, request.get("NextToken")) or 0
    found = store.page(statement.id, index, page_number)
    if found is None:
        raise not_found(NO_RESULT, request["Id"])
    records, more = found
    rest: dict[str, Any] = {"ColumnMetadata": part.columns, "TotalNumRows": part.rows}
    if result_format == "CSV":
        rest["ResultFormat"] = "CSV"
    if more:
        rest["NextToken"] = paging.pack(kind, page_number + 1)
    # The records are JSON already: parsing and writing them again would be most of the work.
    return b'{"Records":' + records + b"," + json.dumps(rest).encode()[1:]
