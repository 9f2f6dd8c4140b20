"""docs/adding-a-step.md, followed to the letter."""

import ast
import asyncio
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.sales_data_pipeline import sales_data_pipeline
from prefect_redshift.pipeline.scripts import PROJECT_FOLDER
from prefect_redshift.tasks.steps import DIMENSIONS
from tests.flows.warehouse import Warehouse

PAGE = (PROJECT_FOLDER / "docs" / "adding-a-step.md").read_text()


def test_a_procedure_its_step_and_one_line_are_a_dimension_more(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure, step = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    [dimensions] = re.findall(r"^DIMENSIONS = (\{.*?^\})$", PAGE, re.DOTALL | re.MULTILINE)
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", tmp_path / "sql"))
    for name, text in (("sp_statements.sql", procedure), ("steps.sql", step)):
        (scripts / name).write_text(f"{(scripts / name).read_text()}\n{text}")
    added = ast.literal_eval(dimensions)
    assert added.items() > DIMENSIONS.items()
    monkeypatch.setattr("prefect_redshift.tasks.steps.DIMENSIONS", added)

    for day in (date(2026, 11, 22), date(2026, 11, 23)):
        report = asyncio.run(sales_data_pipeline(run_date=day, scripts=str(scripts)))
        steps = [done.name for done in report.steps]
        assert steps.index("LoadStoreTable") < steps.index("run_load_fact_sales")
        assert warehouse.rows("select * from store order by 1") == [
            (store, "2016-01-01") for store in (1, 2, 3)
        ]
