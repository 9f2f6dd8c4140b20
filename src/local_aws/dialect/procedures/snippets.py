"""PL/pgSQL that `transactions` puts into procedure bodies; numbers tell the blocks of a body apart."""

FAILED = "local_aws_failed_"
_VARIABLES = {"sqlstate": "local_aws_state_", "sqlerrm": "local_aws_message_"}
NESTED = "PERFORM set_config('local_aws.nested', 'on', true); "
NOT_NESTED = " PERFORM set_config('local_aws.nested', '', true);"
AUTOCOMMIT = " IF pg_catalog.local_aws_autocommits() THEN COMMIT; END IF;"
BEGIN = "PERFORM set_config('local_aws.block', 'on', true)"
TRUNCATES = " IF pg_catalog.local_aws_truncates() THEN COMMIT; END IF;"
COMMIT_TRUNCATE = " IF pg_catalog.local_aws_truncated() THEN COMMIT; END IF;"
NO_TRUNCATE = (
    " IF pg_catalog.local_aws_truncated() THEN PERFORM pg_catalog.local_aws_refuse("
    "'TRUNCATE in dynamic SQL that is not seen to be one, in a block with an exception handler'); END IF;"
)
ROLLBACK_FIRST = (
    "PERFORM pg_catalog.local_aws_check_may_end(local_aws_state_{n}, local_aws_message_{n}); ROLLBACK;"
)


def label(number: int) -> str:
    """Return the label of the block that protected statements leave on an error."""
    return f"local_aws_try_{number}"


def variable(name: str, number: int) -> str:
    """Return the variable that holds SQLERRM or SQLSTATE."""
    return f"{_VARIABLES[name]}{number}"


def declare(number: int) -> str:
    """Variables of a block with a handler."""
    texts = "".join(f" local_aws_{part}_{number} text;" for part in ("state", "message", "detail", "hint"))
    return f" {FAILED}{number} boolean := false;{texts}"


def leave(number: int) -> str:
    """Leave the block after an error in it."""
    return f" EXIT {label(number)} WHEN {FAILED}{number};"


def go_on(number: int, handler: str) -> str:
    """Run the handler after an error, and go on behind it."""
    start = ROLLBACK_FIRST.format(n=number)
    return f" IF {FAILED}{number} THEN {FAILED}{number} := false; {start} {handler} END IF;"


def catch(number: int) -> str:
    """Return the end of protected statements, which remembers the error."""
    return (
        " EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS"
        f" local_aws_state_{number} = RETURNED_SQLSTATE, local_aws_message_{number} = MESSAGE_TEXT,"
        f" local_aws_detail_{number} = PG_EXCEPTION_DETAIL, local_aws_hint_{number} = PG_EXCEPTION_HINT;"
        f" {FAILED}{number} := true; END;"
    )


def raise_again(number: int, around: int | None) -> str:
    """Raise the remembered error; when a block around has a handler too, hand it on to that."""
    if around is not None:
        copies = "".join(
            f"local_aws_{part}_{around} := local_aws_{part}_{number}; "
            for part in ("failed", "state", "message", "detail", "hint")
        )
        return f"{copies}EXIT {label(around)}; "
    return (
        f"RAISE EXCEPTION USING ERRCODE = local_aws_state_{number}, MESSAGE = local_aws_message_{number},"
        f" DETAIL = local_aws_detail_{number}, HINT = local_aws_hint_{number}; "
    )
