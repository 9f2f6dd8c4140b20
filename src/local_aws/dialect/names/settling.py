"""Names of a rewritten statement that PostgreSQL does not find: what else they may be is tried, one after another."""

from collections import Counter

from local_aws.dialect.lexing.tokens import Tokens, identifier, is_name
from local_aws.dialect.names import lateral, navigation
from local_aws.dialect.names.asking import UNKNOWN_NAME, WRONG, Answer, Asking
from local_aws.dialect.queries.selects import top_level
from local_aws.dialect.refusals import UnsupportedError

Variables = dict[str, str]
MOST_STEPS = 500
# An alias of an alias doubles what it stands for.
MOST_GROWTH = 200_000
_QUERIES = frozenset("select with insert update delete merge create explain declare prepare (".split())  # noqa: SIM905


def may_need_names(tokens: Tokens) -> bool:
    """Whether an alias may be used in its own SELECT or a SUPER navigated: cheap, and often wrong that it may."""
    if tokens.low[0] not in _QUERIES:
        return False
    return "." in tokens.low or not _aliases(tokens).isdisjoint(_repeated(tokens))


def settle(sql: str, variables: Variables | None = None) -> Asking[str]:
    """Return the rewritten statement with names that PostgreSQL knows; the same where nothing helps.

    Variables of a procedure, given with what stands for each, come back as that.
    """
    limit = len(sql) + MOST_GROWTH
    draft = Draft(sql)
    answer = yield draft.asked
    for _ in range(MOST_STEPS):
        at = draft.token_at(answer)
        if at is None or (found := (yield from _try(draft, at, variables or {}))) is None:
            return draft.sql
        draft, answer = found
        if len(draft.sql) > limit:
            raise UnsupportedError("aliases of aliases that grow beyond measure")
    raise UnsupportedError("so many uses of aliases in one statement")


class Draft:
    """A version of the statement, and the query in it that PostgreSQL can be asked about."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = Tokens(sql)
        self.starts = self.tokens.starts()
        first, last = _query(self.tokens)
        self.offset = self.starts[first]
        self.asked = sql[self.offset : len(self.tokens.render(0, last))]

    def token_at(self, answer: Answer) -> int | None:
        """Return the token whose name PostgreSQL does not know."""
        if answer.sqlstate not in UNKNOWN_NAME or not answer.position:
            return None
        places = {start: at for at, start in enumerate(self.starts[: self.tokens.end])}
        at = places.get(self.offset + answer.position - 1)
        return at if at is not None and is_name(self.tokens, at) else None


def _query(tokens: Tokens) -> tuple[int, int]:
    """Where the part begins and ends that can be asked about: what a view, a table or an INSERT is made of."""
    last = tokens.end - (tokens.low[tokens.end - 1] == ";")
    last -= 3 if tokens.matches(last - 3, "with", "no", "data") else 0
    if tokens.low[0] not in ("insert", "create", "prepare"):
        return 0, last
    words = ("select", "with", "(") if tokens.low[0] == "insert" else ("as",)
    for i in top_level(tokens, 0, tokens.end):
        if tokens.low[i] in words:
            return (i + 1 if words == ("as",) else i), last
    return 0, last


def _is_variable(tokens: Tokens, at: int, variables: Variables) -> bool:
    """Put what stands for the variable at `at` there; tells whether it is one, for which Redshift looks first."""
    stand_in = variables.get(identifier(tokens.text[at]))
    if stand_in is None or "." in (tokens.low[at - 1], tokens.low[at + 1]):
        return False
    tokens.text[at] = stand_in
    return True


def _try(draft: Draft, at: int, variables: Variables) -> Asking[tuple[Draft, Answer] | None]:
    """Return the statement with something else for the name at `at`, and what PostgreSQL says of it."""
    tokens = Tokens(draft.sql)
    if _is_variable(tokens, at, variables) or lateral.inline(tokens, at) or navigation.unnested(tokens, at):
        new = Draft(tokens.render())
        return new, (yield new.asked)
    start = draft.starts[at]
    behind = len(draft.sql) - len(draft.tokens.render(0, navigation.chain_end(draft.tokens, at)))
    for guess in navigation.guesses(draft.tokens, at):
        changed = Tokens(draft.sql)
        navigation.place(changed, at, guess)
        new = Draft(changed.render())
        answer = yield new.asked
        wrong_at = new.offset + answer.position - 1
        if answer.sqlstate not in WRONG or not start <= wrong_at < len(new.sql) - behind:
            return new, answer
    return None


def _aliases(tokens: Tokens) -> set[str]:
    """Names that may be aliases."""
    return {
        identifier(tokens.text[i])
        for i in range(1, tokens.end)
        if (tokens.low[i - 1] == "as" or tokens.low[i + 1] in (",", "from"))
        and is_name(tokens, i)
        and tokens.low[i - 1] not in ("select", ",", "distinct", "by")
    }


def _repeated(tokens: Tokens) -> set[str]:
    """Names that occur more than once."""
    names = Counter(
        identifier(text) for text in tokens.text[: tokens.end] if text[:1].isalpha() or text[:1] in '_"'
    )
    return {name for name, times in names.items() if times > 1}
