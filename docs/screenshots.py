"""Takes the pictures of Prefect's UI that the README shows, with a real browser, of the latest run of the flow.

    python docs/screenshots.py http://127.0.0.1:4200

Needs Chromium on the path (Debian: apt-get install chromium) and a server on which the flow has run.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from prefect import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowFilter, FlowFilterName
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_URL, temporary_settings

FLOW = "sales-data-pipeline"
IMAGES = Path(__file__).resolve().parent / "images"
HEIGHTS = {"run-graph": 500, "timeline": 430, "validations": 840}
WIDTH = 1400
RENDER_MILLISECONDS = 15_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


async def pages(ui: str) -> dict[str, str]:
    """The address of each picture's page."""
    async with get_client() as client:
        (run,) = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
            sort=FlowRunSort.START_TIME_DESC,
            limit=1,
        )
        mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        artifacts = await client.read_artifacts(artifact_filter=mine)
    ids = {str(artifact.key).removeprefix(f"{FLOW}-"): artifact.id for artifact in artifacts}
    shown = {name: f"{ui}/artifacts/artifact/{ids[name]}" for name in HEIGHTS if name in ids}
    return {"run-graph": f"{ui}/runs/flow-run/{run.id}", **shown}


def take(browser: str, profile: str, name: str, address: str) -> None:
    """Renders one page into docs/images/."""
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--hide-scrollbars",
        "--enable-unsafe-swiftshader",  # the run graph is drawn by WebGL
        f"--user-data-dir={profile}",
        f"--window-size={WIDTH},{HEIGHTS[name]}",
        f"--virtual-time-budget={RENDER_MILLISECONDS}",
        f"--screenshot={IMAGES / f'{name}.png'}",
        address,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603


def main() -> None:
    """Takes all pictures."""
    ui = sys.argv[1].rstrip("/")
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))
    IMAGES.mkdir(exist_ok=True)
    with temporary_settings({PREFECT_API_URL: f"{ui}/api"}), tempfile.TemporaryDirectory() as profile:
        for name, address in asyncio.run(pages(ui)).items():
            take(browser, profile, name, address)


if __name__ == "__main__":
    main()
