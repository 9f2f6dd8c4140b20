"""Redshift's SQL on PostgreSQL: faithful, or refused loudly; `local_aws/DIALECT.md` says which is which."""

from local_aws.dialect.compat import compat_sql
from local_aws.dialect.dynamic import Mailbox
from local_aws.dialect.errors import DialectError, ParameterError, UnsupportedError
from local_aws.dialect.locks import lock_statement
from local_aws.dialect.messages import error_text
from local_aws.dialect.parameters import bind
from local_aws.dialect.rewriter import rewrite, rewrite_dynamic, written_table
from local_aws.dialect.scripts import split

__all__ = [
    "DialectError",
    "Mailbox",
    "ParameterError",
    "UnsupportedError",
    "bind",
    "compat_sql",
    "error_text",
    "lock_statement",
    "rewrite",
    "rewrite_dynamic",
    "split",
    "written_table",
]
