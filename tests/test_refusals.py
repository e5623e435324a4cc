"""Terms that the law, a lender or arithmetic refuses, and what is said when money is too much."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import choose_sites, read_ground, study_site
from habitat_analysis.montage.rental import RentalMontage, at_rate
from habitat_analysis.study import load_study
from tests.montage_samples import (
    CODES,
    IMPOSED,
    full_changes,
    montage_of,
    studied,
    with_terms,
)
from tests.small_study import write_small_study


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"montage": {"differe_ans": 3}}, "différé permis de 24 mois"),
        ({"montage": {"progression_annuites": 0.006}}, "fourchette permise"),
        ({"montage": {"progression_annuites": -0.031}}, "fourchette permise"),
        ({"montage": {"differe_ans": 2}, "statuts": with_terms("PLUS", duree_pret_ans=2)},
         "aucune année pour rembourser"),
        ({"montage": {"credit_menage": {"duree_ans": 28}}}, "28 ans dépassent"),
        ({"montage": {"credit_menage": {"taux": -0.01}}}, "est négatif"),
        ({"montage": {"trajectoire_livret_a": {2026: 0.09}}}, "le barème daté donne"),
        ({"statuts": with_terms("BRS", duree_pret_ofs_ans=81)}, "81 ans dépassent"),
        ({"statuts": with_terms("PLUS", pret_partenaire={
            "preteur": "CAF", "montant_par_logement": 5000, "taux": 0.01, "duree_ans": 61})},
         "la durée du compte d'exploitation"),
        ({"statuts": with_terms("SCIAPP", parts_initiales=201)}, "parts initiales pour 200"),
        ({"statuts": with_terms("PSLA", part_acquisitive_mois=9000)}, "dépasse le prix"),
        ({"statuts": with_terms("VEFA", loyer_annexes_mois=10)}, "ne concerne pas le statut VEFA"),
        ({"statuts": with_terms("PLAI", gestion_ofs_par_logement=10)}, "ne concerne pas"),
    ],
)  # fmt: skip
def test_terms_that_no_lender_or_sum_allows_are_refused_at_their_line(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError) as refused:
        studied(tmp_path, **changes)
    assert said in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert "ligne " in str(refused.value)
    assert refused.value.code == "E_TERMS"


def test_terms_at_their_limits_are_computed(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        montage={
            "differe_ans": 2,
            "progression_annuites": 0.005,
            "credit_menage": {"duree_ans": 27},
        },
        statuts=with_terms("BRS", duree_pret_ofs_ans=80),
        programme={"statuts": list(CODES), **IMPOSED},
    )
    assert montage.plan.total_resources_eur == pytest.approx(montage.plan.total_uses_eur)


def test_equity_stated_too_low_says_how_much_is_needed(tmp_path: Path) -> None:
    def plus(eur: float) -> RentalMontage:
        return studied(
            tmp_path / f"{eur:g}",
            statuts=with_terms("PLUS", fonds_propres_par_logement=eur),
            programme={"statuts": list(CODES), **IMPOSED},
        ).rentals["PLUS"]

    low = plus(1000)
    (remark,) = [r for r in low.remarks if "fonds propres saisis trop bas" in r]
    assert "statuts.PLUS.fonds_propres_par_logement" in remark
    needed = low.account.equity_required_eur
    assert needed is not None
    enough = plus(math.ceil(needed / low.tranche.dwellings))
    assert enough.account.balanced
    assert not enough.remarks
    assert low.least_equity_eur == pytest.approx(needed, abs=0.01)
    more = plus(2 * math.ceil(needed / low.tranche.dwellings))
    assert more.account.plan.equity_eur > needed
    assert more.least_equity_eur == pytest.approx(needed, abs=0.01)


def test_resources_above_the_cost_of_a_tenure_finance_no_other(tmp_path: Path) -> None:
    montage = studied(
        tmp_path,
        statuts=with_terms("PLAI", subvention_par_logement=400_000),
        programme={"statuts": list(CODES), "subventions_max": 2_000_000, **IMPOSED},
    )
    over = montage.rentals["PLAI"].account.plan.overflow_eur
    assert over > 0
    assert montage.plan.need_by_tenure["PLAI"] == 0
    assert montage.plan.overflow_eur == pytest.approx(over)
    assert montage.plan.total_resources_eur == pytest.approx(montage.plan.total_uses_eur, abs=0.005)
    (remark,) = montage.rentals["PLAI"].remarks
    assert "statuts.PLAI" in remark
    table = montage.reconciliation.by_tenure
    gap = table.loc["PLAI", "accounts_eur"] - table.loc["PLAI", "model_eur"]
    assert gap == pytest.approx(table.loc["PLAI", "gap_eur"], abs=0.01)


def test_a_sciapp_paid_more_than_it_costs_is_said(tmp_path: Path) -> None:
    changes = full_changes(
        statuts=with_terms("SCIAPP", subvention_par_logement=500_000),
        programme={
            "statuts": list(CODES),
            "subventions_max": 9e6,
            "fixe": {"statuts": {"SCIAPP": 2}},
        },
    )
    ground = read_ground(load_study(write_small_study(tmp_path, changes=changes)))
    site = study_site(ground, choose_sites(ground)[0])
    montage = site.montage
    assert montage is not None
    assert montage.sciapp is not None
    assert montage.plan.overflow_eur == pytest.approx(montage.sciapp.overflow_eur)
    assert montage.plan.need_by_tenure["SCIAPP"] == 0
    assert montage.plan.total_resources_eur == pytest.approx(montage.plan.total_uses_eur, abs=0.005)
    assert any(
        "« statuts.SCIAPP »" in text.replace("\u00a0", " ") for text in site.verdict.conditions
    )


def test_a_rent_within_the_cap_of_its_own_tranche_is_accepted(tmp_path: Path) -> None:
    """Two T2 have a higher structure coefficient than the mean dwelling of the study."""
    only_t2 = {"programme_impose": {"logements": {"T2": {"PLUS": 2}, "T3": {"PSLA": 4}}}}
    free = studied(tmp_path / "a", programme={"statuts": list(CODES), **only_t2})
    cap = free.rentals["PLUS"].cap.cap_m2
    kept = studied(
        tmp_path / "b",
        programme={"statuts": list(CODES), **only_t2},
        statuts=with_terms("PLUS", loyer_m2_su_mois=cap),
    )
    assert kept.rentals["PLUS"].cap.rent_m2 == pytest.approx(cap)
    assert not [t for t in kept.ceilings.exceeded if t.what == "Loyer"]


def test_one_more_point_of_rate_leaves_a_fixed_loan_alone() -> None:
    every = montage_of({("T3", "PLUS"): 2})
    before = {loan.id: loan.rate for loan in every.rentals["PLUS"].account.plan.loans}
    after = at_rate(every.operation, every.rentals["PLUS"], 0.01).account.plan.loans
    moved = {loan.id: round(loan.rate - before[loan.id], 9) for loan in after}
    assert moved == {"foncier": 0.01, "partenaire": 0.0, "bati": 0.01}


def test_a_ceiling_passed_is_a_condition_with_value_limit_text_and_key(tmp_path: Path) -> None:
    study = write_small_study(
        tmp_path,
        changes=full_changes(
            statuts=with_terms("PLUS", loyer_annexes_mois=120),
            programme={"statuts": list(CODES), **IMPOSED},
        ),
    )
    ground = read_ground(load_study(study))
    site = study_site(ground, choose_sites(ground)[0])
    said = [text.replace("\u00a0", " ") for text in site.verdict.conditions]
    (found,) = [text for text in said if text.startswith("PLUS, tranche")]
    assert "au-dessus du plafond de 1,18" in found
    assert "statuts.PLUS.loyer_annexes_mois" in found
    assert "()" not in found
