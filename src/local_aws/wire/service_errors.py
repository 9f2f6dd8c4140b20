"""The errors that the stand-in answers with, shaped as AWS shapes them.

ApiError
├── environment failures answer 500 (InternalServerException, DatabaseConnectionException, ...)
└── everything else answers 400, but an unknown operation, which answers 404
"""

from html import escape
from typing import Any

from local_aws.wire import model


class ApiError(Exception):
    """An error answer: `code` is the modelled exception's name, `fields` its members beside Message."""

    def __init__(self, code: str, message: str, *, http_status: int | None = None, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = fields
        shape = model.load("redshift-data", "2019-12-20").shapes.get(code, {})
        self.http_status = http_status or (500 if shape.get("fault") else 400)

    def body(self) -> dict[str, Any]:
        """Return the JSON body; some SDKs read `Message`, others `message`."""
        return {"__type": self.code, "Message": self.message, "message": self.message, **self.fields}

    def as_xml(self) -> bytes:
        """Return the body in the shape that S3 and the query protocol understand."""
        code, message = escape(self.code), escape(self.message, quote=False)
        return (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            "<RequestId>local</RequestId></ErrorResponse>"
        ).encode()


def validation(message: str) -> ApiError:
    """Return a ValidationException."""
    return ApiError("ValidationException", message)


def not_found(message: str, resource_id: str) -> ApiError:
    """Return a ResourceNotFoundException with the resource it is about."""
    return ApiError("ResourceNotFoundException", message, ResourceId=resource_id)
