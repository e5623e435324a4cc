"""The version printed on every document."""

from __future__ import annotations

import importlib.metadata
from functools import cache


@cache
def software_version() -> str:
    """Return the version of the package, or say that it is not installed."""
    try:
        return importlib.metadata.version("habitat-analysis")
    except importlib.metadata.PackageNotFoundError:
        return "non installée"
