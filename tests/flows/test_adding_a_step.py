"""docs/adding-a-step.md, followed to the letter."""

import asyncio
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows import sales_data_pipeline as flow
from flows.sales import SALES
from prefect_redshift.flows import backfill_flow
from prefect_redshift.pipeline import Step
from tests.flows.test_run_graph import edges
from tests.job_warehouse import Warehouse
from tests.project import PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / "docs" / "adding-a-step.md").read_text()


def test_a_procedure_its_step_and_one_line_are_one_more_dimension(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure, step = re.findall(r"```sql\n(.*?)```", PAGE.partition("\n## ")[0], re.DOTALL)
    line = re.findall(r"```python\n(Step.*?)\n```", PAGE)[0]
    scripts = Path(shutil.copytree(PROJECT_FOLDER / "sql", tmp_path / "sql"))
    for name, text in (("sp_statements.sql", procedure), ("steps.sql", step)):
        (scripts / name).write_text(f"{(scripts / name).read_text()}\n{text}")
    job = replace(SALES, loads=[*SALES.loads, eval(line, {"Step": Step})], scripts=str(scripts))
    monkeypatch.setattr(flow, "SALES", job)

    for day in (date(2026, 11, 22), date(2026, 11, 23)):
        report = asyncio.run(flow.sales_data_pipeline(run_date=day))
        steps = [done.name for done in report.steps]
        assert "LoadStoreTable" in steps
        assert report.row_counts["store"] == 3
        assert warehouse.rows("select * from store order by 1") == [
            (store, "2016-01-01") for store in (1, 2, 3)
        ]
    found = asyncio.run(edges(len(job.step_names)))
    assert found["LoadStoreTable"] == {"setup_sales_data_pipeline"}
    assert "LoadStoreTable" in found["run_load_fact_sales"]

    asyncio.run(flow.sales_data_pipeline(run_date=date(2026, 11, 24), setup="always"))
    assert warehouse.count("store") == 3
    warehouse.run("delete from store")
    asyncio.run(backfill_flow(job, name="with-stores")(dates=[date(2026, 11, 25)]))  # type: ignore[arg-type]
    assert warehouse.count("store") == 3
