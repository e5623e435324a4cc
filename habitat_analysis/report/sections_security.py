"""How the operation is secured, in a report: legal forms, guarantees, points to lift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import typeset
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import Column, Quantity, Sheet, facts_sheet, sheet
from habitat_analysis.tenures import tenures

RULES_OF_GROUP: Final = "le règlement intérieur du groupe"
NOT_STUDIED: Final = (
    "les réservations demandées en contrepartie de la garantie des emprunts",
    "le planning réel, mois par mois (permis, recours, commercialisation, livraison)",
    "la gestion après la livraison (charges, locaux partagés, copropriété)",
)


def legal_forms(feasibility: Feasibility) -> Sheet:
    """Say who owns the land and the building, for the tenures of the programme or of the study."""
    rows = [
        {
            "code": tenure_label(code),
            "land": tenures()[code].owner_of_land,
            "building": tenures()[code].owner_of_building,
            "pays": tenures()[code].household_pays,
        }
        for code in _codes(feasibility)
    ]
    columns = [
        Column(name="code", header="Statut"),
        Column(name="land", header="Propriétaire du terrain"),
        Column(name="building", header="Propriétaire du bâti"),
        Column(name="pays", header="Ce que paie le ménage"),
    ]
    return sheet("Montage", "Montage par statut", rows, columns)


def guarantees(feasibility: Feasibility) -> Sheet:
    """Say how each household is secured, and what it may do when it leaves."""
    rows = [
        {
            "code": tenure_label(code),
            "secured": tenures()[code].securities,
            "resale": tenures()[code].resale_rule,
            "source": tenures()[code].legal_reference,
        }
        for code in _codes(feasibility)
    ]
    columns = [
        Column(name="code", header="Statut"),
        Column(name="secured", header="Sécurisation"),
        Column(name="resale", header="Revente"),
    ]
    return sheet("Sécurisation", "Sécurisation des ménages", rows, columns)


def durations(feasibility: Feasibility) -> Sheet:
    """State the durations of the study."""
    costs = feasibility.ground.study.costs
    return facts_sheet(
        "Durées",
        "Durées retenues par l'étude",
        {
            "Portage du terrain": Quantity(value=costs.land_carry_months, unit="mois"),
            "Travaux": Quantity(value=costs.works_months, unit="mois"),
            "De l'estimation au milieu des travaux": Quantity(
                value=costs.revision_months, unit="mois"
            ),
        },
    )


def open_points(feasibility: Feasibility) -> tuple[str, ...]:
    """List what stands between here and « faisable »."""
    return feasibility.verdict.conditions


def not_studied(feasibility: Feasibility) -> tuple[str, ...]:
    """List what this report does not look at."""
    stated = feasibility.legal is not None and feasibility.legal.form is not None
    group = RULES_OF_GROUP if stated else "la forme juridique du groupe et son règlement intérieur"
    return tuple(typeset(text[0].upper() + text[1:]) for text in (group, *NOT_STUDIED))


def _codes(feasibility: Feasibility) -> list[str]:
    """List the tenures of the programme, or of the study when there is none."""
    programme = feasibility.programme
    used = {code for _, code in programme.units} if programme else set(feasibility.file.sheets)
    order: Mapping[str, object] = tenures()
    return [code for code in order if code in used]
