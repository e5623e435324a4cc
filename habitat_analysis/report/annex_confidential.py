"""The annex of the cooperative (`annexe_confidentielle.xlsx`): everything, marked confidential.

It is the only file of a run that holds households. It is never written by default, never without
a date until which it may be kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.group_mix import GroupMix
from habitat_analysis.feasibility.story import GroupStory
from habitat_analysis.formats import date_long, typeset
from habitat_analysis.households.feasible import FeasibleSet
from habitat_analysis.report import confidential_households as people
from habitat_analysis.report import confidential_story as told
from habitat_analysis.report.annex_rules import retention_words
from habitat_analysis.report.confidential_mix import mix_sheet
from habitat_analysis.report.sheets import Sheet, facts_sheet
from habitat_analysis.report.software import software_version
from habitat_analysis.report.workbook import write_sheets
from habitat_analysis.study import Study

CONFIDENTIAL_ANNEX: Final = "annexe_confidentielle.xlsx"
HEAD: Final = "CONFIDENTIEL — cercle de la coopérative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """All that the cooperative may read of the households of one site.

    Attributes
    ----------
    study, site, scenario
        What was studied.
    story
        None without a programme.
    rights, feasible
        By name of the file that households come from.
    mix, retained_mix
        Of the group as it is and of the households retained; None without a story.
    objections
        Number of the ballot, room and words of each objection of the vote.
    """

    study: Study
    site: str
    scenario: str
    story: GroupStory | None
    rights: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    feasible: Mapping[str, FeasibleSet] = field(default_factory=dict)
    mix: GroupMix | None = None
    retained_mix: GroupMix | None = None
    objections: Sequence[told.Objection] = ()


def refuse_without_retention(study: Study) -> None:
    """Refuse an annex that nobody would know when to destroy.

    Raises
    ------
    DataError
        ``E_RETENTION``, with the line to write.
    """
    if study.residents.keep_until is None:
        msg = (
            f"Étude « {study.name} » : l'annexe confidentielle porte une date de conservation, et "
            "l'étude n'en donne pas. Écrivez « conserver_jusqu_au: 2028-12-31 » (votre date) sous "
            "« groupe », puis relancez."
        )
        raise DataError(typeset(msg), code="E_RETENTION")


def write_confidential_annex(papers: Papers, path: Path) -> Path:
    """Write the annex of the cooperative, one sheet a table, each headed as confidential.

    Raises
    ------
    DataError
        ``E_RETENTION`` without a date until which it may be kept.
    """
    refuse_without_retention(papers.study)
    edited = papers.study.edited_on
    return write_sheets(
        confidential_sheets(papers),
        path,
        title=f"{HEAD} : {papers.study.title}",
        stamp=int(datetime(edited.year, edited.month, edited.day, tzinfo=UTC).timestamp()),
        banner=banner(papers.study),
    )


def banner(study: Study) -> str:
    """Write the head of every sheet: circle, retention, source."""
    files = study.files
    named = [files.group, files.candidates, files.wishes, files.ballots, files.own_allocation]
    drawn = [] if study.residents.pool is None else ["vivier synthétique, aucun ménage n'existe"]
    source = ", ".join([name for name in named if name] + drawn)
    return typeset(
        f"{HEAD}. Conservation : {retention_words(study.residents)}. Source : {source or 'étude'}."
    )


def confidential_sheets(papers: Papers) -> tuple[Sheet, ...]:
    """Gather the sheets, the key of the numbers first."""
    story = papers.story
    allotted = story.allotted if story else None
    found = [
        people.key_sheet(story, _notes(papers)) if story else _without_story(papers),
        people.rights_sheet(papers.rights),
        people.cells_sheet(papers.feasible),
        people.empty_sheet(papers.feasible),
        told.formation_sheet(story) if story else None,
        _mix(papers),
        told.wishes_sheet(allotted) if allotted else None,
        told.proposal_sheet(allotted, story) if allotted and story else None,
        told.envy_sheet(allotted) if allotted else None,
        told.departures_sheet(allotted) if allotted else None,
        told.commission_sheet(story) if story else None,
        told.objections_sheet(papers.objections),
    ]
    return tuple(table for table in found if table is not None)


def _notes(papers: Papers) -> tuple[str, ...]:
    study = papers.study
    kept = retention_words(study.residents)
    return (
        f"Données personnelles : à garder dans la coopérative, {kept}, puis à détruire.",
        "L'annexe du groupe ne connaît que les numéros ; cette clé ne se transmet pas.",
        f"Étude : {study.title}. Site : {papers.site}. Scénario : {papers.scenario}.",
        f"Édité le {date_long(study.edited_on)}, habitat-analysis {software_version()}.",
    )


def _mix(papers: Papers) -> Sheet | None:
    if papers.mix is None or papers.retained_mix is None:
        return None
    return mix_sheet(papers.mix, papers.retained_mix)


def _without_story(papers: Papers) -> Sheet:
    facts = {"Étude": papers.study.title, "Site": papers.site, "Scénario": papers.scenario}
    caption = "À lire d'abord : ce site n'a pas de programme, rien n'y est réparti"
    return facts_sheet("À lire", caption, facts, notes=_notes(papers))
