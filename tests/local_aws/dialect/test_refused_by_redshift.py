"""What PostgreSQL runs and Redshift refuses fails, in Redshift's words where they are known."""

import pytest

from local_aws.dialect import DialectError, error_text, rewrite, rewrite_dynamic
from tests.local_aws.dialect.database import Database

NOT_ON_TABLES = 'SQL command "{}" not supported on Redshift tables.'


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        *(
            (sql, NOT_ON_TABLES.format(sql))
            for sql in (
                "create index ix on t (a)",
                "create unique index ix on t (a)",
                "create sequence s",
                "create domain d as int",
                "create type pair as (a int, b int)",
                "create trigger g before insert on t for each row execute function f()",
                "drop index ix",
                "savepoint s",
                "rollback to savepoint s",
                "release s",
                "listen x",
                "cluster t",
            )
        ),
        ("create extension hstore", 'syntax error at or near "extension"'),
        ("do $$ begin null; end $$", 'syntax error at or near "do"'),
        ("values (1)", 'syntax error at or near "values"'),
        ("table t", 'syntax error at or near "table"'),
        ("truncate a, b", 'syntax error at or near ","'),
        ("create unlogged table t (a int)", 'syntax error at or near "unlogged"'),
        ("create table t (a int) partition by range (a)", 'syntax error at or near "partition"'),
        ("create table t (b int) inherits (a)", 'syntax error at or near "inherits"'),
        ("create table if not exists t as select 1 as a", 'syntax error at or near "as"'),
        ("create table t (like s including all)", 'syntax error at or near "all"'),
        (
            "create table t (a int, b int generated always as (a * 2) stored)",
            'syntax error at or near "always"',
        ),
        (
            "create table t (a int check (a > 0))",
            "local stand-in does not support CHECK constraints, and neither",
        ),
        (
            "create table t (a int, check (a > 0))",
            "local stand-in does not support CHECK constraints, and neither",
        ),
        ("create table t (a int, tag int)", 'syntax error at or near "tag"'),
        ("create table system (a int)", 'syntax error at or near "system"'),
        ("create view new as select 1 as a", 'syntax error at or near "new"'),
        ("alter table t add column open int", 'syntax error at or near "open"'),
        ("alter table t rename column a to percent", 'syntax error at or near "percent"'),
        ("create table t (a serial)", 'Column "t.a" has unsupported type "serial".'),
        ("create table s.t (a bytea)", 'Column "t.a" has unsupported type "bytea".'),
        ("create table t (a int[])", 'Column "t.a" has unsupported type "int[]".'),
        ("create table t (a varchar(3)[])", 'Column "t.a" has unsupported type "varchar(3)[]".'),
        ("create table t (a uuid)", 'type "uuid" does not exist'),
        ("create table t (a jsonb)", 'type "jsonb" does not exist'),
        ("select '{}'::json", 'type "json" does not exist'),
        ("select cast(a as uuid) from t", 'type "uuid" does not exist'),
        ("select a::bytea from t", "Specified types or functions (one per INFO message) not supported on"),
        ("insert into t values (1) on conflict do nothing", 'syntax error at or near "on"'),
        ("insert into t overriding system value values (1)", 'syntax error at or near "overriding"'),
        ("update t set (a, b) = (1, 2)", 'syntax error at or near "("'),
        ("alter table t add column a int, add column b int", 'syntax error at or near ","'),
        ("alter table t alter sortkey (a), add column b int", 'syntax error at or near ","'),
        ("alter table t add column if not exists a int", 'syntax error at or near "not"'),
        ("alter table t drop column if exists a", 'syntax error at or near "exists"'),
        (
            "alter table t add column a int not null",
            "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression",
        ),
        ("alter table t alter column a set not null", "ALTER COLUMN SET/DROP NOT NULL is not supported"),
        ("alter table t alter column a set default 3", "ALTER COLUMN SET/DROP DEFAULT is not supported"),
        (
            "alter table t alter column a type varchar(9) using a::varchar",
            "ALTER TABLE ALTER COLUMN does not support USING expression",
        ),
        ("alter table t inherit s", 'syntax error at or near "inherit"'),
        (
            "alter table t add column a int unique",
            "local stand-in does not support ADD COLUMN with UNIQUE, and",
        ),
        ("merge into t x using s on x.a = s.a when matched then delete", 'syntax error at or near "x"'),
        (
            "merge into t using s on t.a = s.a when matched and t.b > 1 then delete",
            'syntax error at or near "and"',
        ),
        ("merge into t using s on t.a = s.a when matched then delete", "MERGE without WHEN MATCHED and then"),
        (
            "create function f(int) returns int as $$ begin return 1; end $$ language plpgsql",
            "functions in the language plpgsql, and neither does Redshift",
        ),
        (
            "create function f() returns setof int as $$ select 1 $$ language sql",
            "functions that return SETOF, and neither does Redshift",
        ),
        *(
            (f"create procedure p() as $$ declare x int; begin {body}; end $$ language plpgsql", words)
            for body, words in (
                ("foreach x in array y loop null; end loop", 'syntax error at or near "foreach"'),
                ("select 1 into strict x", 'syntax error at or near "strict"'),
                ("assert x = 1", 'syntax error at or near "assert"'),
                ("return query select 1", 'syntax error at or near "query"'),
                ("get stacked diagnostics x = message_text", 'syntax error at or near "stacked"'),
                ("raise exception using message = 'x'", 'syntax error at or near "using"'),
                ("create database d", "CREATE DATABASE in a procedure, and neither does Redshift"),
                ("prepare q as select 1", "PREPARE in a procedure, and neither does Redshift"),
            )
        ),
        (
            "create function f(int) returns int as $$ select $1 $$ language sql",
            'syntax error at or near "as"',
        ),
        (
            "create function f(a int) returns int stable as $$ select 1 $$ language sql",
            "names of arguments of functions in SQL",
        ),
        (
            "create function f() returns int stable as $$ select max(a) from t $$ language sql",
            "functions in SQL of more than one expression, and neither does Redshift",
        ),
        (
            "create procedure p(a int default 3) as $$ begin null; end $$ language plpgsql",
            "defaults of arguments",
        ),
        (
            "create function f(variadic int[]) returns int stable as $$ select 1 $$ language sql",
            "VARIADIC arguments",
        ),
        ("create temp view v as select 1", 'syntax error at or near "view"'),
        ("create view v as select * from t with check option", 'syntax error at or near "with"'),
        ("insert into t as x values (1)", 'syntax error at or near "as"'),
        ("delete from t x where x.a = 1", 'syntax error at or near "x"'),
        ("delete t as x", 'syntax error at or near "as"'),
        ("select * from only t", 'syntax error at or near "t"'),
        ("select a from t offset 1 rows", 'syntax error at or near "rows"'),
        ("select a is not distinct from 1 from t", "IS DISTINCT FROM, and neither does Redshift"),
        ("select ctid from t", 'column "ctid" does not exist'),
        ("select row(1, 2)", "ROW(...), and neither does Redshift"),
        ("insert into t (a) values ((select 1)), ((select 2))", "can't use subqueries in multi-row VALUES"),
        ("update t set a = 1 from s left join u on s.b = u.b", "Target table must be part of an equijoin"),
        ("(select a from t limit 1) union all select b from t", "LIMIT may not be used within input to set"),
        ("select a from t except (select b from t limit 1)", "LIMIT may not be used within input to set"),
        (
            "select percentile_cont(0.6) within group (order by a), round(median(b)) from t",
            "within group ORDER BY clauses for aggregate functions must be the same",
        ),
        *(
            (sql, "Specified types or functions (one per INFO message) not supported on Redshift tables.")
            for sql in (
                "select current_schema(), a from t",
                "insert into t select generate_series(1, 3)",
                "create table t as select n from generate_series(1, 3) n",
                "select n from pg_class join s.t on true, generate_series(1, 3) n",
            )
        ),
        ("select object('k', date '2008-12-31')", "OBJECT could not convert type date to super"),
        ("select array(1, a::timestamp) from t", "ARRAY could not convert type timestamp to super"),
        ("create table t as values (1)", 'syntax error at or near "values"'),
        ("create or replace view v (a) as values (1)", 'syntax error at or near "values"'),
        ("create role r with login", 'syntax error at or near "with"'),
        ("alter view v rename to w", 'syntax error at or near "view"'),
        ("alter table t rename constraint a to b", 'syntax error at or near "constraint"'),
        ("drop owned by u", 'syntax error at or near "owned"'),
        ("grant usage on all sequences in schema s to u", 'syntax error at or near "sequences"'),
        ("grant usage on sequence s.q to u", 'syntax error at or near "sequence"'),
        ("delete from t where current of c", 'syntax error at or near "of"'),
        ("update t set a = 1 where current of c", 'syntax error at or near "of"'),
        ("select a from t group by distinct a, b", 'syntax error at or near "distinct"'),
        ("select 1 between symmetric 2 and 0", 'syntax error at or near "symmetric"'),
        ("select substring(b similar 'a#\"b#\"c' escape '#') from t", 'syntax error at or near "similar"'),
        ("select b is json from t", 'syntax error at or near "json"'),
        ("select b is not json object from t", 'syntax error at or near "json"'),
        ("select b is normalized from t", 'syntax error at or near "normalized"'),
        ("create database d template template0", 'syntax error at or near "template"'),
        ("create database d with owner u encoding 'UTF8'", 'syntax error at or near "encoding"'),
        ("create table t (a int, i interval)", "columns of INTERVAL without YEAR TO MONTH or DAY TO SECOND"),
        ("alter table t add column i interval", "columns of INTERVAL without YEAR TO MONTH or DAY TO SECOND"),
        ("fetch prior from c", 'syntax error at or near "prior"'),
        ("declare c scroll cursor for select 1", 'syntax error at or near "scroll"'),
        ("declare c cursor with hold for select 1", 'syntax error at or near "hold"'),
        ("move 1 in c", 'syntax error at or near "move"'),
        ("set work_mem to '1GB'", 'unrecognized configuration parameter "work_mem"'),
        ('set local "Work_Mem" to 1', 'unrecognized configuration parameter "work_mem"'),
        ("set plpgsql.check_asserts to off", 'unrecognized configuration parameter "plpgsql.check_asserts"'),
        ("alter role r set work_mem to 1", 'unrecognized configuration parameter "work_mem"'),
        ("set enable_memoize to off", 'unrecognized configuration parameter "enable_memoize"'),
        ("show enable_seqscan", 'unrecognized configuration parameter "enable_seqscan"'),
        ("create table t (a int) sortkey (b)", 'column "b" named in key does not exist'),
        (
            "create table t (a int distkey, b int distkey)",
            "DISTKEY on two columns, and neither does Redshift",
        ),
        ("create table t (a int encode fast)", 'invalid encoding type specified for column "a"'),
        ("create table t (a varchar encode az64)", 'invalid encoding type specified for column "a"'),
        ("alter table t add a boolean encode lzo", 'invalid encoding type specified for column "a"'),
        ("create table t as select 1 as a with no data", 'syntax error at or near "no"'),
        ("create global temporary table t (a int)", 'syntax error at or near "global"'),
        ("create view v with (security_barrier) as select 1 as a", 'syntax error at or near "with"'),
        ("alter table if exists t rename to u", 'syntax error at or near "exists"'),
        ("refresh materialized view v with data", 'syntax error at or near "with"'),
        ("update only t set a = 1", 'syntax error at or near "only"'),
        ("explain analyze select 1", 'syntax error at or near "analyze"'),
        ("create table t (a int generated always as identity)", 'syntax error at or near "always"'),
        (
            "create procedure p() as $$ begin execute 'select $1' using 1; end $$ language plpgsql",
            'syntax error at or near "using"',
        ),
        (
            "create procedure p() as $$ begin create index ix on t (a); end $$ language plpgsql",
            NOT_ON_TABLES.format("create index ix on t (a)"),
        ),
    ],
)
def test_only_postgresql_has_it(sql: str, words: str) -> None:
    with pytest.raises(DialectError) as refused:
        rewrite(sql)
    assert words in str(refused.value)
    with pytest.raises(DialectError):
        rewrite_dynamic(sql)


