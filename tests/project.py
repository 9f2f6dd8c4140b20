"""Where the project is."""

from pathlib import Path

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
