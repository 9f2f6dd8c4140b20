"""docs/testing.md: its test passes on the job of docs/your-own-tables.md."""

import re
import sys
from pathlib import Path

import pytest

from prefect_redshift import RedshiftDataApi
from tests.examples.test_your_own_tables import FILES as FILES_OF_THE_JOB
from tests.project import PROJECT_FOLDER

PAGE = (PROJECT_FOLDER / "docs" / "testing.md").read_text()
[(FILE, CODE)] = re.findall(r'^```python title="(.+?)"\n(.*?)^```', PAGE, re.DOTALL | re.MULTILINE)


def test_the_page_s_test_passes(
    redshift_warehouse: RedshiftDataApi, prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in FILES_OF_THE_JOB:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "job", raising=False)
    page: dict[str, object] = {}
    exec(compile(CODE, FILE, "exec"), page)
    # Its fixture starts a Prefect server, which these tests share.
    (test,) = (value for name, value in page.items() if name.startswith("test_"))
    assert callable(test)
    test(redshift_warehouse)
    monkeypatch.delitem(sys.modules, "job")
