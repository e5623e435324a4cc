"""Reference households: computed by hand, monotone, said in French; without group or limits."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, read_ground, results_of, study_site
from habitat_analysis.feasibility.household_burdens import household_burdens
from habitat_analysis.feasibility.reference_households import (
    BY_CEILING,
    BY_QUARTILE,
    TYPED,
    ReferenceHouseholds,
    reference_households,
)
from habitat_analysis.report import sections_households as told
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.study import load_study
from tests.chart_checks import assert_readable
from tests.montage_samples import full_changes, full_site
from tests.small_study import idu, write_small_study

COUPLE = {
    "libelle": "couple d'essai", "couples": 1, "ages_enfants": [6, 9], "revenu_mensuel": 3600,
    "rfr": 30000, "epargne": 20000, "apl_mensuelle": 50,
}  # fmt: skip
BUDGET = {
    "effort_locataire_max": 0.33, "reste_a_vivre_min_uc": 700, "part_epargne_mobilisable": 0.5,
    "source": "essai",
}  # fmt: skip


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def site(folder: Path, **changes: object) -> Feasibility:
    return study_site(
        read_ground(load_study(write_small_study(folder, changes=changes))), (idu(1),)
    )


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Feasibility:
    folder = tmp_path_factory.mktemp("types")
    richer = {**COUPLE, "libelle": "couple plus aisé", "revenu_mensuel": 4400}
    return site(folder, groupe={"menages_types": [COUPLE, richer], "budget": BUDGET})


@pytest.fixture(scope="module")
def every_tenure(tmp_path_factory: pytest.TempPathFactory) -> Feasibility:
    rich = {**COUPLE, "libelle": "couple sans emprunt", "epargne": 600_000}
    changes = full_changes(groupe={"menages_types": [COUPLE, rich], "budget": BUDGET})
    return site(tmp_path_factory.mktemp("statuts"), **changes)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Feasibility:
    return site(tmp_path_factory.mktemp("usuels"))


def cell(references: ReferenceHouseholds, label: str, tenure: str) -> dict[str, object]:
    rows = references.cells
    [row] = rows[(rows["label"] == label) & (rows["tenure"] == tenure)].to_dict("records")
    return {str(key): value for key, value in row.items()}


def test_a_tenant_by_hand(typed: Feasibility) -> None:
    """Rent and charges less the allowance, over the income; UC 1 + 0.5 + 2 x 0.3 = 2.1."""
    [burden] = [
        b for b in household_burdens(typed.file) if (b.tenure, b.typology) == ("PLUS", "T3")
    ]
    row = cell(typed.references, "couple d'essai", "PLUS")
    outlay = burden.rent_month_eur + burden.charges_month_eur - 50
    assert row["outlay_month_eur"] == pytest.approx(outlay)
    assert row["effort"] == pytest.approx(outlay / 3600)
    assert row["residual_uc_eur"] == pytest.approx((3600 - outlay) / 2.1)


def test_a_buyer_by_hand(typed: Feasibility) -> None:
    """The largest price without a zero-rate loan, by the formula of 4.2 on half the savings."""
    budget = typed.references
    row = cell(budget, "couple d'essai", "LIBRE")
    facts = typed.file.setting.facts
    effort = facts.value("prets", item="rule", loan="BANK_MORTGAGE", key="effort_rate_max")
    loan = typed.montage.monthly.loan  # type: ignore[union-attr]
    months, rate = loan.years * 12, loan.rate / 12
    factor = annuity_factor(rate, months)
    borrowed = effort * 3600 * factor / (1 + loan.insurance / 12 * factor)
    expected = (borrowed + 10_000) / (1 + loan.deed_fees_share)
    assert row["price_max_without_ptz_eur"] == pytest.approx(expected, abs=1.0)


def test_a_psla_by_hand(every_tenure: Feasibility) -> None:
    """T3, 66 m2, SU 70: 9.20 x 70 + 200 + 1.10 x 66 = 916.60 EUR; after two years, price - 2 %."""
    row = cell(every_tenure.references, "couple d'essai", "PSLA")
    assert row["outlay_month_eur"] == pytest.approx(916.60)
    assert row["effort"] == pytest.approx(916.60 / 3600)
    assert every_tenure.references.asked_eur["T3", "PSLA"] == pytest.approx(3150 * 66 * 0.98)


def test_a_brs_by_hand(every_tenure: Feasibility) -> None:
    """Paid without a loan, the fee and charges are left: (1.60 + 1.90) x 66 = 231 EUR."""
    references = every_tenure.references
    assert references.asked_eur["T3", "BRS"] == pytest.approx(2750 * 66)
    row = cell(references, "couple sans emprunt", "BRS")
    assert row["outlay_month_eur"] == pytest.approx(231)
    assert row["residual_uc_eur"] == pytest.approx((3600 - 231) / 2.1)


def test_the_fee_of_a_brs_comes_off_the_loan(every_tenure: Feasibility) -> None:
    """105.60 EUR of fee a month: the price falls by what these would have borrowed."""
    brs, libre = (
        cell(every_tenure.references, "couple d'essai", code)["price_max_without_ptz_eur"]
        for code in ("BRS", "LIBRE")
    )
    loan = every_tenure.montage.monthly.loan  # type: ignore[union-attr]
    factor = annuity_factor(loan.rate / 12, loan.years * 12)
    lost = 105.60 * factor / (1 + loan.insurance / 12 * factor) / (1 + loan.deed_fees_share)
    assert isinstance(brs, float)
    assert isinstance(libre, float)
    assert libre - brs == pytest.approx(lost, abs=1.0)


def test_a_sciapp_by_hand(every_tenure: Feasibility) -> None:
    """Rent, charges 1.10 x 66 and one share a year; four shares at the entry."""
    [burden] = [
        b
        for b in household_burdens(every_tenure.file)
        if (b.tenure, b.typology) == ("SCIAPP", "T3")
    ]
    row = cell(every_tenure.references, "couple d'essai", "SCIAPP")
    share = burden.entry_eur / 4
    assert share > 0
    assert row["outlay_month_eur"] == pytest.approx(burden.rent_month_eur + 72.60 + share / 12)


def test_more_income_never_weighs_more(typed: Feasibility) -> None:
    both = typed.references.cells.pivot_table(index="tenure", columns="label", values="effort")
    assert (both["couple plus aisé"] < both["couple d'essai"]).all()
    prices = typed.references.cells.dropna(subset=["price_max_eur"])
    assert (prices["price_max_without_ptz_eur"] <= prices["price_max_eur"] + 0.01).all()
    assert (prices["price_max_rate_raised_eur"] <= prices["price_max_eur"] + 0.01).all()


def test_types_of_the_study_take_the_place_of_the_usual_ones(typed: Feasibility) -> None:
    assert list(typed.references.households["label"]) == ["couple d'essai", "couple plus aisé"]
    assert plain(typed.references.levels) == TYPED
    assert typed.references.limited


def test_without_types_the_families_live_at_three_levels_of_the_commune(usual: Feasibility) -> None:
    """A lone person at the median has the median itself: one unit of consumption, 21 500 EUR."""
    table = usual.references.households.set_index("label")
    assert len(table) == 15
    assert plain(usual.references.levels).startswith(BY_QUARTILE)
    alone = table.loc["personne seule, médian"]
    assert alone["income_month_eur"] == pytest.approx(21_500 / 12)
    assert alone["rfr_eur"] == pytest.approx(21_500 * 0.9)


def test_without_levels_of_living_incomes_hang_on_the_ceiling(tmp_path: Path) -> None:
    operation = site(
        tmp_path, fichiers={"reference": None}, programme={"quartiles": [], "mixite_visee": None}
    )
    references = operation.references
    assert plain(references.levels).startswith(BY_CEILING)
    full = cell(references, "couple, aisé", "PLUS")
    assert full["ceiling_margin_eur"] == pytest.approx(0.0, abs=0.01)
    assert full["eligible"]


def test_without_a_group_nor_limits_the_law_and_the_bank_alone_are_tested(tmp_path: Path) -> None:
    operation = site(
        tmp_path,
        fichiers={"menages": None, "candidats": None},
        programme={"quartiles": []},
    )
    assert operation.ground.needs is None
    assert not operation.references.limited
    assert any(
        "L'étude ne fixe ni effort ni reste à vivre" in s for s in told.assumptions(operation)
    )
    rent = operation.references.cells.query("tenure == 'PLUS'")
    assert (rent["feasible"] == rent["eligible"]).all()


def test_who_can_live_nowhere_is_said_with_what_comes_nearest(tmp_path: Path) -> None:
    poor = {
        **COUPLE,
        "libelle": "sans ressources",
        "revenu_mensuel": 700,
        "epargne": 0,
        "apl_mensuelle": 0,
    }
    giant = {"libelle": "douze", "couples": 1, "ages_enfants": [1] * 12, "revenu_mensuel": 5000}
    operation = site(tmp_path, groupe={"menages_types": [poor, giant], "budget": BUDGET})
    assert set(operation.references.shut_out) == {"sans ressources", "douze"}
    said = [plain(one) for one in told.household_sentences(operation)]
    assert any(
        s.startswith("Sans ressources : aucun statut possible ; au plus près, ") for s in said
    )
    assert any(
        s.startswith("Sans ressources") and s.endswith(" € de trop.") and "(trop de" not in s
        for s in said
    )
    assert "Douze : aucune typologie de l'étude ne convient à sa taille." in said


def test_the_tables_say_the_same_as_the_cells(typed: Feasibility) -> None:
    possible = told.possible_table(typed).frame.set_index("label")
    for label, rows in typed.references.cells.groupby("label"):
        open_to = [code for code in str(possible.loc[label, "possible"]).split(", ") if code != "—"]
        assert open_to == list(rows.loc[rows["feasible"], "tenure"])
    tables = {column.name: one for one in told.budget_tables(typed) for column in one.columns}
    row = cell(typed.references, "couple d'essai", "PLUS")
    rent = tables["effort PLUS"].frame.set_index("label").loc["couple d'essai"]
    assert rent["effort PLUS"] == pytest.approx(row["effort"])
    assert rent["left PLUS"] == pytest.approx(3600 - rent["paid PLUS"])
    prices = told.price_table(typed)
    assert prices is not None
    libre = cell(typed.references, "couple d'essai", "LIBRE")
    assert prices.frame.set_index("label").loc["couple d'essai", "with"] == libre["price_max_eur"]


def test_the_figure_is_readable_and_says_the_range(typed: Feasibility) -> None:
    def draw() -> Chart:
        chart = told.effort_figure(typed)
        assert chart is not None
        return chart

    assert_readable(draw, sources=study_sources(typed.ground))
    assert plain(draw().alt).startswith("Couple d'essai : de ")


def test_results_hold_every_household_and_nobody_of_the_group(typed: Feasibility) -> None:
    found = results_of(typed, fingerprint="", inputs={}, parameters={}).accessibilite
    assert found is not None
    assert [one.menage for one in found.menages] == ["couple d'essai", "couple plus aisé"]
    for one in found.menages:
        for tenure in one.statuts:
            assert not any(
                isinstance(value, float) and math.isnan(value)
                for value in tenure.model_dump().values()
            )


def test_too_rich_for_a_rent_and_too_poor_to_buy_is_said_plainly(tmp_path: Path) -> None:
    """An income of reference above every rental ceiling, an income that has fallen since."""
    between = {
        **COUPLE,
        "libelle": "entre deux",
        "revenu_mensuel": 900,
        "rfr": 90_000,
        "epargne": 0,
    }
    operation = site(tmp_path, groupe={"menages_types": [between], "budget": BUDGET})
    [said] = [plain(one) for one in told.household_sentences(operation)][1:]
    assert said.startswith(
        "Entre deux : aucun statut possible (trop de ressources pour le locatif social, pas assez "
        "pour les autres statuts) ; au plus près, LIBRE, "
    )


def test_a_bank_counts_no_charges_and_the_effort_shown_does(typed: Feasibility) -> None:
    assert (
        "Achat : la banque prête jusqu'à 35 % du revenu, redevance d'un BRS comprise, charges non "
        "comprises (décision du HCSF) ; l'effort montré, charges comprises, peut donc dépasser "
        "cette part."
    ) in [plain(one).replace("’", "'") for one in told.assumptions(typed)]


@pytest.mark.parametrize(("least_uc", "shown"), [(1100, "< 11"), (4000, "14")])
def test_members_who_can_live_nowhere_are_a_condition_never_a_few(
    least_uc: int, shown: str, tmp_path: Path
) -> None:
    budget = {**BUDGET, "reste_a_vivre_min_uc": least_uc}
    operation = site(tmp_path, **full_changes(groupe={"budget": budget}))
    access = operation.access
    assert access is not None
    assert (access.n_without_cell < 11) == (shown == "< 11")
    said = [plain(one) for one in operation.verdict.conditions]
    assert (
        "Ménages du groupe sans logement possible dans l'étude (droits, souhaits, taille ou "
        f"budget) : {shown}. À reprendre avec eux : statuts, typologies, prix."
    ) in [one.replace("’", "'") for one in said]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"couples": 0}, "ce ménage n'a pas d'adulte. Donnez « couples » ou « adultes_seuls »"),
        ({"ages_adultes": [30]}, "1 âge(s) d'adulte donné(s) : ce n'est pas le nombre d'adultes"),
        ({"revenu_mensuel": -3}, "revenu_mensuel"),
    ],
)
def test_a_type_that_cannot_be_is_refused_at_its_line(
    change: dict[str, object], said: str, tmp_path: Path
) -> None:
    changes = {"groupe": {"menages_types": [{**COUPLE, **change}]}}
    with pytest.raises(DataError) as caught:
        load_study(write_small_study(tmp_path, changes=changes))
    assert said in plain(caught.value)
    assert "ligne" in plain(caught.value)


def test_the_group_is_not_looked_at(usual: Feasibility) -> None:
    """Another group, the same reference households."""
    ground = usual.ground
    assert ground.needs is not None
    fewer = replace(ground.needs.group, table=ground.needs.group.table.iloc[:3])
    other = replace(ground, needs=replace(ground.needs, group=fewer))
    again = reference_households(other, usual.file)
    assert again.cells.equals(usual.references.cells)


@pytest.mark.parametrize(
    ("n", "shown"), [(0, "< 11"), (10, "< 11"), (11, "tous, sauf moins de 11"), (14, "14")]
)
def test_what_a_count_leaves_is_no_few_people_either(n: int, shown: str) -> None:
    """Fourteen households, a public number: 11 without a dwelling would tell of 3 with one."""
    access = full_site().access
    assert access is not None
    needs = access.members.needs
    assert len(needs.households) == 14
    fewer = replace(needs, unplaced=needs.households.head(n))
    counted = replace(access, members=replace(access.members, needs=fewer))
    assert counted.unplaced_in_public == shown
