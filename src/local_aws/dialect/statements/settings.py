"""SET, RESET and SHOW of parameters that only Redshift has: they are kept, and do nothing."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.refusals import UnsupportedError

_PREFIXES = (
    "wlm_",
    "mv_",
    "spectrum_",
    "pg_federation_",
    "json_",
    "auto_",
    "navigate_",
    "query_group",
    "enable_",
)
_NAMES = frozenset(
    """analyze_threshold_percent cast_super_null_on_error parse_super_null_on_error describe_field_name_in_uppercase
    downcase_delimited_identifier error_on_nondeterministic_update max_concurrency_scaling_clusters
    max_cursor_result_set_size stored_proc_log_min_messages use_fips_ssl default_geometry_encoding
    interval_forbid_composite_literals datashare_break_glass_session_var query_group""".split()  # noqa: SIM905
)
# PostgreSQL's own parameters that begin like Redshift's.
_POSTGRES = ("enable_seqscan", "enable_hashjoin", "enable_nestloop", "enable_mergejoin", "enable_sort")
# What SHOW tells before anybody sets them, as far as the guide says.
_DEFAULTS = {
    **dict.fromkeys(
        """enable_case_sensitive_identifier enable_numeric_rounding describe_field_name_in_uppercase use_fips_ssl
        json_serialization_enable json_serialization_parse_nested_strings cast_super_null_on_error
        enable_case_sensitive_super_attribute error_on_nondeterministic_update""".split(),  # noqa: SIM905
        "off",
    ),
    **dict.fromkeys(("enable_result_cache_for_session", "mv_enable_aqmv_for_session"), "on"),
    "analyze_threshold_percent": "10",
    "wlm_query_slot_count": "1",
    "max_cursor_result_set_size": "0",
    "query_group": "unset",
}
# What would change results if it were obeyed, and is refused because it is not.
_REFUSED = {
    "navigate_super_null_on_error": ("off", "false"),
    "cast_super_null_on_error": ("off", "false"),
    "parse_super_null_on_error": ("on", "true"),
    "describe_field_name_in_uppercase": ("on", "true"),
    "enable_numeric_rounding": ("on", "true"),
}


def assign(tokens: Tokens, start: int, end: int) -> None:
    """SET [SESSION | LOCAL] name TO value; RESET name."""
    if tokens.matches(start + 1, "session", "authorization"):  # which PostgreSQL leaves to its superusers
        tokens.text[start + 1], tokens.text[start + 2] = "ROLE", ""
        if tokens.low[start + 3] == "default":
            tokens.text[start + 3] = "NONE"
        return
    at = start + 2 if tokens.low[start + 1] in ("session", "local") else start + 1
    name = tokens.low[at]
    if not _is_redshift(name):
        return
    value = tokens.text[end - 1].strip("'").lower()
    if value in _REFUSED.get(name, ()):
        raise UnsupportedError(f"SET {name} TO {value}")
    tokens.before(at, "local_aws.")


def show(tokens: Tokens, start: int) -> None:
    """SHOW name: Redshift's parameters have a value from the beginning."""
    name = tokens.low[start + 1]
    if _is_redshift(name):
        default = _DEFAULTS.get(name, "unset")
        tokens.text[start] = (
            f"SELECT coalesce(nullif(current_setting('local_aws.{name}', true), ''), '{default}') AS"
        )


def _is_redshift(name: str) -> bool:
    return (name.startswith(_PREFIXES) or name in _NAMES) and name not in _POSTGRES
