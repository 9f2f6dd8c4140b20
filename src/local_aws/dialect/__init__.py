"""Redshift's SQL on PostgreSQL: faithful, or refused loudly; `src/local_aws/DIALECT.md` says which is which."""

from local_aws.dialect.compat import compat_sql
from local_aws.dialect.lexing.scripts import bind, split
from local_aws.dialect.messages import error_text
from local_aws.dialect.names.asking import UNKNOWN_NAME, Answer
from local_aws.dialect.names.remembering import resolve
from local_aws.dialect.procedures.dynamic import Mailbox
from local_aws.dialect.refusals import DialectError, RedshiftError, UnsupportedError
from local_aws.dialect.rewriter import rewrite, rewrite_dynamic, written_table
from local_aws.dialect.statements.locks import lock_statement
from local_aws.dialect.statements.quoted_names import KEEP_CASE
from local_aws.dialect.statements.quoted_names import SETTING as CASE_SETTING
from local_aws.dialect.statements.settings import searched_schemas

__all__ = [
    "CASE_SETTING",
    "KEEP_CASE",
    "UNKNOWN_NAME",
    "Answer",
    "DialectError",
    "Mailbox",
    "RedshiftError",
    "UnsupportedError",
    "bind",
    "compat_sql",
    "error_text",
    "lock_statement",
    "resolve",
    "rewrite",
    "rewrite_dynamic",
    "searched_schemas",
    "split",
    "written_table",
]
