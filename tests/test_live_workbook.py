"""The live workbook says what Python says, and LibreOffice finds it again, at any rent."""

from __future__ import annotations

import math
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from habitat_analysis.formats import typeset
from habitat_analysis.montage import Montage
from habitat_analysis.report.exports import write_workbook
from habitat_analysis.report.live_cells import Cell, Grid, span
from habitat_analysis.tenures import ORDER
from tests.live_samples import (
    CENT,
    HOSTILE,
    amount,
    at_factor,
    column,
    demo_site,
    recalculate,
    typed,
    values,
    write_at_rent,
    write_live,
)
from tests.report_samples import sample, sample_document

RENTAL = {("T2", "PLAI"): 3, ("T3", "PLUS"): 4, ("T3", "PLS"): 2, ("T4", "LIBRE"): 3}
STATED = {"PLUS": {"fonds_propres_par_logement": 20_000}, "PLAI": {"fonds_propres_par_logement": 0}}
GIVERS = [
    {"financeur": HOSTILE, "montant_par_logement": 9000},
    {"financeur": "+1 EPCI", "montant_par_logement": 4000},
]
HELPERS = ("L", "M")  # signs of the flows: that of a rounding error around zero is chance


@cache
def montage_of(name: str) -> Montage:
    """Give one of the montages that the tests compare."""
    if name == "petite":
        found = sample().montage
    elif name == "démonstration":
        found = demo_site().montage
    elif name == "tous":
        found = typed({("T3", code): 2 for code in ORDER}, ("salle_commune",))
    elif name == "décidés":
        found = typed(RENTAL, statuts=STATED)
    elif name == "progression":
        terms = {"progression_annuites": 0.005, "differe_ans": 2}
        path = {"trajectoire_livret_a": {"2027": 0.03, "2031": 0.012}}
        found = typed(RENTAL, montage=terms | path)
    elif name == "charges":  # the rent of the PLAI bears no land loan, nor its charges
        rent = {"PLAI": {"loyer_m2_su_mois": 1.5}}
        found = typed(RENTAL, statuts=rent, programme={"fonds_propres_max": None})
    else:  # more subsidies than the cost, under names that look like formulas
        assert name == "excédent"
        paid = {"PLS": {"subventions": [{**GIVERS[0], "montant_par_logement": 400_000}]}}
        given = {"PLAI": {"subvention_par_logement": 0, "subventions": GIVERS}}
        found = typed(RENTAL, statuts=paid | given, programme={"subventions_max": None})
    assert found is not None
    return found


NAMES = ("petite", "démonstration", "tous", "décidés", "progression", "charges", "excédent")
CASES = [
    *[(name, 1.0) for name in ("petite", "démonstration", "tous")],
    *[(name, 1.1) for name in NAMES],
    *[(name, 0.9) for name in ("petite", "démonstration", "progression", "charges")],
]


def drawn(name: str, factor: float) -> Montage:
    """Give a montage at its rents times a factor, as Python works it out."""
    return montage_of(name) if factor == 1 else at_factor(montage_of(name), factor)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write each montage at its rents."""
    folder = tmp_path_factory.mktemp("vivants")
    for name in NAMES:
        write_live(montage_of(name), folder / f"{name}.xlsx")
    return folder


@pytest.mark.slow
def test_libreoffice_finds_every_number_and_word_of_python(books: Path, tmp_path: Path) -> None:
    """One launch for all: rents are changed in the files, Python draws the same montages."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice absent : les formules ne sont pas recalculées")
    changed, found = tmp_path / "changés", tmp_path / "recalculés"
    changed.mkdir()
    found.mkdir()
    files = {
        (name, factor): write_at_rent(
            books / f"{name}.xlsx", changed / f"{name}-{factor}.xlsx", factor
        )
        for name, factor in CASES
    }
    recalculate(soffice, list(files.values()), found)
    for (name, factor), file in files.items():
        montage = drawn(name, factor)
        expected = write_live(montage, tmp_path / file.name)
        assert differences(expected, found / file.name) == {}, (name, factor)
        check_totals(openpyxl.load_workbook(found / file.name, data_only=True), montage)


