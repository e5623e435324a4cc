"""A small study with every tenure and every hypothesis of the accounts, for tests of a montage."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from habitat_analysis.baremes import FactReader
from habitat_analysis.feasibility import Feasibility, Ground, choose_sites, read_ground, study_site
from habitat_analysis.montage import Montage, build_montage, detail_costs
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.study import load_study
from tests.small_study import write_small_study

IMPOSED = {"programme_impose": None, "fixe": {"statuts": {"PLUS": 2, "PSLA": 2, "PLAI": 2}}}
CODES = ("PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP", "VEFA", "LIBRE")
SOURCE = {"source": "hypothèse inventée"}
TERMS: dict[str, dict[str, Any]] = {
    "PLUS": {
        "loyer_annexes_mois": 15,
        "pret_partenaire": {
            "preteur": "Action Logement",
            "montant_par_logement": 8000,
            "taux": 0.0125,
            "duree_ans": 30,
        },
    },
    "PLS": {"places_par_logement": 0.8, **SOURCE},
    "PSLA": {
        "part_locative_m2_su_mois": 9.2,
        "part_acquisitive_mois": 200,
        "levee_option_mois": 24,
    },
    "BRS": {"gestion_ofs_par_logement": 110},
    "SCIAPP": {
        "subvention_par_logement": 6000,
        "places_par_logement": 0.8,
        "budget_mensuel_menage": 900,
        "nombre_de_parts": 200,
        "parts_initiales": 4,
        **SOURCE,
    },
    "VEFA": {"prix_ttc_m2_shab": 3700, "places_par_logement": 1, **SOURCE},
}
RISKS = {
    "probabilite_invendu": 0.1,
    "decote_invendu": 0.05,
    "portage_invendu_mois": 450,
    "duree_portage_mois": 9,
    "probabilite_rachat": 0.008,
    "probabilite_depart": 0.04,
    "evolution_prix_marche": -0.04,
    "frais_revente": 0.07,
    "travaux_bas": 0.97,
    "travaux_mode": 1.0,
    "travaux_haut": 1.08,
    "ecart_type_taux": 0.005,
    "tirages": 2000,
    **SOURCE,
}
MONTAGE: dict[str, Any] = {
    "commercialisation": 0.025,
    "marge_visee": 0.05,
    "gros_entretien_apres_ans": 5,
    "precommercialisation_min": 0.4,
    "lots_reserves": 2,
    "charges_menage": {"locataire_m2_mois": 1.1, "proprietaire_m2_mois": 1.9, **SOURCE},
    "qualite": {
        "niveau": "RE2020, seuil 2028",
        "surcout_ht_m2_shab": 45,
        "energie_m2_an": 9.5,
        "energie_reference_m2_an": 12,
        **SOURCE,
    },
    "risques": RISKS,
    "garanties": {"agrement_ofs": {"etat": "acquise", "date": "2025-06-12"}},
}


def full_changes(**more: Any) -> dict[str, Any]:
    """Give the changes that make the small study complete; `more` are merged on top."""
    changes: dict[str, Any] = {
        "programme": {"statuts": list(CODES)},
        "statuts": TERMS,
        "montage": MONTAGE,
    }
    return {**changes, **more}


def studied(folder: Path, **more: Any) -> Montage:
    """Write the complete small study with `more` on top, and finance its first site."""
    changes = full_changes(**more)
    ground = read_ground(load_study(write_small_study(folder, changes=changes)))
    montage = study_site(ground, choose_sites(ground)[0]).montage
    assert montage is not None
    return montage


def with_terms(code: str, **terms: Any) -> dict[str, Any]:
    """Give the terms of every tenure, those of one of them changed."""
    base = full_changes()["statuts"]
    return {**base, code: {**base.get(code, {}), **terms}}


@lru_cache(maxsize=1)
def full_ground() -> Ground:
    """Read the complete small study, once."""
    folder = Path(mkdtemp(prefix="montage-"))
    return read_ground(load_study(write_small_study(folder, changes=full_changes())))


@lru_cache(maxsize=1)
def full_site() -> Feasibility:
    """Study the first site of the complete small study, once."""
    return study_site(full_ground(), choose_sites(full_ground())[0])


def montage_of(units: dict[tuple[str, str], int], spaces: tuple[str, ...] = ()) -> Montage:
    """Finance a programme typed by hand on the first site."""
    site = full_site()
    programme = Programme(units={cell: n for cell, n in units.items() if n}, spaces=spaces)
    evaluation = evaluate(site.file.case, programme)
    costs = detail_costs(
        site.file, programme, land_m2=site.site.area_m2, model_ttc_eur=evaluation.cost_eur
    )
    facts = FactReader(site.ground.baremes, on=site.ground.study.operation_date)
    return build_montage(site.file, evaluation, costs, facts)
