"""The buildings and phases of a programme in `resultats.json`; lists are empty without any."""

from __future__ import annotations

from habitat_analysis.feasibility.results_schema import BatimentR, LigneProgramme, PhaseR
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.wording import building_name

CENTS = 2


def building_results(case: Case, evaluation: Evaluation) -> list[BatimentR]:
    """Publish what each building holds."""
    shared = evaluation.programme.by_building
    return [
        BatimentR(
            id=inside.id,
            libelle=building_name(case, inside.id),
            phase=inside.phase,
            shab_max_m2=round(building.shab_max_m2, 2),
            logements_max=building.dwellings_max,
            logements=[
                LigneProgramme(typologie=size, statut=code, nombre=int(n))
                for (size, code), n in sorted(shared.get(inside.id, {}).items())
            ],
            espaces=list(inside.spaces),
            nombre_logements=inside.dwellings,
            shab_avec_espaces_m2=round(inside.shab_with_spaces_m2, 2),
            places=round(inside.parking, 2),
        )
        for building, inside in zip(case.buildings, evaluation.buildings, strict=True)
    ]


def phase_results(case: Case, evaluation: Evaluation) -> list[PhaseR]:
    """Publish what each phase leaves to be found, in EUR tax included."""
    return [
        PhaseR(
            numero=money.number,
            batiments=list(money.buildings),
            nombre_logements=money.dwellings,
            part_charges_fixes=round(money.fixed_share_eur, CENTS),
            besoin=round(money.need_eur, CENTS),
            fonds_propres_engages=round(money.tied_up_eur, CENTS),
            fonds_propres_max=phase.equity_max_eur,
        )
        for phase, money in zip(case.phases, evaluation.phases, strict=True)
    ]
