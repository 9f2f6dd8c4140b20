"""What administrators' scripts read of the system views and catalog tables."""

from tests.local_aws.dialect.database import Database


def test_tables_and_columns_tell_of_distribution_and_sorting(db: Database) -> None:
    db.run("""
        create table kept (a int distkey encode az64, b varchar(3), c int) compound sortkey (b, c);
        create table everywhere (a int default 7) diststyle all;
        insert into kept values (1, 'x', 2), (3, 'y', 4);
        analyze kept;
    """)
    assert db.run("""
        select pg_class.relname, reldiststyle from pg_catalog.pg_class
        where pg_class.relname in ('kept', 'everywhere') order by 1
    """) == [("everywhere", 8), ("kept", 1)]
    assert db.run("""
        select attname, attisdistkey, attsortkeyord, format_encoding(attencodingtype::int)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relname = 'kept' and attnum > 0 order by attnum
    """) == [("a", True, 0, "az64"), ("b", False, 1, "none"), ("c", False, 2, "none")]
    assert db.run(
        "select adsrc from pg_attrdef d, pg_class c where c.oid = d.adrelid and c.relname = 'everywhere'"
    ) == [("7",)]
    assert db.run(
        "select trim(name), rows from stv_tbl_perm where slice = 0 and id = 'kept'::regclass::int"
    ) == [("kept", 2)]
    assert db.run("select count(*) from pg_class where relname = 'pg_class'") == [(1,)]


def test_activity_and_locks_have_their_old_names(db: Database) -> None:
    assert db.run(
        "select procpid = pg_backend_pid(), current_query like '%procpid%' from pg_stat_activity"
        " where procpid = pg_backend_pid()"
    ) == [(True, True)]
    assert db.run("select count(transaction) > 0 from pg_locks where pid = pg_backend_pid()")


def test_views_of_the_planner_and_the_queues_have_their_columns_and_no_rows(db: Database) -> None:
    for query in (
        "select perm_table_name, packets from stl_scan s join stl_dist d on d.query = s.query and d.slice = s.slice",
        "select event, sslversion from stl_connection_log",
        "select q.state, c.num_query_tasks from stv_wlm_query_state q, stv_wlm_service_class_config c",
        "select max(blocknum), sum(num_values) from stv_blocklist group by tbl",
        'select "rows", sortedrows from pg_catalog.stl_vacuum',
        "select query_cpu_usage_percent from svl_query_metrics_summary",
    ):
        assert db.run(query) == []
    assert db.run("select datconnlimit from pg_database_info where datname = current_database()") == [
        ("UNLIMITED",)
    ]
    assert db.run("select node, slice, type from stv_slices") == [(0, 0, "D")]