def differences(expected: Path, found: Path) -> dict[tuple[str, str], tuple[Any, Any]]:
    """List the cells that two workbooks do not share, whatever their formulas."""
    known, calculated = values(expected), values(found)
    return {
        place: (known.get(place), calculated.get(place))
        for place in known.keys() | calculated.keys()
        if not same(known.get(place), calculated.get(place))
        and not (place[0].startswith("Équilibre") and place[1][0] in HELPERS)
    }


def same(value: Any, other: Any) -> bool:
    if isinstance(value, int | float) and isinstance(other, int | float):
        return math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(value == other)


@pytest.mark.parametrize("name", NAMES)
def test_the_values_in_the_file_are_those_of_the_accounts(books: Path, name: str) -> None:
    book = openpyxl.load_workbook(books / f"{name}.xlsx", data_only=True)
    check_totals(book, montage_of(name))


def check_totals(book: openpyxl.Workbook, montage: Montage) -> None:
    """Compare every total that a committee reads with Python, to the cent."""
    plan, page = montage.plan, book["Bilan opération"]
    assert amount(page, "Total des emplois") == pytest.approx(plan.total_uses_eur, abs=CENT)
    assert amount(page, "Total des ressources") == pytest.approx(plan.total_resources_eur, abs=CENT)
    assert amount(page, "Besoin de l'opération") == pytest.approx(plan.need_eur, abs=CENT)
    assert amount(page, "Fonds propres de la coop") == pytest.approx(plan.equity_eur, abs=CENT)
    assert amount(page, "Subvention complém") == pytest.approx(plan.topup_eur, abs=CENT)
    assert amount(page, "Reste à trouver") == pytest.approx(plan.missing_eur, abs=CENT)
    assert amount(page, "Excédent") == pytest.approx(-plan.surplus_eur, abs=CENT)
    assert amount(page, "Écart") == pytest.approx(0, abs=CENT)
    for code, rental in montage.rentals.items():
        check_rental(book, code, rental)
    for rank, sale in enumerate(montage.sales.values()):
        page = book["Bilan accession"]
        for label, expected in {
            "Chiffre d'affaires HT": sale.turnover_ht_eur,
            "Marge HT": sale.margin_eur,
            "Charge foncière d'équilibre": sale.countdown_ht_eur,
            "Coût net": sale.balance.cost_ht_eur,
            "Prix d'équilibre": sale.balance.breakeven_price_ttc_m2_eur,
            "Commercialisation": sale.sales_fees_ht_eur,
        }.items():
            assert amount(page, label, beside=rank) == pytest.approx(expected, abs=CENT)


def check_rental(book: openpyxl.Workbook, code: str, rental: Any) -> None:
    account, page = rental.account, book[f"Plan {code}"]
    plan = account.plan
    assert amount(page, "Total des ressources") == pytest.approx(plan.resources_eur, abs=CENT)
    assert amount(page, "Prix de revient TTC") == pytest.approx(plan.cost_ttc_eur, abs=CENT)
    assert amount(page, "Fonds propres") == pytest.approx(plan.equity_eur, abs=CENT)
    assert amount(page, "Écart") == pytest.approx(0, abs=CENT)
    for loan in plan.loans:
        label = typeset(loan.label)
        assert amount(page, label) == pytest.approx(loan.amount_eur, abs=CENT)
    lowest = amount(page, "Trésorerie la plus basse")
    assert lowest == pytest.approx(account.min_cumulative_eur, abs=CENT)
    assert amount(page, "Valeur actuelle nette") == pytest.approx(account.npv_eur, abs=CENT)
    rent = amount(page, "Loyer d'équilibre")
    assert rent == pytest.approx(account.balance_rent_m2, abs=1e-6)
    if not rental.equity_stated and account.equity_required_eur is not None:
        needed = amount(page, "Fonds propres nécessaires")
        assert needed == pytest.approx(account.equity_required_eur, abs=CENT)
    page = book[f"Compte {code}"]
    nets, treasury = column(page, "Autofinancement net", 4), column(page, "Trésorerie", 4)
    assert nets == pytest.approx(account.lines["net"].tolist(), abs=CENT)
    assert treasury == pytest.approx(account.cumulative.tolist(), abs=CENT)


