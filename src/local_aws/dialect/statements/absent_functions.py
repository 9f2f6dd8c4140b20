"""Functions that PostgreSQL has and Redshift does not: their calls fail as they do there, as calls of the unknown."""

from local_aws.dialect.lexing.tokens import Tokens
from local_aws.dialect.messages import ABSENT

NAMES = tuple(
    """
    to_json to_jsonb row_to_json json_agg jsonb_agg json_object_agg jsonb_object_agg json_build_object json_object
    jsonb_build_object json_build_array jsonb_build_array json_extract_path jsonb_extract_path
    jsonb_extract_path_text json_array_elements jsonb_array_elements json_array_elements_text
    jsonb_array_elements_text json_each jsonb_each json_each_text jsonb_each_text json_object_keys jsonb_object_keys
    json_populate_record jsonb_populate_record json_populate_recordset jsonb_populate_recordset json_to_record
    jsonb_to_record json_to_recordset jsonb_to_recordset jsonb_set jsonb_insert jsonb_pretty jsonb_typeof
    jsonb_strip_nulls json_strip_nulls jsonb_array_length jsonb_path_query jsonb_path_exists jsonb_path_match
    jsonb_path_query_array jsonb_path_query_first json_query json_value json_exists json_table json_scalar
    string_agg array_agg array_length array_ndims array_remove
    array_replace array_to_json unnest cardinality array_fill trim_array
    array_sample array_shuffle array_reverse
    format concat_ws overlay quote_nullable regexp_matches regexp_match regexp_split_to_array regexp_split_to_table
    regexp_like string_to_table normalize unistr to_ascii convert_from convert_to encode bit_length parse_ident
    starts_with casefold get_byte set_byte set_bit sha224 sha256 sha384 sha512
    clock_timestamp statement_timestamp transaction_timestamp justify_days justify_hours justify_interval make_date
    make_time make_timestamp make_timestamptz make_interval date_bin date_subtract isfinite
    div setseed width_bucket gcd lcm factorial scale min_scale trim_scale cosd sind tand acosd asind atand atan2d
    cotd sinh cosh tanh asinh acosh atanh random_normal erf erfc gamma lgamma
    corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
    regr_syy every bit_xor xmlagg range_agg
    gen_random_uuid uuidv4 uuidv7 uuid_generate_v4 uuid_extract_timestamp uuid_extract_version
    generate_subscripts nextval currval setval lastval num_nulls num_nonnulls
    current_query inet_client_addr inet_client_port inet_server_addr inet_server_port pg_conf_load_time
    pg_is_other_temp_schema pg_listening_channels pg_my_temp_schema pg_postmaster_start_time pg_trigger_depth
    pg_typeof pg_notify pg_column_size pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size
    pg_database_size pg_tablespace_size pg_size_pretty pg_size_bytes pg_relation_filepath pg_relation_filenode
    pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared
    pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_xact_lock
    txid_current txid_current_snapshot txid_snapshot_xmin pg_current_xact_id pg_export_snapshot pg_current_snapshot
    pg_rotate_logfile pg_reload_conf pg_switch_wal pg_create_restore_point pg_is_in_recovery
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_headline
    xpath xpath_exists xmlparse xmlelement xmlforest xmlconcat xmlserialize query_to_xml table_to_xml
    int4range int8range numrange daterange tsrange tstzrange masklen broadcast hostmask
    """.split()  # noqa: SIM905
)

# A name of anything else follows these.
_NO_CALL = frozenset(". function procedure into table as join update exists".split())  # noqa: SIM905


def refuse(tokens: Tokens, i: int) -> None:
    """Let a call of the name at i look where nothing is; a name with its schema says which function is meant."""
    before = tokens.low[i - 1] if i else ""
    if tokens.low[i + 1] == "(" and before not in _NO_CALL:
        tokens.text[i] = ABSENT + tokens.text[i]
