"""What every test may use: the real data, a browser, the same chance every time."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")  # before the first import of matplotlib
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # jupyter-core warns without it

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")

PROJECT = Path(__file__).resolve().parents[1]
REALDATA = PROJECT.parent / "shared" / "realdata"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def project() -> Path:
    """Root of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of the real open data, which is never copied here."""
    if not REALDATA.is_dir():
        pytest.skip("données réelles absentes (../shared/realdata)")
    return REALDATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that this machine has."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium absent")
    return found
