"""« Prêts PLAI »: each loan of a rental tenure year by year, its rate following the Livret A."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.loans import LoanTerms, loan_life
from habitat_analysis.report.live_cells import Cell, Grid, Kind, LivePage, Series
from habitat_analysis.report.live_tenure import LOAN_FIRST_ROW, LiveTenure

REVISIONS: Final = {
    "fixe": "taux fixe",
    "simple": "simple révisabilité (taux)",
    "double": "double révisabilité (taux et progression)",
}
TERMS_ROW: Final = 3
HEADERS: Final = {
    "rate": ("Taux de l'année", "rate"),
    "ratio": ("Rapport (1 + progression) / (1 + taux)", "index"),
    "unit": ("Annuité d'un euro emprunté (€)", "index"),
    "owed_unit": ("Reste dû d'un euro emprunté (€)", "index"),
    "payment": ("Annuité (€/an)", "eur"),
    "interest": ("Intérêts (€/an)", "eur"),
    "capital": ("Capital remboursé (€/an)", "eur"),
    "owed": ("Capital restant dû, fin d'année (€)", "eur"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """Where the terms of a loan stand on its sheet."""

    amount: Cell
    rate: Cell
    years: Cell
    defer: Cell
    growth: Cell
    ratio: Cell
    first: Cell  # sum of the ratios, which gives the first annuity


def write_loans(page: LivePage, tenure: LiveTenure) -> None:
    """Write the terms of the loans, then their years, from the signature on."""
    columns = 1 + sum(len(grid.names) for grid in tenure.schedules.values())
    page.opening(
        f"Prêts {tenure.code}, année par année (euros courants)",
        "Le taux suit le Livret A de la feuille « Entrées » ; les annuités sont payées en fin "
        "d'année, la ligne 0 est la signature.",
        widths=[24, *[11.5] * (columns - 1)],
    )
    words = (
        "Montant (€)", "Taux de l'année 1", "Durée (ans)", "Différé (ans)",
        "Progression des annuités", "Rapport à la signature", "Somme des rapports",
    )  # fmt: skip
    for rank, word in enumerate(words, start=1):
        page.text(TERMS_ROW + rank, 0, word)
    years = Series(
        name="year", header="Année", kind="year", values=range(tenure.horizon + 1),
        formula=lambda k: str(tenure.account.at("year", k - 1)) if k else "0",
    )  # fmt: skip
    series = [years]
    for loan in tenure.loans:
        terms = _write_terms(page, tenure, loan)
        series += _loan_series(tenure, loan, terms)
    page.grid(LOAN_FIRST_ROW - 1, series, rows=tenure.horizon + 1)
    page.freeze(LOAN_FIRST_ROW, 1, repeat=True)


def _write_terms(page: LivePage, tenure: LiveTenure, loan: LoanTerms) -> _Terms:
    """Copy the terms of a loan above its columns, with the ratio that its annuities keep."""
    column = tenure.schedules[loan.id].first_column
    page.section_at(TERMS_ROW, column, f"{loan.label} : {REVISIONS[loan.revision]}")

    def put(rank: int, formula: str, value: float, kind: Kind) -> Cell:
        return page.computed(TERMS_ROW + rank, column, formula, value, kind)

    def copy(rank: int, name: str, value: float, kind: Kind) -> Cell:
        return put(rank, str(tenure.at(f"{loan.id}_{name}")), value, kind)

    amount = put(1, str(tenure.at(f"{loan.id}_eur")), loan.amount_eur or 0.0, "eur")
    rate = copy(2, "rate", loan.rate, "rate")
    years = copy(3, "years", loan.years, "whole")
    defer = copy(4, "defer", loan.defer, "whole")
    growth = copy(5, "growth", loan.growth, "rate")
    q = (1 + loan.growth) / (1 + loan.rate)
    ratio = put(6, f"(1+{growth})/(1+{rate})", q, "index")
    left = loan.years - loan.defer
    total = _sum_of_ratios(str(ratio), f"({years}-{defer})")
    first = put(7, total, sum(q**k for k in range(left)), "index")
    return _Terms(
        amount=amount, rate=rate, years=years, defer=defer, growth=growth, ratio=ratio, first=first
    )


def _sum_of_ratios(ratio: str, terms: str) -> str:
    """Add up 1, q, q²…: as many terms as there are annuities."""
    return f"IF({ratio}=1,{terms},(1-{ratio}^{terms})/(1-{ratio}))"


def _loan_series(tenure: LiveTenure, loan: LoanTerms, terms: _Terms) -> Iterator[Series]:
    grid, years = tenure.schedules[loan.id], tenure.horizon
    values = _loan_values(loan, years)
    formulas = _formulas(tenure, loan, grid, terms)
    for name in grid.names:
        title, kind = HEADERS[name]
        yield Series(
            name=name, header=title, kind=kind,  # type: ignore[arg-type]
            values=values[name], formula=formulas[name], total=name == "payment",
        )  # fmt: skip


def _loan_values(loan: LoanTerms, years: int) -> dict[str, Sequence[float]]:
    """Give the values of every column, the signature first."""
    life, unit = loan_life(loan, loan.amount_eur or 0.0), loan_life(loan, 1.0)
    rates = loan.rates()

    def yearly(values: Sequence[float]) -> list[float]:
        kept = list(values[:years])
        return [0.0, *kept, *[0.0] * (years - len(kept))]

    def balances(values: Sequence[float]) -> list[float]:
        kept = list(values[: years + 1])
        return [*kept, *[0.0] * (years + 1 - len(kept))]

    return {
        "rate": yearly(rates),
        "ratio": yearly([(1 + loan.growth) / (1 + rate) for rate in rates]),
        "unit": yearly(unit.payments),
        "owed_unit": balances(unit.balances),
        "payment": yearly(life.payments),
        "interest": yearly(life.interests),
        "capital": yearly(life.principals),
        "owed": balances(life.balances),
    }


def _formulas(
    tenure: LiveTenure, loan: LoanTerms, grid: Grid, terms: _Terms
) -> dict[str, Callable[[int], str]]:
    """Write each column; the signature only owes."""

    def year(k: int) -> Cell:
        return Cell(grid.sheet, grid.first_row + k, 0, fixed=False)

    def rate(k: int) -> str:
        moved = "" if loan.revision == "fixe" else f"+{tenure.paths.at('shift', k - 1)}"
        return f"IF({year(k)}<={terms.years},{terms.rate}{moved},0)"

    def ratio(k: int) -> str:
        return f"IF({year(k)}<={terms.years},(1+{terms.growth})/(1+{grid.at('rate', k)}),0)"

    def paid(k: int) -> str:
        now = grid.at("rate", k)
        if loan.revision == "simple":
            left = f"({terms.years}-{year(k)}+1)"
            total = _sum_of_ratios(str(grid.at("ratio", k)), left)
            growing = f"{grid.at('owed_unit', k - 1)}*(1+{now})/{total}"
        else:
            first = f"(1+{now})/{terms.first}"
            after = f"{grid.at('unit', k - 1)}*{terms.ratio}*(1+{now})"
            growing = f"IF({year(k)}={terms.defer}+1,{first},{after})"
        return f"IF({year(k)}>{terms.years},0,IF({year(k)}<={terms.defer},{now},{growing}))"

    def owed_unit(k: int) -> str:
        before, now = grid.at("owed_unit", k - 1), grid.at("rate", k)
        left = f"MAX(0,{before}*(1+{now})-{grid.at('unit', k)})"
        return f"IF({year(k)}<{terms.years},{left},0)"

    made: dict[str, Callable[[int], str]] = {
        "rate": rate,
        "ratio": ratio,
        "unit": paid,
        "owed_unit": owed_unit,
        "payment": lambda k: f"{terms.amount}*{grid.at('unit', k)}",
        "interest": lambda k: f"{grid.at('owed', k - 1)}*{grid.at('rate', k)}",
        "capital": lambda k: f"{grid.at('payment', k)}-{grid.at('interest', k)}",
        "owed": lambda k: f"{terms.amount}*{grid.at('owed_unit', k)}",
    }
    at_signature = {"owed_unit": "1", "owed": str(terms.amount)}

    def after_signature(name: str) -> Callable[[int], str]:
        return lambda k: made[name](k) if k else at_signature.get(name, "")

    return {name: after_signature(name) for name in made}
