"""The door of a notebook: its study found wherever it runs, its parameters checked at once.

Papermill runs a notebook in the folder of its output, nbval and JupyterLab in its own: a relative
path is looked for from there, then from the root of the project.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from habitat_analysis.errors import DataError, Faults, UsageError, did_you_mean
from habitat_analysis.feasibility import Ground, SiteIdus, choose_sites, find_site
from habitat_analysis.feasibility.variants import MOST_TIMES
from habitat_analysis.files import PROJECT_ROOT
from habitat_analysis.formats import join_fr, typeset
from habitat_analysis.report.notebook_view import Prose
from habitat_analysis.runs.lab import STUDY_VARIABLE
from habitat_analysis.study import Study, load_study

DEMO_STUDY: Final = "data/demo/etude.yaml"
KINDS: Final[Mapping[str, type]] = {
    "study_file": str,
    "site_id": str,
    "scenario": str,
    "reports_dir": str,
    "output_dir": str,
    "fingerprint": str,
    "n_sites": int,
    "interactif": bool,
    "exigence": str,
    "terrain_fois": float,
    "departs": int,
}
WORDS: Final[Mapping[type, str]] = {
    str: "un texte", int: "un nombre entier", float: "un nombre", bool: "True ou False",
}  # fmt: skip
SITE_PATTERN: Final = r"[0-9A-Za-z-]{0,60}(\+[0-9A-Za-z]{14}){0,20}"
MOST_SITES: Final = 50
MOST_LEAVING: Final = 5  # departures drawn at once, as a trial
FRESH_CELLS: Final = 4  # the empty first entry, parameters, injected ones, the check itself


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookInputs:
    """What a notebook works on, once its parameters are checked."""

    study_file: Path
    study: Study
    output: Path | None  # folder to write in; None: only show
    reports: Path | None  # folder of the reports of a study
    steps: tuple[str, ...]

    def status(self, step: str) -> Prose:
        """Say which steps are done once `step` is, and which remain.

        Raises
        ------
        UsageError
            If the notebook declared no such step.
        """
        if step not in self.steps:
            msg = f"Unknown step {step!r}: this notebook has {', '.join(self.steps)}."
            raise UsageError(msg)
        rank = self.steps.index(step) + 1
        done, left = self.steps[:rank], self.steps[rank:]
        remains = f" Reste : {join_fr(left)}." if left else " Le carnet est complet."
        head = f"Statut : étape {rank} sur {len(self.steps)} terminée ({join_fr(done)})."
        return Prose((typeset(head + remains),))


def check_notebook_parameters(
    names: Mapping[str, Any], *, steps: Sequence[str], **parameters: Any
) -> NotebookInputs:
    """Check the parameters of a notebook: names, types, values, all faults at once.

    Parameters
    ----------
    names
        ``globals()`` of the notebook. In a fresh kernel a text, number or flag that is not a
        parameter was injected under a wrong name: it is refused, as papermill only warns.
    steps
        The steps of the notebook, for its status lines.
    **parameters
        Names of `KINDS` with their values.

    Returns
    -------
    inputs
        The study read, and the folders.

    Raises
    ------
    DataError
        With every fault, in French, or the faults of the study.

    Examples
    --------
    >>> inputs = check_notebook_parameters({}, steps=["lecture"], study_file=DEMO_STUDY)
    >>> inputs.study.commune.name
    'Valserres-sur-Lisse'
    """
    faults = Faults("Paramètres du carnet")
    for name, value in parameters.items():
        _check_value(faults, name, value)
    for name in _strangers(names, parameters):
        faults.add(f"« {name} »", "paramètre inconnu.", did_you_mean(name, parameters))
    faults.raise_if_any(code="E_PARAMETER")
    study_file = locate_study(parameters["study_file"])
    study = load_study(study_file)
    study.scenario(parameters.get("scenario", "base"))
    return NotebookInputs(
        study_file=study_file,
        study=study,
        output=_folder(parameters.get("output_dir", "")),
        reports=_folder(parameters.get("reports_dir", "")),
        steps=tuple(steps),
    )


def locate_study(name: str) -> Path:
    """Find a study file from any working folder.

    Parameters
    ----------
    name
        Path of the study. A relative one is looked for from the working folder, then from the
        root of the project. The study opened by ``habitat explore`` takes the place of the
        demonstration.

    Raises
    ------
    DataError
        ``E_STUDY_FILE`` when there is no such file.
    """
    opened = os.environ.get(STUDY_VARIABLE, "")
    wanted = Path(opened if opened and name == DEMO_STUDY else name)
    for candidate in (wanted, PROJECT_ROOT / wanted):
        if candidate.is_file():
            return candidate.resolve()
    msg = typeset(
        f"Étude « {wanted.name} » : fichier introuvable. Donnez son chemin depuis la racine du "
        f"projet, par exemple {DEMO_STUDY}."
    )
    raise DataError(msg, code="E_STUDY_FILE")


def site_of(ground: Ground, site_id: str) -> SiteIdus:
    """Find the site a notebook is about: the one named, or the first of the study.

    Raises
    ------
    DataError
        ``E_NO_PARCEL`` for an unknown parcel, ``E_NO_SITE`` when the study has no site at all.
    """
    if site_id:
        return find_site(ground, site_id)
    sites = choose_sites(ground)
    if not sites:
        msg = (
            "Aucune parcelle de la commune ne passe les critères de l'étude. Élargissez "
            "« foncier » dans l'étude ou nommez un site."
        )
        raise DataError(msg, code="E_NO_SITE")
    return sites[0]


def allotment_site_of(ground: Ground, site_id: str) -> SiteIdus:
    """Find the site named, or that of ``groupe.attribution``, or the first of the study.

    Raises
    ------
    DataError
        As `site_of`.
    """
    rules = ground.study.residents.allotment
    if site_id or rules is None:
        return site_of(ground, site_id)
    return tuple(sorted(rules.site))


def _check_value(faults: Faults, name: str, value: Any) -> None:
    """Note a parameter of a wrong type or out of its bounds."""
    where = f"« {name} »"
    whole = KINDS[name] is float and type(value) is int
    if type(value) is not KINDS[name] and not whole:
        faults.add(where, f"{WORDS[KINDS[name]]} est attendu.", "Corrigez la valeur.")
    elif isinstance(value, str):
        _check_text(faults, name, value)
    elif name == "n_sites" and isinstance(value, int) and not 1 <= value <= MOST_SITES:
        why = f"{value} est hors des bornes."
        faults.add(where, why, f"Écrivez un nombre de 1 à {MOST_SITES}.")
    elif name == "departs" and isinstance(value, int) and not 0 <= value <= MOST_LEAVING:
        why = f"{value} est hors des bornes."
        faults.add(where, why, f"Écrivez un nombre de 0 à {MOST_LEAVING}.")
    elif name == "terrain_fois" and not 0 < value <= MOST_TIMES:  # NaN is no number either
        why = f"{value} est hors des bornes."
        faults.add(where, why, f"Écrivez un nombre au-dessus de 0, {MOST_TIMES:g} au plus.")


def _check_text(faults: Faults, name: str, value: str) -> None:
    """Note a site that cannot be one, a folder that does not exist."""
    if name == "site_id" and not re.fullmatch(SITE_PATTERN, value):
        faults.add(
            f"« {name} »",
            "ce n'est ni un identifiant cadastral ni un nom de site.",
            "Un IDU compte 14 caractères, par exemple 99012000AB0012.",
        )
    elif name in {"output_dir", "reports_dir"} and value and not Path(value).is_dir():
        faults.add(f"« {name} »", "ce dossier n'existe pas.", "Créez-le ou laissez le texte vide.")


def _strangers(names: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    """List the plain values of a fresh kernel that are not parameters."""
    if len(names.get("In", ())) > FRESH_CELLS:
        return []
    return [
        name
        for name, value in names.items()
        if type(value) in {str, int, float, bool, list, dict, type(None)}
        and not name.startswith("_")
        and name not in parameters
        and name not in {"In", "Out"}
    ]


def _folder(name: str) -> Path | None:
    return Path(name).resolve() if name else None
