"""Tables of the tenures for sale in a report: bilan promoteur, PSLA, BRS and SCIAPP."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.vefa import CHAPTERS
from habitat_analysis.formats import NARROW, NBSP, euros
from habitat_analysis.montage import Montage
from habitat_analysis.report import sections_ofs_sciapp as ofs
from habitat_analysis.report import sections_psla as psla
from habitat_analysis.report import sections_sale as sale
from habitat_analysis.report.sheets import NOT_APPLICABLE, Sheet
from tests.montage_samples import full_site, montage_of
from tests.report_samples import sample

UNITS = {
    ("T2", "PLAI"): 2,
    ("T2", "PSLA"): 1,
    ("T3", "PSLA"): 2,
    ("T2", "BRS"): 2,
    ("T3", "SCIAPP"): 2,
    ("T3", "VEFA"): 1,
    ("T4", "LIBRE"): 2,
}


@cache
def sold() -> Feasibility:
    """Give the complete small study a programme with every tenure for sale."""
    return replace(full_site(), montage=montage_of(UNITS))


def montage() -> Montage:
    found = sold().montage
    assert found is not None
    return found


def shown(sheet: Sheet | None) -> Sheet:
    assert sheet is not None
    assert len(sheet.columns) <= 8
    assert sheet.table().to_html()
    return sheet


def plain(text: object) -> str:
    return str(text).replace(NBSP, " ").replace(NARROW, " ")


def notes(sheet: Sheet) -> str:
    return plain(" ".join(sheet.notes))


def test_printed_balances_add_up() -> None:
    rows = shown(sale.promoter_balances(sold())).frame.set_index("what")
    codes = list(montage().sales)
    for column in (*codes, "all"):
        spent = rows.loc[list(CHAPTERS.values()), column].sum()
        assert spent == rows.loc["Total des dépenses HT", column]
        receipts = ["Ventes HT", "Foncier payé par l'OFS, HT", "Subventions"]
        earned = rows.loc[[line for line in receipts if line in rows.index], column].sum()
        assert earned == rows.loc["Total des recettes HT", column]
        assert earned - spent == rows.loc["Marge HT", column]
    for code, found in montage().sales.items():
        assert rows.loc["Marge HT", code] == round(found.margin_eur)
        assert rows.loc["Ventes HT", code] == pytest.approx(found.turnover_ht_eur, abs=1)
        assert rows.loc["Marge / ventes HT", code].value == pytest.approx(
            found.margin_eur / found.turnover_ht_eur
        )


def test_the_brackets_of_promoters_are_never_alone() -> None:
    said = notes(shown(sale.promoter_balances(sold())))
    found = montage().sales.values()
    share = sum(m.chapters["foncier"] for m in found) / sum(m.turnover_ht_eur for m in found)
    assert f"foncier {100 * share:.1f} % (repère 8 à 12 %)".replace(".", ",") in said
    assert "dispersion est large" in said


def test_prices_are_set_beside_costs_and_land() -> None:
    table = shown(sale.sale_ratios(sold()))
    rows = table.frame.set_index("what")
    for code, found in montage().sales.items():
        row = rows.loc[code]
        paid = 0.0 if row["ofs"] != row["ofs"] else row["ofs"]
        assert row["price"] + paid == pytest.approx(found.price_m2_ttc_eur)
        assert row["gap"] == pytest.approx(found.price_m2_ttc_eur - found.cost_m2_ttc_eur)
        assert row["land"] == found.land_ht_eur
        assert row["countdown"] == found.countdown_ht_eur
    assert rows.loc["BRS", "ofs"] == pytest.approx(180)
    assert table.table().rows[0][2] == NOT_APPLICABLE
    assert "admissible" not in plain(table).lower()


def test_lots_are_set_beside_their_ceiling() -> None:
    table = shown(sale.sale_lots(sold()))
    rows = table.frame.set_index("what")
    assert rows.loc["Total", "count"] == 8
    lot = montage().sales["PSLA"].lots[0]
    assert rows.loc["PSLA T2", "gap"] == pytest.approx(lot.price_ht_eur - (lot.cap_ht_eur or 0))
    assert plain(table.table().rows[-2][-1]) == NOT_APPLICABLE  # a free price has no ceiling
    assert "Aucun prix ne dépasse" in notes(table)


def test_a_price_over_its_ceiling_is_named() -> None:
    found = montage().sales["PSLA"]
    low = tuple(replace(lot, cap_ht_eur=lot.price_ht_eur - 100) for lot in found.lots)
    moved = replace(montage(), sales={"PSLA": replace(found, lots=low)})
    table = shown(sale.sale_lots(replace(sold(), montage=moved)))
    assert "Plafond dépassé : PSLA T2, PSLA T3" in notes(table)


def test_both_phases_of_a_psla_are_those_of_the_montage() -> None:
    account = montage().psla
    assert account is not None
    rows = shown(psla.psla_phases(sold())).frame.set_index("what")
    for lot in account.lots:
        size = lot.lot.typology
        paid = plain(rows.loc["Redevance par mois", size])
        assert paid == plain(euros(round(lot.option.redevance_month_eur)))
        within = "oui" if lot.option.payment_within_redevance else "non"
        assert rows.loc["Mensualité ≤ redevance", size] == within
        first = "aucun" if lot.earliest_month is None else str(lot.earliest_month)
        assert plain(rows.loc["Premier mois où elle l'est", size]) == first


def test_the_years_of_rent_and_of_guarantee_are_there() -> None:
    account = montage().psla
    assert account is not None
    years = shown(psla.psla_years(sold())).frame
    assert len(years) == sum(len(lot.years) for lot in account.lots)
    assert years["savings"].iloc[0] == account.lots[0].years[0].savings_eur
    table = shown(psla.psla_buyback(sold()))
    assert list(table.frame["year"]) == list(range(15))
    assert table.frame["T3"].iloc[-1] == account.lots[1].buyback[-1][1]
    assert "trois offres en six mois" in notes(table)


def test_many_years_are_told_by_one_typology() -> None:
    account = montage().psla
    assert account is not None
    long = tuple(replace(lot, years=lot.years * 6) for lot in account.lots)
    moved = replace(montage(), psla=replace(account, lots=long))
    table = shown(psla.psla_years(replace(sold(), montage=moved)))
    assert set(table.frame["what"].str[:2]) == {"T3"}
    assert "Une seule typologie" in notes(table)


def test_psla_notes_say_what_fails_and_what_to_type() -> None:
    account = montage().psla
    assert account is not None
    failing = [lot for lot in account.lots if not lot.option.payment_within_redevance]
    said = psla.psla_notes(sold())
    assert len(said) == len(failing) > 0
    assert "L'option ne peut pas être levée ainsi" in said[0]
    never = replace(failing[0], earliest_month=None)
    missing = replace(account, lots=(never,), missing=("statuts.PSLA.levee_option_mois",))
    typed = psla.psla_notes(replace(sold(), montage=replace(montage(), psla=missing)))
    assert plain(typed[0]).startswith("À saisir dans l'étude : « statuts.PSLA.levee_option_mois ».")
    assert "180 mois au moins" in plain(typed[1])


def test_the_ofs_account_sets_the_fee_beside_its_minimum() -> None:
    account = montage().brs
    assert account is not None
    rows = shown(ofs.ofs_account(sold())).frame.set_index("what")["value"]
    kept, least = account.terms.fee_m2_month_eur, account.account.fee_min_balanced_m2_month_eur
    assert rows["Redevance retenue"].value == kept
    assert rows["Redevance minimale d'équilibre"].value == least
    years = shown(ofs.ofs_years(sold())).frame
    assert years["year"].iloc[-1] == account.terms.loan_years
    assert years["cumulative"].iloc[-1] == account.account.cumulative_end_eur
    net = years["fees"] - years["management"] - years["annuity"]
    assert net.to_numpy() == pytest.approx(years["net"].to_numpy())


def test_ofs_notes_question_a_fee_too_low_or_too_high() -> None:
    account = montage().brs
    assert account is not None
    least = account.account.fee_min_balanced_m2_month_eur

    def said(fee: float) -> str:
        terms = replace(account.terms, fee_m2_month_eur=fee)
        moved = replace(montage(), brs=replace(account, terms=terms))
        return plain(" ".join(ofs.ofs_notes(replace(sold(), montage=moved))))

    assert "est sous le minimum d'équilibre" in said(least * 0.9)
    assert "vaut 2,0 fois le minimum" in said(least * 2)
    assert "minimum d'équilibre" not in said(least * 1.1)


def test_the_resale_price_follows_the_index_up_to_the_ceiling() -> None:
    table = shown(ofs.brs_resale(sold()))
    row, index = table.frame.iloc[0], montage().paths.indices.rent
    assert row["y5"] == pytest.approx(min(row["price"] * index[5] / index[0], row["cap"]))
    assert row["price"] <= row["y5"] <= row["y10"]
    assert "l'indice est choisi par l'OFS" in notes(table)
    found = montage().sales["BRS"]
    low = tuple(replace(lot, cap_ht_eur=lot.price_ht_eur) for lot in found.lots)
    moved = replace(montage(), sales={"BRS": replace(found, lots=low)})
    capped = shown(ofs.brs_resale(replace(sold(), montage=moved))).frame.iloc[0]
    assert capped["y10"] == pytest.approx(capped["price"])


def test_the_path_and_the_company_of_a_sciapp() -> None:
    company = montage().sciapp
    assert company is not None
    rows = shown(ofs.sciapp_path(sold())).frame.set_index("what")["T3"]
    lot = company.lots[0]
    assert rows["Parts détenues à la fin"].value == lot.path.shares_held
    assert ("non atteinte" in rows["Année de pleine propriété"]) == (lot.path.full_year is None)
    years = shown(ofs.sciapp_account(sold())).frame.set_index("year")
    assert years["cumulative"].iloc[-1] == company.cumulative_eur[-1]
    assert years.loc[1, "net"] == pytest.approx(
        years.loc[1, "rents"] + years.loc[1, "shares"] - years.loc[1, "charges"]
        - years.loc[1, "annuities"]
    )  # fmt: skip
    sentence = plain(ofs.sciapp_liability_sentence(sold()))
    assert plain(euros(company.liability_eur.max())) in sentence
    assert "L443-6-6" in sentence
    chart = ofs.sciapp_figure(sold())
    assert chart is not None
    assert "T3" in chart.alt
    assert chart.png()


SHEETS = (
    sale.promoter_balances, sale.sale_ratios, sale.sale_lots, psla.psla_phases, psla.psla_years,
    psla.psla_buyback, ofs.ofs_account, ofs.ofs_years, ofs.brs_resale, ofs.sciapp_path,
    ofs.sciapp_account, ofs.sciapp_figure,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["no programme", "no sale"])
def test_nothing_without_a_lot(kind: str) -> None:
    empty = (
        sample("impossible")
        if kind == "no programme"
        else replace(full_site(), montage=montage_of({("T3", "PLUS"): 2}))
    )
    assert [make(empty) for make in SHEETS] == [None] * len(SHEETS)
    assert psla.psla_notes(empty) == ()
    assert ofs.ofs_notes(empty) == ()
    assert ofs.sciapp_liability_sentence(empty) == ""
