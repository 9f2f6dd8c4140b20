"""One call of a boto3 client: bounded in time and size, its answer checked, its errors classified."""

import time
from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError

from prefect_redshift.aws.answers import check_answer
from prefect_redshift.aws.bounded_http import MAX_ANSWER_BYTES, Allowance
from prefect_redshift.aws.call_errors import CALL_EXCEPTIONS, CHECK_ENDPOINT, classified
from prefect_redshift.exceptions import AnswerError, CallError, CredentialsRefusedError, TransientCallError

_NO_ANSWER = "NoAnswerInTime"
# How long a call takes at least before its having no answer tells anything.
_TELLING_SECONDS = 1.0
# What botocore's parser raises for JSON that is none of the service's.
_PARSING_EXCEPTIONS = (ResponseParserError, AttributeError, KeyError, TypeError)


def call_once(
    client: Any, operation: str, parameters: Mapping[str, Any], allowed: Allowance
) -> dict[str, Any]:
    """Make one call, blocking, within the allowance that bounds this thread.

    Raises:
        CallError: What the service or botocore refused, classified.
        AnswerError: What came back is no answer of this API.
        TransientCallError: There was no whole answer in time, among others.
    """
    method = getattr(client, xform_name(operation))
    model = client.meta.service_model.operation_model(operation)
    allowed.bytes_left = MAX_ANSWER_BYTES
    try:
        response: dict[str, Any] = method(**parameters)
        check_answer(operation, response, model.output_shape)
        if hasattr(response.get("Body"), "read"):
            # An object of S3 is read within the allowance, too.
            response["Body"] = response["Body"].read()
    except _PARSING_EXCEPTIONS as error:
        raise _unexpected(operation) from error
    except CALL_EXCEPTIONS as error:
        is_parsed = isinstance(error, ValueError) and not isinstance(error, BotoCoreError)
        if is_parsed and allowed.has_begun:
            raise _unexpected(operation) from error
        refused = _out_of_bounds(operation, allowed) or classified(operation, error)
        # What botocore says of credentials may quote them, and a traceback shows its words, too.
        raise refused from (None if isinstance(refused, CredentialsRefusedError) else error)
    return response


def was_cut_short(error: CallError, seconds: float) -> bool:
    """Return whether a call just had no time: then a failure before it tells more.

    Args:
        error: What it ended with.
        seconds: How long it was allowed to take.
    """
    return error.code == _NO_ANSWER and seconds < _TELLING_SECONDS


def _unexpected(operation: str) -> AnswerError:
    return AnswerError(operation, "UnexpectedAnswer", "the answer is not of this API's form", CHECK_ENDPOINT)


def _out_of_bounds(operation: str, allowed: Allowance) -> CallError | None:
    if allowed.is_too_large:
        words = f"the answer has more than {MAX_ANSWER_BYTES // 2**20} MB"
        return AnswerError(operation, "AnswerTooLarge", words, CHECK_ENDPOINT)
    if time.monotonic() >= allowed.deadline:
        return TransientCallError(
            operation, _NO_ANSWER, f"no whole answer within {allowed.seconds:.3g} seconds"
        )
    return None
