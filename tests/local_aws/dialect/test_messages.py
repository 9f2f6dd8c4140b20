import pytest

from local_aws.dialect import error_text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            (
                "22001",
                "value too long for type character varying(2)",
                "",
                "",
                'SQL function "varchar_length" statement 1',
            ),
            "ERROR: value too long for type character varying(2)",
        ),
        (("42P01", 'relation "t" does not exist'), 'ERROR: relation "t" does not exist'),
        (
            ("P0001", "no sales", "on 2026-01-01", "load them"),
            "ERROR: no sales\n  Detail: on 2026-01-01\n  Hint: load them",
        ),
        (
            ("40001", "could not serialize access"),
            "ERROR: 1023\n  Detail: Serializable isolation violation on table in Redshift",
        ),
        (
            (
                "23505",
                'duplicate key value violates unique constraint "pg_proc_proname_args_nsp_index"',
                "Key (proname)=(p) already exists.",
            ),
            "ERROR: could not complete because of conflict with concurrent transaction",
        ),
        (
            ("XX000", "tuple concurrently updated"),
            "ERROR: could not complete because of conflict with concurrent transaction",
        ),
        (
            (
                "23502",
                'null value in column "a" of relation "t" violates not-null constraint',
                "Failing row contains (null, secret).",
            ),
            "ERROR: Cannot insert a NULL value into column a",
        ),
        (
            ("428C9", 'cannot insert a non-DEFAULT value into column "a"', "", "Use OVERRIDING SYSTEM VALUE"),
            "ERROR: cannot set an identity column to a value",
        ),
        (
            ("42809", "column notation .a applied to type super, which is not a composite type"),
            "ERROR: local stand-in does not support navigation of this expression: give it a name in a subquery",
        ),
        (
            ("22P02", 'invalid input syntax for type integer: "x"'),
            'ERROR: invalid input syntax for integer: "x"',
        ),
        (
            ("22003", "numeric field overflow", "A field with precision 2 ..."),
            "ERROR: Numeric data overflow (result precision)\n  Detail: A field with precision 2 ...",
        ),
        (
            ("22021", 'invalid byte sequence for encoding "UTF8": 0x00'),
            "ERROR: local stand-in does not support null characters in text",
        ),
        (
            ("42P01", 'relation "pg_catalog.stl_hash" does not exist'),
            "ERROR: local stand-in does not support the system view stl_hash",
        ),
        (
            ("42P01", 'relation "sys_load_error_detail" does not exist'),
            "ERROR: local stand-in does not support the system view sys_load_error_detail",
        ),
        *(
            (
                ("42P01", f'relation "{view}" does not exist'),
                f"ERROR: local stand-in does not support the system view {view}",
            )
            for view in ("sys_applied_masking_policy_log", "sys_userlog", "sys_child_query_text")
        ),
        (("42P01", 'relation "sys_config" does not exist'), 'ERROR: relation "sys_config" does not exist'),
        (
            ("42501", "permission denied for table pg_statistic"),
            "ERROR: local stand-in does not support pg_statistic",
        ),
        (
            ("42703", 'column "current_namespace" does not exist'),
            "ERROR: local stand-in does not support current_namespace",
        ),
        (
            (
                "22012",
                "division by zero",
                "",
                "",
                "PL/pgSQL function f() line 2 at RETURN\nSQL function local_aws.g",
            ),
            "ERROR: division by zero\n  Where: PL/pgSQL function f() line 2 at RETURN",
        ),
    ],
)
def test_errors_are_worded_as_redshift_words_them(fields: tuple[str, ...], text: str) -> None:
    assert error_text(*fields) == text


def test_functions_that_only_redshift_has_are_named() -> None:
    said = error_text(
        "42883", "function st_point(integer, integer) does not exist", hint="No function matches"
    )
    assert said.startswith("ERROR: local stand-in does not support the function ST_POINT")
    assert "f() does not exist" in error_text("42883", "function f() does not exist")
