"""Words that Redshift reserves and PostgreSQL does not: only in quotes they are names."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.statements.unsupported import syntax_error

# TIMESTAMP and OID are on Amazon's list as well; its own samples have them as names.
_WORDS = frozenset(
    """aes128 aes256 allowoverwrite az64 backup blanksasnull bytedict bzip2 credentials current_user_id deflate defrag
    delta delta32k disable emptyasnull enable encode encrypt encryption explicit globaldict256 globaldict64k gzip
    identity ignore lun luns lzo lzop minus mostly8 mostly16 mostly32 new nulls off offline old open parallel partition
    percent permissions pivot raw readratio recover rejectlog resort respect restore snapshot sysdate system tag tdes
    text255 text32k top truncatecolumns unnest unpivot wallet without""".split()  # noqa: SIM905
)


def check(tokens: Tokens, i: int) -> None:
    """Refuse the name at i, of something new, if it is a reserved word."""
    if tokens.low[i] in _WORDS:
        syntax_error(tokens, i)
