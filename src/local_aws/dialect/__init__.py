"""Redshift's SQL on PostgreSQL: faithful, or refused loudly; `src/local_aws/DIALECT.md` says which is which."""

from local_aws.dialect.compat import compat_sql as compat_sql
from local_aws.dialect.lexing.scripts import bind as bind
from local_aws.dialect.lexing.scripts import split as split
from local_aws.dialect.messages import error_text as error_text
from local_aws.dialect.names.asking import UNKNOWN_NAME as UNKNOWN_NAME
from local_aws.dialect.names.asking import Answer as Answer
from local_aws.dialect.names.principals import principals as principals
from local_aws.dialect.names.remembering import questions_before as questions_before
from local_aws.dialect.names.remembering import resolve as resolve
from local_aws.dialect.procedures.dynamic import Mailbox as Mailbox
from local_aws.dialect.refusals import DialectError as DialectError
from local_aws.dialect.refusals import RedshiftError as RedshiftError
from local_aws.dialect.refusals import UnsupportedError as UnsupportedError
from local_aws.dialect.rewriter import rewrite as rewrite
from local_aws.dialect.rewriter import rewrite_dynamic as rewrite_dynamic
from local_aws.dialect.rewriter import written_table as written_table
from local_aws.dialect.statements.locks import lock_statement as lock_statement
from local_aws.dialect.statements.quoted_names import CASE_SETTING as CASE_SETTING
from local_aws.dialect.statements.quoted_names import KEEP_CASE as KEEP_CASE
from local_aws.dialect.statements.settings import searched_schemas as searched_schemas
