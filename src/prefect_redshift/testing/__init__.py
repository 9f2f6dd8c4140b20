"""A warehouse for the tests of flows: fixtures of a pytest plugin, `prefect_redshift.testing.plugin`.

pytest finds the plugin wherever the package is installed. Its fixtures need the extra `local`. To call a
flow in a test, wrap the test session in Prefect's own `prefect.testing.utilities.prefect_test_harness`.

Example:
    ```python
    import asyncio

    from prefect_redshift import RedshiftDataApi


    async def items(warehouse: RedshiftDataApi, kind: str) -> list[str]:
        query = "select name from item where kind = :kind order by name"
        statement = await warehouse.run(query, {"kind": kind})
        return [row.name async for row in warehouse.rows(statement)]


    def test_items_of_other_kinds_are_left_out(redshift_warehouse: RedshiftDataApi) -> None:
        async def prepare_and_ask() -> list[str]:
            await redshift_warehouse.run("create table item (name varchar(20), kind varchar(20))")
            await redshift_warehouse.run("insert into item values ('lamp', 'home'), ('pen', 'work'), ('desk', 'home')")
            return await items(redshift_warehouse, "home")

        assert asyncio.run(prepare_and_ask()) == ["desk", "lamp"]
    ```
"""