@pytest.mark.parametrize("name", ["petite", "démonstration"])
def test_more_than_four_numbers_in_five_are_formulas(books: Path, name: str) -> None:
    path = books / f"{name}.xlsx"
    formulas = openpyxl.load_workbook(path)
    numbers = [place for place, v in values(path).items() if isinstance(v, int | float)]
    live = sum(formulas[sheet][address].data_type == "f" for sheet, address in numbers)
    assert live / len(numbers) >= 0.8


SIMULATED = ("Ménages types", "Prix accessibles")  # what a bank and a ceiling answer: no formula


@pytest.mark.parametrize("name", ["petite", "démonstration"])
def test_so_are_they_in_the_whole_workbook(tmp_path: Path, name: str) -> None:
    feasibility = sample() if name == "petite" else demo_site()
    path = write_workbook(feasibility, tmp_path / "tableaux.xlsx")
    formulas = openpyxl.load_workbook(path)
    numbers = [
        (sheet, address)
        for (sheet, address), v in values(path).items()
        if isinstance(v, int | float) and not sheet.startswith(SIMULATED)
    ]
    live = sum(formulas[sheet][address].data_type == "f" for sheet, address in numbers)
    assert live / len(numbers) >= 0.8


def test_no_formula_holds_a_number_of_the_study(books: Path) -> None:
    book = openpyxl.load_workbook(books / "tous.xlsx")
    allowed = {12, 0, 1, 2}  # months, nothing, one, decimals of a cent
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    tokens = openpyxl.formula.Tokenizer(cell.value).items
                    typed_in = {float(t.value) for t in tokens if t.subtype == "NUMBER"}
                    assert typed_in <= allowed, (page.title, cell.coordinate, cell.value)


def test_the_live_sheets_come_first_and_the_tables_after(tmp_path: Path) -> None:
    path = write_workbook(sample(), tmp_path / "t.xlsx", document=sample_document())
    again = write_workbook(sample(), tmp_path / "u.xlsx", document=sample_document())
    assert path.read_bytes() == again.read_bytes()
    book = openpyxl.load_workbook(path)
    code = next(iter(montage_of("petite").rentals))
    expected = ["Bilan opération", f"Plan {code}", f"Compte {code}", f"Prêts {code}",
                f"Équilibre {code}", "Bilan accession", "Entrées", "Page de garde"]  # fmt: skip
    assert book.sheetnames[: len(expected)] == expected
    for page in book.worksheets[:7]:
        assert "cellules jaunes" in page["A2"].value
        assert page.freeze_panes is not None
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)


def test_without_a_programme_there_is_no_live_sheet(tmp_path: Path) -> None:
    path = write_workbook(
        sample("impossible"), tmp_path / "t.xlsx", document=sample_document("impossible")
    )
    assert openpyxl.load_workbook(path).sheetnames[0] == "Page de garde"


def test_names_of_givers_stay_texts(books: Path) -> None:
    book = openpyxl.load_workbook(books / "excédent.xlsx")
    page = book["Plan PLAI"]
    givers = [page["A6"], page["A7"]]
    assert [cell.data_type for cell in givers] == ["s", "s"]
    assert givers[0].value.startswith("=HYPERLINK(")
    assert givers[1].value == "+1 EPCI"


def test_an_address_says_its_sheet_and_a_grid_its_columns() -> None:
    grid = Grid(sheet="Compte PLAI", first_row=4, names=("year", "net"), rows=3)
    assert str(grid.at("net", 1)) == "'Compte PLAI'!B6"
    assert grid.all("net", 1) == "'Compte PLAI'!$B$6:$B$7"
    count = Cell("Plan PLAI", 0, 2)
    assert grid.until("year", count) == (
        "'Compte PLAI'!$A$5:INDEX('Compte PLAI'!$A$5:$A$7,'Plan PLAI'!$C$1)"
    )
    assert span(Cell("x", 0, 0), Cell("x", 0, 2)) == "'x'!$A$1:$C$1"
