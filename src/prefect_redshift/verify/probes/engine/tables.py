"""Tables: what CREATE TABLE promises, and what the catalogue and the API tell of them."""

from prefect_redshift.verify.ask import Ask, needed
from prefect_redshift.verify.probe import Family
from prefect_redshift.verify.probes.sources import NOT_DOCUMENTED, guide, operation

tables = Family("tables")
_CREATE = guide("r_CREATE_TABLE_NEW")


@tables.probe(
    "default-of-today",
    "A column may have `default trunc(sysdate)`: the day of the transaction.",
    source=NOT_DOCUMENTED,
    expects=[[0]],
)
async def _default_of_today(ask: Ask) -> object:
    return await ask.rows(
        "create table {own} (a int, d date default trunc(sysdate))",
        "insert into {own} (a) values (1)",
        "select datediff(day, d, trunc(sysdate)) from {own}",
    )


@tables.probe(
    "keys",
    "PRIMARY KEY and UNIQUE are information only.",
    source=_CREATE,
    expects=[[2]],
)
async def _keys(ask: Ask) -> object:
    return await ask.rows(
        "create table {own} (a int not null, b int, primary key (a), unique (b))",
        "insert into {own} values (1, 2), (1, 2)",
        "select count(*) from {own}",
    )


@tables.probe(
    "lengths",
    "VARCHAR without a length is varchar(256), DECIMAL without one decimal(18,0).",
    source=guide("r_Character_types"),
    expects=[["v", "character varying(256)"], ["d", "numeric(18,0)"]],
)
async def _lengths(ask: Ask) -> object:
    return await ask.rows(
        "set search_path to {schema}",
        "create table tables_lengths (v varchar, d decimal)",
        """select "column", type from pg_table_def where tablename = 'tables_lengths' order by "column" desc""",
    )


@tables.probe(
    "created-in-a-transaction",
    "CREATE TABLE belongs to its transaction: it is undone with it.",
    source=guide("c_serial_isolation"),
    expects={"status": "FAILED", "after": "FAILED"},
)
async def _created_in_a_transaction(ask: Ask) -> object:
    batch = await ask.run("create table {own} (a int)", "select a from {own}_nowhere")
    after = await ask.run("select a from {own}")
    return {"status": batch["Status"], "after": after["Status"]}


@tables.probe(
    "identity",
    "IDENTITY(seed, step) numbers rows that do not say the column.",
    source=_CREATE,
    expects=[[2, True]],
)
async def _identity(ask: Ask) -> object:
    return await ask.rows(
        "create table {own} (a bigint identity(5, 2), b int)",
        "insert into {own} (b) values (0), (0)",
        "select count(distinct a), min(a) >= 5 from {own}",
    )


@tables.probe(
    "listed",
    "ListTables finds a table by schema and a pattern with %.",
    source=operation("ListTables"),
    expects=[["tables_listed", "TABLE"]],
)
async def _listed(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    answer = needed(
        await ask.call(
            "ListTables", **ask.place.target, SchemaPattern=ask.place.name, TablePattern="tables_list%"
        )
    )
    return [[table["name"], table["type"]] for table in answer["Tables"]]


@tables.probe(
    "described",
    "DescribeTable tells the columns of a table in their order, with their types.",
    source=operation("DescribeTable"),
    expects=[["b", "int4"], ["a", "varchar"]],
)
async def _described(ask: Ask) -> object:
    await ask.prepare("create table {own} (b int, a varchar(9))")
    answer = needed(
        await ask.call("DescribeTable", **ask.place.target, Schema=ask.place.name, Table="tables_described")
    )
    return [[column["name"], column["typeName"]] for column in answer["ColumnList"]]


@tables.probe(
    "schemas-and-databases",
    "ListSchemas and ListDatabases know the schema and the database that the statements run in.",
    source=operation("ListSchemas"),
    expects=[True, True],
)
async def _schemas_and_databases(ask: Ask) -> object:
    target = ask.place.target
    schemas = needed(await ask.call("ListSchemas", **target, SchemaPattern=ask.place.name))
    databases = needed(await ask.call("ListDatabases", **target))
    return [schemas["Schemas"] == [ask.place.name], target["Database"] in databases["Databases"]]


@tables.probe(
    "catalogue",
    "svv_tables and pg_tables tell of the tables that the search path leads to.",
    source=guide("r_SVV_TABLES"),
    expects=[[[1]], [[1]]],
)
async def _catalogue(ask: Ask) -> object:
    await ask.prepare("create table {own} (a int)")
    svv = await ask.rows(
        "select count(*) from svv_tables where table_name = 'tables_catalogue' and table_schema = '{schema}'"
    )
    pg = await ask.rows(
        "select count(*) from pg_tables where tablename = 'tables_catalogue' and schemaname = '{schema}'"
    )
    return [svv, pg]