@pytest.mark.parametrize(
    "call",
    [
        *(
            "to_jsonb(1)",
            "format('%s', 1)",
            "array_fill(1, null)",
            "regexp_matches('ab', 'a')",
            "concat_ws(',', 'a', 'b')",
        ),
        *(
            "make_date(2020, 1, 1)",
            "gen_random_uuid()",
            "clock_timestamp()",
        ),
        *("array_length(null, 1)", "nextval('s')", "pg_typeof(1)"),
        *("to_timestamp(1700000000)", "random(1, 2)", "date_trunc('day', current_timestamp, 'UTC')"),
    ],
)
def test_functions_that_redshift_lacks_do_not_exist(db: Database, call: str) -> None:
    with pytest.raises(Exception, match="does not exist") as failed:
        db.value(call)
    name = call.partition("(")[0]
    assert error_text("42883", str(failed.value)).startswith(f"ERROR: function {name}(")


def test_names_of_such_types_and_functions_are_free_for_other_things(db: Database) -> None:
    db.run(
        """
        create table free (name varchar, line int, "path" int, format int, uuid varchar(36));
        insert into free (name, line, path, format, uuid) values ('n', 1, 2, 3, 'u');
        create procedure use_free(path int, inout line int) as $$
        declare name varchar := 'n'; box int;
        begin
            select into box f.line + f.format from free f where f.name = use_free.name or f.name = name;
            line := box;
        end $$ language plpgsql;
    """.replace("f.name = use_free.name or ", "")
    )
    assert db.run("call use_free(1, 2)") == [(4,)]
    assert db.run("select f.name, f.uuid as line, path format from free f") == [("n", "u", 2)]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("create external table e.t (a int) stored as parquet location 's3://b/'", "CREATE EXTERNAL TABLE"),
        ("drop external schema e", "DROP EXTERNAL SCHEMA"),
        ("alter database d collate case_insensitive", "COLLATE CASE_INSENSITIVE"),
        ("select convert(geometry, 'x')", "the type GEOMETRY"),
        ("drop schema e drop external database cascade", "DROP EXTERNAL DATABASE"),
        ("alter table e.t add if not exists partition (d = '1') location 's3://b/'", "external tables"),
        ("alter table e.t partition (d = '1') set location 's3://b/'", "external tables"),
        ("grant role sys:dba to u", "roles of the system, and users and roles of identity providers"),
        ("create user aad:bob password disable", "roles of the system, and users and roles of identity"),
        ("create role r externalid 'x'", "roles of the system, and users and roles of identity providers"),
        ("grant select on external table e.t to iam_role 'arn:x'", "GRANT ... EXTERNAL"),
        ("revoke usage on s from account '1'", "REVOKE ... ACCOUNT"),
        ("alter role r with owner to u", "owners of roles"),
        ("refresh materialized view v cascade", "REFRESH MATERIALIZED VIEW ... CASCADE"),
        ("alter external schema e iam_role default", "ALTER EXTERNAL SCHEMA"),
        ("create masking policy m with (a int) using (0)", "CREATE MASKING POLICY"),
        ("create rls policy p using (a = 1)", "CREATE RLS POLICY"),
        ("alter datashare d add schema public", "ALTER DATASHARE"),
        ("create identity provider i type azure namespace 'n'", "CREATE IDENTITY PROVIDER"),
        ("alter system set data_catalog_auto_mount = on", "ALTER SYSTEM"),
        ("desc datashare d", "DESC DATASHARE"),
        ("show datashares", "SHOW DATASHARES"),
        ("show model m", "SHOW MODEL"),
        ("show grants on table t", "SHOW GRANTS"),
        ("attach rls policy p on t to public", "ATTACH"),
        ("use dev", "USE"),
        ("grant usage on datashare d to namespace 'n'", "GRANT ... DATASHARE"),
        ("grant create user to role r", "GRANT of system privileges"),
        ("grant select for tables in schema s to role r", "GRANT ... FOR"),
        ("grant drop on table t to u", "the privilege DROP"),
        ("create table t (a varchar(3) collate case_insensitive)", "COLLATE CASE_INSENSITIVE"),
        ("alter user u set enable_case_sensitive_identifier to on", "ALTER USER ... SET"),
        ("select now()", "NOW()"),
        ("select json_parse('{}').a", "navigation of this expression"),
        ("select decode(1, 1, array(8))[0]", "navigation of this expression"),
    ],
)
def test_redshifts_own_words_are_refused_by_name(sql: str, what: str) -> None:
    with pytest.raises(DialectError, match="local stand-in does not support") as refused:
        rewrite(sql)
    assert what in str(refused.value)
