"""The command that opens JupyterLab on the explorer, on this machine only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from habitat_analysis.files import PROJECT_ROOT

EXPLORER = "60_explorer.ipynb"
STUDY_VARIABLE = "HABITAT_ETUDE"


def lab_command(study_file: Path | None) -> list[str]:
    """Build the JupyterLab command; the study, if any, reaches the notebook by the environment.

    Parameters
    ----------
    study_file
        Study to open instead of the demonstration.
    """
    if study_file is not None:
        os.environ[STUDY_VARIABLE] = str(study_file.resolve())
    notebooks = PROJECT_ROOT / "notebooks"
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={notebooks}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.default_url=/lab/tree/{EXPLORER}",
    ]
