"""A study in a few lines: what it is about, how much was read, what it asks."""

from __future__ import annotations

from typing import Any

from habitat_analysis.feasibility import Ground, choose_sites
from habitat_analysis.feasibility.needs import GroupNeeds
from habitat_analysis.feasibility.synthetic import pool_words
from habitat_analysis.formats import count, date_short, join_fr, quoted
from habitat_analysis.programme.wording import OBJECTIVE_LABELS
from habitat_analysis.report.sheets import Sheet, facts_sheet
from habitat_analysis.study import OBJECTIVES
from habitat_analysis.study.model import BASE


def _group(needs: GroupNeeds | None) -> str:
    if needs is None:
        return "pas encore constitué"
    if needs.synthetic is not None:
        return f"inconnu, {pool_words(needs.synthetic)}"
    return count(needs.n_households, "ménage")


def study_summary(ground: Ground) -> Sheet:
    """Sum up a study: commune, dates, parcels, sites, group, objectives, scenarios."""
    study, needs = ground.study, ground.needs
    sites = choose_sites(ground)
    facts: dict[str, Any] = {
        "Étude": study.title,
        "Maître d'ouvrage": study.cooperative,
        "Commune": f"{study.commune.name} ({study.commune.insee})",
        "Date de l'opération": date_short(study.operation_date),
        "Date d'édition": date_short(study.edited_on),
        "Parcelles lues": count(len(ground.territory.parcels), "parcelle"),
        "Parcelles à étudier": count(len(ground.screened.kept), "parcelle"),
        "Sites rapportés": count(len(sites), "site"),
        "Groupe": _group(needs),
        "Objectifs, dans l'ordre": join_fr(
            [OBJECTIVE_LABELS[OBJECTIVES[name]] for name in study.programme.objectives]
        ),
        "Scénarios": join_fr([quoted(s.label) for s in (BASE, *study.scenarios)]),
    }
    notes = [study.notice] if study.notice else []
    return facts_sheet("Étude", "L'étude lue", facts, notes=notes)
