"""Rental tables of a report: what is printed adds up and is what the montage found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from habitat_analysis.feasibility import Feasibility, choose_sites, read_ground, study_site
from habitat_analysis.formats import NARROW, NBSP, euros
from habitat_analysis.montage import Montage
from habitat_analysis.report import sections_operating as operating
from habitat_analysis.report import sections_rental as rental
from habitat_analysis.report.escape import html_text
from habitat_analysis.report.sheets import NOT_APPLICABLE, Sheet
from habitat_analysis.study import load_study
from tests.montage_samples import TERMS, full_changes, full_site, montage_of
from tests.report_samples import HOSTILE, sample
from tests.small_study import write_small_study

UNITS = {
    ("T2", "PLAI"): 3,
    ("T3", "PLUS"): 3,
    ("T3", "PLS"): 2,
    ("T3", "PSLA"): 2,
    ("T3", "LIBRE"): 2,
}


@cache
def let() -> Feasibility:
    """Give the complete small study a programme with the three rental tenures."""
    return replace(full_site(), montage=montage_of(UNITS))


def montage() -> Montage:
    found = let().montage
    assert found is not None
    return found


def shown(sheet: Sheet | None) -> Sheet:
    assert sheet is not None
    assert len(sheet.columns) <= 8
    assert all(column.header for column in sheet.columns)
    return sheet


def plain(text: object) -> str:
    return str(text).replace(NBSP, " ").replace(NARROW, " ")


def printed(cell: str) -> int:
    """Read back a whole amount as it is printed."""
    text = cell.replace(NARROW, "").replace("−", "-")
    return 0 if text == NOT_APPLICABLE else int(text)


def test_rents_are_those_of_the_montage_and_name_their_text() -> None:
    table = shown(rental.rent_caps(let()))
    rows = table.frame.set_index("what")
    for code, found in montage().rentals.items():
        assert rows.loc[code, "cap"] == found.cap.cap_m2
        assert rows.loc[code, "rent"] == found.cap.rent_m2
        assert plain(rows.loc[code, "coefficient"]) == f"{found.cap.coefficient:.4f}".replace(
            ".", ","
        )
    assert "0,77 × (1 + nombre de logements × 20 m² / SU)" in plain(table.notes[0])
    assert "D353-16" in table.notes[1]
    assert "(1,18 au plus)" in plain(table.columns[-1].header)


def test_printed_plans_add_up_to_the_prix_de_revient() -> None:
    table = shown(rental.rental_plans(let())).table()
    for rank in range(1, len(table.headers) - 1):
        column = [printed(row[rank]) for row in table.rows]
        *resources, total, cost = column
        assert sum(resources) == total == cost
    for code, found in montage().rentals.items():
        rank = table.headers.index(f"{code} (€)")
        assert printed(table.rows[-1][rank]) == round(found.account.plan.cost_ttc_eur)
    for row in table.rows:
        assert sum(printed(cell) for cell in row[1:-2]) == printed(row[-2])


def test_a_plan_with_too_many_resources_still_adds_up() -> None:
    found = montage().rentals["PLAI"]
    plan = replace(
        found.account.plan,
        subsidies={"État": 50.4, "EPCI": found.account.plan.cost_ttc_eur},
        loans=(),
        equity_eur=0.0,
        overflow_eur=50.4,
    )
    lines = rental.plan_euros(replace(found, account=replace(found.account, plan=plan)))
    assert lines[rental.OVERFLOW] == -50
    assert sum(lines.values()) == round(plan.cost_ttc_eur)


def test_loans_are_those_of_the_plans() -> None:
    rows = shown(rental.rental_loans(let())).frame.set_index("what")
    plans = {code: found.account.plan for code, found in montage().rentals.items()}
    assert rows.loc["Total", "amount"] == pytest.approx(
        sum(plan.loans_eur for plan in plans.values()), abs=3
    )
    assert rows.loc["Prêt Action Logement (PLUS)", "revision"] == "taux fixe"
    assert rows.loc["Prêt PLAI bâti", "revision"] == "double"
    assert rows.loc["Prêt PLS bâti", "revision"] == "simple"
    life = montage().rentals["PLAI"].account.schedules["bati"]
    assert rows.loc["Prêt PLAI bâti", "first"] == life.payments[0]
    assert rows.loc["Prêt PLAI bâti", "interest"] == pytest.approx(sum(life.interests))
    assert "Livret A" in " ".join(shown(rental.rental_loans(let())).notes)


def test_accounts_are_extracts_that_add_up_year_by_year() -> None:
    sheets = operating.operating_accounts(let())
    assert [sheet.name for sheet in sheets] == [
        "Exploitation PLAI",
        "Exploitation PLUS",
        "Exploitation PLS",
    ]
    for sheet, found in zip(sheets, montage().rentals.values(), strict=True):
        frame = shown(sheet).frame.set_index("year")
        whole = found.account.table()
        assert {1, 2, 25, 26, 40, found.account.horizon} <= set(frame.index)
        assert found.account.min_cumulative_year in frame.index
        spent = frame[["running", "major_repairs", "tfpb", "annuities"]].sum(axis=1)
        assert (frame["income"] - spent).to_numpy() == pytest.approx(frame["net"].to_numpy())
        for year in frame.index:
            assert frame.loc[year, "net"] == whole.loc[year, "net"]
            assert frame.loc[year, "cumulative"] == whole.loc[year, "cumulative"]
        assert any("classeur" in note for note in sheet.notes)


def test_every_year_is_there_for_the_workbook() -> None:
    (first, *_) = operating.operating_accounts(let(), every_year=True)
    horizon = montage().rentals["PLAI"].account.horizon
    assert list(first.frame["year"]) == list(range(1, horizon + 1))
    assert not any("Extrait" in note for note in first.notes)


def test_results_say_the_equity_and_why_there_is_no_rate_of_return() -> None:
    table = shown(operating.rental_results(let()))
    rows = table.frame.set_index("what")
    for code, found in montage().rentals.items():
        plan = found.account.plan
        assert plain(rows.loc["Fonds propres du plan", code]) == plain(
            euros(round(plan.equity_eur))
        )
        assert plain(rows.loc["Trésorerie la plus basse pendant le prêt principal", code]) == "0 €"
        if found.account.irr is None:
            assert rows.loc["TRI", code] == NOT_APPLICABLE
            assert any(f"Pas de TRI en {code}" in note for note in table.notes)
    assert any("valeur actuelle nette" in note for note in table.notes)


def test_the_rent_without_equity_balances_the_account() -> None:
    for found in montage().rentals.values():
        alone = operating.rent_without_equity(montage(), found)
        assert alone is not None
        assert alone >= found.cap.rent_m2
        if found.account.plan.equity_eur > 1:
            assert alone > found.cap.rent_m2


def test_the_sentence_hides_nothing() -> None:
    said = plain(rental.rental_sentence(let()))
    asked = sum(found.account.plan.equity_eur for found in montage().rentals.values())
    assert plain(euros(asked)) in said
    others = -sum(
        need for code, need in montage().plan.need_by_tenure.items() if code in {"PSLA", "LIBRE"}
    )
    assert plain(euros(abs(others))) in said
    assert ("ne porte rien" in said) == (others < 0.01)


def test_without_a_sale_the_coop_is_alone() -> None:
    alone = replace(full_site(), montage=montage_of({("T3", "PLUS"): 4}))
    assert "La coopérative porte seule" in rental.rental_sentence(alone)


def test_remarks_name_what_a_bank_would_note() -> None:
    found = montage().rentals["PLAI"]
    late = replace(found, account=replace(found.account, payback_year=None))
    over = replace(late, cap=replace(late.cap, rent_m2=late.cap.cap_m2 * 1.1))
    moved = replace(montage(), rentals={"PLAI": replace(over, remarks=("prêt réduit",))})
    said = rental.rental_remarks(replace(let(), montage=moved))
    assert plain(said[0]) == "PLAI : prêt réduit."
    assert any("au-dessus du plafond" in text for text in said)
    assert any("ne sont pas récupérés" in text for text in said)


def test_the_treasury_figure_speaks() -> None:
    chart = operating.treasury_figure(let())
    assert chart is not None
    for code, found in montage().rentals.items():
        assert code in chart.alt
        assert plain(euros(found.account.cumulative[-1])) in plain(chart.alt)
    assert chart.png()


@pytest.mark.parametrize("kind", ["no programme", "no rental"])
def test_nothing_without_rental_dwellings(kind: str) -> None:
    empty = (
        sample("impossible")
        if kind == "no programme"
        else replace(full_site(), montage=montage_of({("T3", "LIBRE"): 2}))
    )
    assert rental.rent_caps(empty) is None
    assert rental.rental_plans(empty) is None
    assert rental.rental_loans(empty) is None
    assert operating.operating_accounts(empty) == ()
    assert operating.rental_results(empty) is None
    assert operating.treasury_figure(empty) is None
    assert rental.rental_remarks(empty) == ()
    assert rental.rental_sentence(empty) == ""


@cache
def hostile() -> Feasibility:
    """Study a site whose lenders and givers have hostile names."""
    giver = {"financeur": HOSTILE, "montant_par_logement": 9000}
    loan = {**TERMS["PLUS"]["pret_partenaire"], "preteur": HOSTILE}
    terms = {
        **TERMS,
        "PLUS": {**TERMS["PLUS"], "pret_partenaire": loan, "subvention_par_logement": None,
                 "subventions": [giver]},
    }  # fmt: skip
    folder = Path(mkdtemp(prefix="hostile-"))
    path = write_small_study(folder, changes=full_changes(statuts=terms))
    ground = read_ground(load_study(path))
    return study_site(ground, choose_sites(ground)[0])


def test_hostile_names_stay_text() -> None:
    site = hostile()
    assert site.montage is not None
    if "PLUS" not in site.montage.rentals:
        pytest.fail("the sample programme should have PLUS dwellings")
    for table in (rental.rental_plans(site), rental.rental_loans(site)):
        written = shown(table).table().to_html()
        assert "<script" not in written
        assert html_text(HOSTILE)[:20] in written
