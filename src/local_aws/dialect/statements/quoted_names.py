"""Quoted names: Redshift folds them to lower case like all others, unless the session is told otherwise."""

from contextvars import ContextVar

from local_aws.dialect.lexing.tokens import Tokens

CASE_SETTING = "enable_case_sensitive_identifier"
# Whether the session whose SQL is rewritten has switched the folding off.
KEEP_CASE: ContextVar[bool] = ContextVar("keep_case", default=False)
# In front of dynamic SQL (compat/), where only PostgreSQL knows the session.
KEEP_CASE_MARK = "/*local_aws: keep case*/"
_LOWER = str.maketrans({upper: upper.lower() for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})


def fold(tokens: Tokens) -> None:
    """Fold the quoted names among the tokens; only ASCII letters, as everywhere."""
    if KEEP_CASE.get():
        return
    folded = {text: text.translate(_LOWER) for text in set(tokens.text) if text[:1] == '"'}
    if any(text != lower for text, lower in folded.items()):
        tokens.text[:] = [folded.get(text, text) for text in tokens.text]
