"""What a result depends on, in one hash: inputs, parameters, barèmes, code and versions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from habitat_analysis.feasibility import traced_versions
from habitat_analysis.files import DATA_DIR, PROJECT_ROOT, content_hash
from habitat_analysis.study import Study, named_files

PACKAGE = Path(__file__).parents[1]


def input_hashes(study: Study, study_file: Path) -> dict[str, str]:
    """Hash the study file and every file it names (the files of a folder, one by one).

    Returns
    -------
    hashes
        SHA-256 by path as written in the study.
    """
    hashes = {study_file.name: content_hash(study_file)}
    listed = [study.zones.listing] if study.zones.listing else []
    for name in [*listed, *(name for _, name in named_files(study))]:
        path = study.path(name)
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        hashes |= {
            name if file == path else f"{name}/{file.relative_to(path).as_posix()}": content_hash(
                file
            )
            for file in files
        }
    return hashes


def fingerprint(hashes: dict[str, str], parameters: dict[str, Any]) -> str:
    """Hash all that a result depends on.

    Parameters
    ----------
    hashes
        From `input_hashes`.
    parameters
        Parameters of the run, edition date included.

    Returns
    -------
    fingerprint
        SHA-256, the same on every machine with the same versions.
    """
    known = {
        "entrees": hashes,
        "parametres": parameters,
        "versions": traced_versions(),
        "baremes": _tree_hash(sorted((DATA_DIR / "baremes").glob("*.csv"))),
        "programme": _tree_hash(sorted(PACKAGE.rglob("*.py"))),
        "notebooks": _tree_hash(sorted((PROJECT_ROOT / "notebooks").glob("*.ipynb"))),
    }
    return content_hash(json.dumps(known, sort_keys=True, ensure_ascii=False).encode())


def _tree_hash(files: Iterable[Path]) -> str:
    named = "\n".join(f"{file.name} {content_hash(file)}" for file in files)
    return content_hash(named.encode())
