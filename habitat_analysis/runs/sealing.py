"""What a failure may leave among the reports: its reason, without the pseudonym of anybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from habitat_analysis.errors import HabitatError
from habitat_analysis.feasibility.group_files import study_households
from habitat_analysis.study import load_study

HIDDEN: Final = "•••"


def sealed(text: str, study_file: Path) -> str:
    """Hide the pseudonyms of a study in a text that goes among the reports.

    The screen shows them (`ux`: line, pseudonym, faulty word); a file of reasons, an index, do
    not. A study that cannot be read names nobody.
    """
    names = _pseudonyms(study_file) if text else []
    if not names:
        return text
    anyone = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{anyone})(?!\w)", HIDDEN, text)


def _pseudonyms(study_file: Path) -> list[str]:
    """Read the pseudonyms of the group and of the candidates."""
    try:
        return list(study_households(load_study(study_file)) or ())
    except HabitatError:
        return []
