"""Feasibility of habitat participatif for Coop'HLM, from the land to the report.

The small public surface: read a study, look at its ground, study its sites. Each name is imported
when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "DataError",
    "Feasibility",
    "Ground",
    "HabitatError",
    "Study",
    "UsageError",
    "choose_sites",
    "find_site",
    "load_study",
    "read_ground",
    "study_site",
]

_HOME = {
    "DataError": "errors",
    "HabitatError": "errors",
    "UsageError": "errors",
    "Study": "study",
    "load_study": "study",
    "Feasibility": "feasibility",
    "Ground": "feasibility",
    "choose_sites": "feasibility",
    "find_site": "feasibility",
    "read_ground": "feasibility",
    "study_site": "feasibility",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
