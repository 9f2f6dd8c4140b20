"""Take the pictures of Prefect's UI that the documentation shows, of the latest completed run of the flow.

    python docs/screenshots.py http://127.0.0.1:4200

Needs a server on which the flow has run, and Chromium and pngquant (Debian: apt-get install chromium pngquant).
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_URL, temporary_settings

FLOW = "sales-data-pipeline"
IMAGES = Path(__file__).resolve().parent / "images"
HEIGHTS = {"run-graph": 500, "timeline": 430}
RUN_GRAPH, *ARTIFACTS = HEIGHTS
WIDTH = 1400
COLOURS = 32
RENDER_MILLISECONDS = 15_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class NoPictureError(Exception):
    """Something is missing; the message says what."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures, or none: the folder changes only when the last one is there. Return the exit code."""
    parser = argparse.ArgumentParser(description="Take the pictures of Prefect's UI for the documentation.")
    parser.add_argument("ui", help="the address of the server's UI, such as http://127.0.0.1:4200")
    parser.add_argument(
        "--folder", type=Path, default=IMAGES, help="where the pictures go (default: docs/images)"
    )
    options = parser.parse_args(arguments)
    ui = options.ui.rstrip("/")
    try:
        with temporary_settings({PREFECT_API_URL: f"{ui}/api"}):
            pages = asyncio.run(find_pages(ui))
        take_all(pages, options.folder)
    except NoPictureError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


async def find_pages(ui: str) -> dict[str, str]:
    """Return the address of each picture's page.

    Raises:
        NoPictureError: The flow has no completed run, or the latest one lacks an artifact.
    """
    async with get_client() as client:
        run = await _latest_completed_run(client)
        mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        artifacts = await client.read_artifacts(artifact_filter=mine)
    ids = {str(artifact.key).removeprefix(f"{FLOW}-"): artifact.id for artifact in artifacts}
    if missing := [name for name in ARTIFACTS if name not in ids]:
        raise NoPictureError(f"The run {run.name} has no artifact {FLOW}-{missing[0]}.")
    shown = {name: f"{ui}/artifacts/artifact/{ids[name]}" for name in ARTIFACTS}
    return {RUN_GRAPH: f"{ui}/runs/flow-run/{run.id}", **shown}


async def _latest_completed_run(client: PrefectClient) -> FlowRun:
    # Sorted by start, runs that are only scheduled would come first: they have none.
    completed = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED]))
    runs = await client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
        flow_run_filter=FlowRunFilter(state=completed),
        sort=FlowRunSort.START_TIME_DESC,
        limit=1,
    )
    if not runs:
        raise NoPictureError(f"No run of {FLOW} is completed on this server.")
    return runs[0]


def take_all(pages: dict[str, str], folder: Path) -> None:
    """Render the pages in a folder of their own, then put the pictures into place.

    Raises:
        NoPictureError: A program is not installed, or fails.
    """
    browser = _program(*BROWSERS)
    shrinker = _program("pngquant")
    with tempfile.TemporaryDirectory() as temporary:
        pictures = []
        for name, address in pages.items():
            picture = Path(temporary, f"{name}.png")
            _take(browser, Path(temporary, "profile"), picture, address)
            _run([shrinker, "--force", "--strip", "--ext", ".png", str(COLOURS), str(picture)])
            pictures.append(picture)
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            shutil.copyfile(picture, folder / picture.name)


def _take(browser: str, profile: Path, picture: Path, address: str) -> None:
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--hide-scrollbars",
        "--enable-unsafe-swiftshader",  # the run graph is drawn by WebGL
        f"--user-data-dir={profile}",
        f"--window-size={WIDTH},{HEIGHTS[picture.stem]}",
        f"--virtual-time-budget={RENDER_MILLISECONDS}",
        f"--screenshot={picture}",
        address,
    ]
    _run(command)
    if not picture.exists():
        raise NoPictureError(f"{browser} took no picture of {address}.")


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise NoPictureError(f"{names[0]} is not installed.")


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise NoPictureError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
