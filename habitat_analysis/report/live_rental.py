"""« Plan PLAI »: the plan de financement of a rental tenure, and what its account gives.

The sheets of a tenure go together: plan, account (`live_account`), loans (`live_loans`) and the
working of the equity (`live_equity`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.formats import typeset
from habitat_analysis.montage.rental import BUILDING, LAND, PARTNER
from habitat_analysis.report.live_account import write_account
from habitat_analysis.report.live_cells import Cell, Kind, LivePage, Role, Value, span
from habitat_analysis.report.live_equity import write_balance
from habitat_analysis.report.live_input_rows import subsidy_name
from habitat_analysis.report.live_loans import REVISIONS, write_loans
from habitat_analysis.report.live_tenure import LiveTenure, RentalSheets

AMOUNT: Final = 2  # column of the amounts
VALUE: Final = 2  # column of the results
HEADERS: Final = (
    "Ressource", "Nature", "Montant TTC (€)", "Part du prix de revient", "Taux de l'année 1",
    "Durée (ans)", " Révision",
)  # fmt: skip
NEVER: Final = "jamais"
NO_EQUITY: Final = "aucun niveau ne suffit"
UNKNOWN: Final = "n. d."
NO_RATE: Final = "les flux ne changent jamais de signe : le taux n’existe pas"
SEVERAL: Final = ("les flux changent ", " fois de signe : le taux n’est pas unique")
NOT_FOUND: Final = "le tableur ne trouve pas le taux"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """One result of a tenure: its name for other sheets, its words, formula and value."""

    name: str
    label: str
    unit: str
    formula: str
    value: Value
    kind: Kind = "eur"


def write_rental(sheets: RentalSheets, tenure: LiveTenure) -> None:
    """Write the four sheets of a rental tenure."""
    _write_plan(sheets.plan, tenure)
    write_loans(sheets.loans, tenure)
    write_account(sheets.account, tenure)
    write_balance(sheets.balance, tenure)


def _write_plan(page: LivePage, tenure: LiveTenure) -> None:
    code, plan = tenure.code, tenure.montage.account.plan
    page.opening(
        f"Plan de financement {code} (euros TTC)",
        "Subventions, prêts et fonds propres qui paient le prix de revient, puis ce que donne le "
        f"compte d'exploitation de la feuille « Compte {code} ».",
        widths=[44, 26, 17, 15, 13, 11, 38],
    )
    page.section(3, "Ressources")
    page.header(4, HEADERS, figures=range(AMOUNT, 6))
    resources = 5
    lines = len(plan.subsidies) + len(plan.loans) + 1
    sizing = resources + lines + 6  # total, cost, excess, gap, a blank, a title
    # The sizing is written first: the resources are made from it.
    after = _write_results(page, tenure, sizing, _sizing(tenure, resources), "Prêts")
    _write_resources(page, tenure, resources)
    after = _write_results(page, tenure, after + 2, _equity(tenure), "Fonds propres et loyer")
    after = _write_results(page, tenure, after + 2, _account(tenure), "Compte d'exploitation")
    for rank, remark in enumerate(tenure.montage.remarks):
        page.text(after + 1 + rank, 0, f"Au loyer de l'étude : {remark}.")
    page.freeze(5)


def _write_results(
    page: LivePage, tenure: LiveTenure, row: int, results: Iterator[_Result], title: str
) -> int:
    """Write results one under the other, each may read those above; return the next row."""
    page.section(row - 1, title)
    for result in results:
        page.text(row, 0, result.label)
        page.text(row, 1, result.unit)
        cell = page.computed(row, VALUE, result.formula, result.value, result.kind)
        tenure.places.put(result.name, tenure.code, cell)
        row += 1
    return row


def _subsidies(tenure: LiveTenure, row: int) -> list[Cell]:
    """Give the cells of the subsidies, the first resources of the plan."""
    count = len(tenure.montage.account.plan.subsidies)
    return [Cell(tenure.name("Plan"), row + rank, AMOUNT) for rank in range(count)]


def _sizing(tenure: LiveTenure, row: int) -> Iterator[_Result]:
    """Work out what the loans are made from, before any resource is written."""
    at, plan = tenure.at, tenure.montage.account.plan
    tranche = tenure.montage.tranche
    granted = _subsidies(tenure, row)
    subsidies = f"SUM({span(granted[0], granted[-1])})" if granted else "0"
    stated = at("equity_stated")
    chapters = ("batiment", "imprevus", "revisions")
    works = "+".join(str(at(f"chapter_{chapter}")) for chapter in chapters)
    taxed = f"(1+{at('vat')})"
    chosen = plan.equity_eur if tenure.montage.equity_stated else 0.0
    yield _Result(
        name="building_cost", label="Base du gros entretien : travaux et locaux partagés",
        unit="€ TTC", formula=f"({works})*{taxed}+{at('rooms')}", value=tranche.building_cost_eur,
    )  # fmt: skip
    yield _Result(
        name="land_ttc", label="Charge foncière", unit="€ TTC",
        formula=f"{at('chapter_foncier')}*{taxed}", value=tenure.montage.land_ttc_eur,
    )  # fmt: skip
    yield _Result(
        name="granted", label="Subventions en tout", unit="€", formula=subsidies,
        value=plan.subsidies_eur,
    )  # fmt: skip
    yield _Result(
        name="equity_chosen", label="Fonds propres décidés", unit="€",
        formula=f"IF(ISNUMBER({stated}),{stated}*{at('dwellings')},0)", value=chosen,
    )  # fmt: skip
    partner = next((loan for loan in tenure.loans if loan.id == PARTNER), None)
    lent = "".join(f"-{_row_of(tenure, row, loan.id)}" for loan in tenure.loans
                   if loan.id != tenure.balancing.id)  # fmt: skip
    room = tranche.cost_ttc_eur - plan.subsidies_eur - chosen
    room -= (partner.amount_eur or 0.0) if partner else 0.0
    before = f"{at('cost_ttc')}-{at('granted')}-{at('equity_chosen')}"
    given = f"-{_row_of(tenure, row, PARTNER)}" if partner else ""
    yield _Result(
        name="land_room", label="Prêt foncier, au plus", unit="€", value=max(0.0, room),
        formula=f"MAX(0,{before}{given})",
    )  # fmt: skip
    yield _Result(
        name="full_loan", label="Prêt d'équilibre sans fonds propres", unit="€",
        formula=f"MAX(0,{at('cost_ttc')}-{at('granted')}{lent})",
        value=tenure.without_equity.plan.balancing_eur,
    )  # fmt: skip
    yield _Result(
        name="main_years", label="Années où le compte doit rester équilibré", unit="ans",
        kind="whole", value=tenure.montage.account.main_years,
        formula=f"MIN({at(f'{BUILDING}_years')},MAX({tenure.account.all('year')}))",
    )  # fmt: skip


def _row_of(tenure: LiveTenure, row: int, loan: str) -> Cell:
    """Say where the amount of a loan is written, after the subsidies."""
    plan = tenure.montage.account.plan
    rank = [item.id for item in plan.loans].index(loan)
    return Cell(tenure.name("Plan"), row + len(plan.subsidies) + rank, AMOUNT)


def _write_resources(page: LivePage, tenure: LiveTenure, row: int) -> None:
    """Write every resource, then what it adds up to beside the prix de revient."""
    at, plan, first = tenure.at, tenure.montage.account.plan, row
    cost, places = plan.cost_ttc_eur, tenure.places

    def line(
        label: str,
        nature: str,
        formula: str,
        amount: float,
        role: Role = "plain",
        *,
        check: bool = False,
    ) -> Cell:
        nonlocal row
        page.text(row, 0, label, role)
        page.text(row, 1, nature, role)
        cell = page.computed(row, AMOUNT, formula, amount, "eur", role)
        if not check:
            share = f"IF({at('cost_ttc')}>0,{cell}/{at('cost_ttc')},0)"
            page.computed(row, AMOUNT + 1, share, amount / cost if cost else 0.0, "share", role)
        row += 1
        return cell

    for giver, amount in plan.subsidies.items():
        each = at(subsidy_name(tenure.operation, giver))
        line(giver, "subvention", f"{each}*{at('dwellings')}", amount)
    for loan in plan.loans:
        _write_terms(page, tenure, loan, row)
        cell = line(loan.label, "prêt", _lent(tenure, loan), loan.amount_eur or 0.0)
        places.put(f"{loan.id}_eur", tenure.code, cell)
    equity = line("Fonds propres", "fonds propres", _equity_formula(tenure), plan.equity_eur)
    places.put("equity_eur", tenure.code, equity)
    page.book.name(f"fonds_propres_{tenure.code}", equity)
    total = line(
        "Total des ressources", "", f"SUM({span(Cell(page.name, first, AMOUNT), equity)})",
        plan.resources_eur, "total",
    )  # fmt: skip
    uses = line("Prix de revient TTC", "", str(at("cost_ttc")), cost, "total")
    over = line(
        "Excédent de ressources, à réduire", "", f"MAX(0,{total}-{uses})", plan.overflow_eur,
        check=True,
    )  # fmt: skip
    line("Écart (doit être nul)", "", f"{total}-{uses}-{over}", 0.0, check=True)
    places.put("total_eur", tenure.code, total)
    places.put("overflow_eur", tenure.code, over)


def _write_terms(page: LivePage, tenure: LiveTenure, loan: LoanTerms, row: int) -> None:
    rate, years = tenure.at(f"{loan.id}_rate"), tenure.at(f"{loan.id}_years")
    page.computed(row, 4, str(rate), loan.rate, "rate")
    page.computed(row, 5, str(years), loan.years, "whole")
    page.text(row, 6, REVISIONS[loan.revision])


def _lent(tenure: LiveTenure, loan: LoanTerms) -> str:
    """Write the amount of a loan: bounded for the land, stated for a partner, what is left."""
    at = tenure.at
    if loan.id == LAND:
        return f"MIN({at('land_ttc')},{at('land_room')})"
    if loan.id == PARTNER:
        return f"{at(f'{PARTNER}_amount')}*{at('dwellings')}"
    rank = 5 + len(tenure.montage.account.plan.subsidies) + len(tenure.loans)
    return f"MAX(0,{at('full_loan')}-{Cell(tenure.name('Plan'), rank, AMOUNT)})"


def _equity_formula(tenure: LiveTenure) -> str:
    """Take the stated equity, or the highest that a year asks, up to the whole loan."""
    asked = tenure.balance.until("asked", tenure.at("main_years"), start=1)
    least = f"MIN({tenure.at('full_loan')},MAX(0,MAX({asked})))"
    return f"IF(ISNUMBER({tenure.at('equity_stated')}),{tenure.at('equity_chosen')},{least})"


def _equity(tenure: LiveTenure) -> Iterator[_Result]:
    at, account, main = tenure.at, tenure.montage.account, tenure.at("main_years")
    balance, cap = tenure.balance, tenure.montage.cap
    asked = f"MAX({balance.until('asked', main, start=1)})"
    needed = tenure.without_equity.equity_required_eur
    month = "€/m² SU par mois"
    yield _Result(
        name="equity_required", label="Fonds propres nécessaires", unit="€",
        formula=f'IF({asked}<={at("full_loan")},MAX(0,{asked}),"{NO_EQUITY}")',
        value=NO_EQUITY if needed is None else needed,
    )  # fmt: skip
    yield _Result(
        name="rent_kept", label="Loyer retenu", unit=month, formula=str(at("rent")),
        value=tenure.montage.tranche.rent_m2_su_month_eur, kind="eur2",
    )  # fmt: skip
    yield _Result(
        name="rent_room", label="Loyer plafond, moins le loyer retenu", unit=month,
        formula=f"{at('rent_cap')}-{at('rent')}", value=cap.cap_m2 - cap.rent_m2, kind="eur2",
    )  # fmt: skip
    earned, rise = balance.until("earned", main, start=1), balance.until("rise", main, start=1)
    rent = account.balance_rent_m2
    yield _Result(
        name="balance_rent", label="Loyer d'équilibre à ces fonds propres", unit=month,
        formula=f'IF(MIN({earned})<=0,"{UNKNOWN}",{at("rent")}+MAX({rise}))',
        value=UNKNOWN if rent is None else rent, kind="eur2",
    )  # fmt: skip


def _account(tenure: LiveTenure) -> Iterator[_Result]:
    """Read the account: treasury at its lowest, net present value, return of the equity."""
    at, account, main = tenure.at, tenure.montage.account, tenure.at("main_years")
    cumulative = tenure.account.until("cumulative", main)
    discount, balance = tenure.places("discount"), tenure.balance
    lowest = f"MIN({cumulative})"
    yield _Result(
        name="lowest", label="Trésorerie la plus basse sur le prêt principal", unit="€",
        formula=lowest, value=account.min_cumulative_eur,
    )  # fmt: skip
    yield _Result(
        name="lowest_year", label="Année de la trésorerie la plus basse", unit="année",
        formula=f"MATCH({lowest},{cumulative},0)", value=account.min_cumulative_year, kind="year",
    )  # fmt: skip
    yield _Result(
        name="npv", label="Valeur actuelle nette des fonds propres", unit="€",
        formula=f"NPV({discount},{tenure.account.all('net')})-{at('equity_eur')}",
        value=account.npv_eur,
    )  # fmt: skip
    payback = account.payback_year
    yield _Result(
        name="payback", label="Année où les flux ont rendu les fonds propres", unit="année",
        formula=f'IFERROR(MATCH(1,{balance.all("returned", 1)},0),"{NEVER}")',
        value=NEVER if payback is None else payback, kind="year",
    )  # fmt: skip
    yield _Result(
        name="changes", label="Changements de signe des flux", unit="fois", kind="whole",
        formula=f"SUM({balance.all('change', 1)})", value=_changes(tenure),
    )  # fmt: skip
    before, after = (typeset(text) for text in SEVERAL)
    several = f'"{before}"&{at("changes")}&"{after}"'
    flows = balance.all("flow")
    mean = f"MIRR({flows},0,0)"  # of the sign of the rate, and a start from which it is found
    found = f'"{NOT_FOUND}"'
    for start in (discount, f"{mean}+{mean}", mean):
        found = f"IFERROR(IRR({flows},{start}),{found})"
    none = f'IF({at("changes")}=0,"{typeset(NO_RATE)}",{several})'
    yield _Result(
        name="irr", label="Taux de rendement interne des fonds propres", unit="par an",
        formula=f"IF({at('changes')}=1,{found},{none})", kind="rate",
        value=account.irr_reason if account.irr is None else account.irr,
    )  # fmt: skip


def _changes(tenure: LiveTenure) -> int:
    flows = [-tenure.montage.account.plan.equity_eur, *tenure.montage.account.lines["net"].tolist()]
    signs = [flow > 0 for flow in flows if flow]
    return sum(a != b for a, b in pairwise(signs))
