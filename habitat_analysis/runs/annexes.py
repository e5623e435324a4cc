"""The annexes of a site, written when they are asked for: the group's, the cooperative's.

They are made apart from the notebook of the report, whose cells are kept and shown: no row of a
household ever passes by a notebook or its parameters, and the other files of the folder stay the
same, byte for byte. They stand beside the report, in a folder that is complete or absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Feasibility,
    SiteIdus,
    read_ground,
    study_site,
    with_story,
)
from habitat_analysis.feasibility.group_mix import group_mix_of
from habitat_analysis.feasibility.shared_vote import read_objections
from habitat_analysis.formats import join_fr, typeset
from habitat_analysis.households.feasible import FeasibleSet
from habitat_analysis.households.rights import rights_table
from habitat_analysis.report.annex_confidential import (
    CONFIDENTIAL_ANNEX,
    Papers,
    refuse_without_retention,
    write_confidential_annex,
)
from habitat_analysis.report.annex_group import GROUP_ANNEX, TO_PRECISE, write_group_annex
from habitat_analysis.report.sections_vote import vote_annex_tables
from habitat_analysis.study import Study, load_study

Annex = Literal["groupe", "cooperative"]

SYNTHETIC: Final = "vivier synthétique"
ANNEX_FILES: Final[Mapping[Annex, str]] = {
    "groupe": GROUP_ANNEX,
    "cooperative": CONFIDENTIAL_ANNEX,
}


def check_annexes(study: Study, annexes: Sequence[Annex]) -> tuple[str, ...]:
    """Refuse an annex that cannot be made, before anything is computed.

    Returns
    -------
    warnings
        In French: what remains to be said in the study.

    Raises
    ------
    DataError
        ``E_GROUP`` without households; ``E_RETENTION`` for a confidential annex without a date.
    """
    pool = study.residents.pool
    if "groupe" in annexes and pool is not None:
        msg = (
            f"Étude « {study.name} » : l'annexe du groupe s'adresse à des ménages, et ceux d'un "
            "vivier synthétique n'existent pas. Retirez --annexe groupe, ou nommez les vrais "
            "ménages sous « fichiers »."
        )
        raise DataError(typeset(msg), code="E_GROUP")
    if annexes and study.files.group is None and pool is None:
        msg = (
            f"Étude « {study.name} » : une annexe parle des ménages du groupe, et l'étude n'en "
            "nomme pas. Donnez « menages » sous « fichiers », ou retirez --annexe."
        )
        raise DataError(typeset(msg), code="E_GROUP")
    if "cooperative" in annexes:
        refuse_without_retention(study)
    missing = "groupe" in annexes and study.residents.keep_until is None
    return (typeset(f"Annexe du groupe. {TO_PRECISE}"),) if missing else ()


def write_annexes(
    study_file: Path,
    idus: SiteIdus,
    folder: Path,
    *,
    scenario: str,
    annexes: Sequence[Annex],
) -> tuple[Path, ...]:
    """Study a site again and write the annexes asked beside its report.

    Parameters
    ----------
    study_file, idus, scenario
        What the report is about: the same inputs give the same programme and the same story.
    folder
        Where to write; atomic for the caller to make.
    annexes
        Which ones; none: nothing is computed.
    """
    if not annexes:
        return ()
    ground = read_ground(load_study(study_file))
    operation = with_story(study_site(ground, idus, scenario=scenario))
    written = []
    if "groupe" in annexes:
        vote = vote_annex_tables(ground.vote) if ground.vote else ()
        path = folder / ANNEX_FILES["groupe"]
        written.append(write_group_annex(operation, operation.story, path, vote=vote))
    if "cooperative" in annexes:
        path = folder / ANNEX_FILES["cooperative"]
        written.append(write_confidential_annex(gather_papers(operation), path))
    return tuple(written)


def _named(study: Study) -> str:
    """Name the list of the group in a workbook: its file, or the pool drawn in its place."""
    return study.files.group or SYNTHETIC


def gather_papers(operation: Feasibility) -> Papers:
    """Gather all that the cooperative may read of the households of a site."""
    study, needs, access = operation.ground.study, operation.ground.needs, operation.access
    rights, feasible = {}, {}
    if needs is not None:
        lists = {_named(study): needs.group, study.files.candidates: needs.candidates}
        rights = {
            str(name): rights_table(one.table, needs.rules) for name, one in lists.items() if one
        }
    if access is not None:
        sets: dict[str | None, FeasibleSet | None] = {
            _named(study): access.members,
            study.files.candidates: access.candidates,
        }
        feasible = {str(name): one for name, one in sets.items() if one is not None}
    story = operation.story
    chosen = None if story is None else story.formation.formed
    retained = None if chosen is None else {*chosen.members, *chosen.candidates}
    return Papers(
        study=study,
        site=", ".join(operation.site.idus),
        scenario=operation.scenario.label,
        story=story,
        rights=rights,
        feasible=feasible,
        mix=None if retained is None else group_mix_of(operation.ground),
        retained_mix=None if retained is None else group_mix_of(operation.ground, retained),
        objections=[(line.ballot, line.room, line.words) for line in read_objections(study)],
    )


def standing_sentence(folders: Sequence[Path]) -> str:
    """Warn that folders of reports hold annexes, asked now or earlier; "" when none does."""
    held = sorted({n for f in folders for n in ANNEX_FILES.values() if (f / n).is_file()})
    if not held:
        return ""
    return typeset(
        f"À ne pas diffuser avec le rapport : {join_fr(held)}. Une annexe reste dans son dossier "
        "tant que rien ne change ; effacez-la quand vous n'en avez plus besoin."
    )
