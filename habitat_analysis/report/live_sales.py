"""« Bilan accession »: lots against their caps, bilan promoteur, compte à rebours, as formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.vefa import CHAPTERS, SALES_CHAPTER
from habitat_analysis.montage import Montage
from habitat_analysis.montage.sales import PROMOTER_CHAPTER, SaleLot, SaleMontage
from habitat_analysis.report.live_cells import Cell, Kind, LivePage, Places, Role, Value, span
from habitat_analysis.report.live_input_rows import subsidy_name

SHEET: Final = "Bilan accession"
LOTS: Final = (
    "Statut", "Typologie", "Nombre", "SHAB d'un lot (m²)", "SU d'un lot (m²)",
    "Prix TTC (€/m² SHAB)", "Prix TTC d'un lot (€)", "Prix HT d'un lot (€)",
    "Plafond HT d'un lot (€)", "Prix moins plafond, HT (€)", "Ventes TTC (€)", "Ventes HT (€)",
)  # fmt: skip
NO_CAP: Final = "s. o."
UNKNOWN: Final = "n. d."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of the bilan: its name, words, and the formula and value of each tenure."""

    name: str
    label: str
    formula: Callable[[str], str]
    values: Mapping[str, Value]
    kind: Kind = "eur"
    role: Role = "plain"
    summed: bool = True  # whether the tenures add up


def write_sales(page: LivePage, montage: Montage) -> None:
    """Write the lots of every sale tenure, then their balances side by side."""
    page.opening(
        "Bilan des logements vendus (euros HT, sauf mention TTC)",
        "Prix des lots et plafonds, bilan promoteur en sept chapitres, puis compte à rebours.",
        widths=[46, *[14.0] * (len(LOTS) - 1)],
    )
    row = _write_lots(page, montage, 3)
    page.section(row + 1, "Bilan promoteur (euros HT)")
    codes = list(montage.sales)
    page.header(row + 2, ["Poste", *codes, "Ensemble"], figures=range(1, len(codes) + 2))
    row += 3
    for line in _lines(montage, page.book.places):
        _write_line(page, row, line, codes)
        row += 1
    page.freeze(2)


def _write_lots(page: LivePage, montage: Montage, row: int) -> int:
    """Price each lot beside its cap; remember the sales of each tenure."""
    page.header(row, LOTS, figures=range(2, len(LOTS)), height=34)
    row += 1
    first = row
    for code, sale in montage.sales.items():
        start = row
        for lot in sale.lots:
            _write_lot(page, montage, code, lot, row)
            row += 1
        for name, column in (("sales_ttc", 10), ("sales_ht", 11)):
            page.book.places.put(f"{name}_first", code, Cell(page.name, start, column))
            page.book.places.put(f"{name}_last", code, Cell(page.name, row - 1, column))
    for column in range(len(LOTS)):
        page.text(row, column, "" if column else "Ensemble", "total")
    lots = [(sale, lot) for sale in montage.sales.values() for lot in sale.lots]
    totals = {
        2: ("whole", sum(lot.count for _, lot in lots)),
        10: ("eur", sum(lot.count * lot.price_ttc_eur for _, lot in lots)),
        11: ("eur", sum(lot.count * lot.price_ht_eur for _, lot in lots)),
    }
    for column, (kind, value) in totals.items():
        cells = span(Cell(page.name, first, column), Cell(page.name, row - 1, column))
        page.computed(row, column, f"SUM({cells})", value, kind, "total")  # type: ignore[arg-type]
    return row + 1


def _write_lot(page: LivePage, montage: Montage, code: str, lot: SaleLot, row: int) -> None:
    at = page.book.places
    price = montage.operation.model_terms(code).price_m2_eur

    def cell(column: int) -> Cell:
        return Cell(page.name, row, column, fixed=False)

    page.text(row, 0, code)
    page.text(row, 1, lot.typology)
    count, shab, su, a_m2, ttc, ht, cap = (cell(column) for column in range(2, 9))
    capped = at.has("price_cap", code)
    known = 0.0 if lot.cap_ht_eur is None else lot.cap_ht_eur
    formulas: list[tuple[str, Value, Kind]] = [
        (str(at(f"count_{lot.typology}", code)), lot.count, "whole"),
        (str(at(f"surface_{lot.typology}", "SHAB")), lot.shab_m2, "m2"),
        (str(at(f"surface_{lot.typology}", "SU")), lot.su_m2, "m2"),
        (str(at("price", code)), price, "eur2"),
        (f"{a_m2}*{shab}", lot.price_ttc_eur, "eur"),
        (f"{ttc}/(1+{at('vat', code)})", lot.price_ht_eur, "eur"),
        (f"{at('price_cap', code)}*{su}" if capped else "", known, "eur"),
        (f"{ht}-{cap}" if capped else "", lot.price_ht_eur - known, "eur"),
        (f"{count}*{ttc}", lot.count * lot.price_ttc_eur, "eur"),
        (f"{count}*{ht}", lot.count * lot.price_ht_eur, "eur"),
    ]
    for rank, (formula, value, kind) in enumerate(formulas, start=2):
        if formula:
            page.computed(row, rank, formula, value, kind)
        else:
            page.text(row, rank, NO_CAP, "absent")


def _write_line(page: LivePage, row: int, line: _Line, codes: Sequence[str]) -> None:
    page.text(row, 0, line.label, line.role)
    cells = []
    for rank, code in enumerate(codes, start=1):
        cell = page.computed(row, rank, line.formula(code), line.values[code], line.kind, line.role)
        cells.append(page.book.places.put(line.name, code, cell))
    if line.summed:
        total = sum(value for value in line.values.values() if not isinstance(value, str))
        formula = f"SUM({span(cells[0], cells[-1])})"
        cell = page.computed(row, len(codes) + 1, formula, total, line.kind, line.role)
        page.book.places.put(line.name, "", cell)
    elif line.role != "plain":
        page.text(row, len(codes) + 1, "", line.role)


def _lines(montage: Montage, at: Places) -> list[_Line]:
    """List the bilan in its order: each line reads those above."""
    sales = montage.sales
    return [
        *_chapters(sales, at),
        *_received(montage, at),
        *_margin(sales, at),
        *_countdown(montage, at),
    ]


def _of(sales: Mapping[str, SaleMontage], read: Callable[[SaleMontage], float]) -> dict[str, Value]:
    return {code: read(sale) for code, sale in sales.items()}


def _chapters(sales: Mapping[str, SaleMontage], at: Places) -> list[_Line]:
    def chapter(name: str) -> Callable[[str], str]:
        costs = [cost for cost, promoter in PROMOTER_CHAPTER.items() if promoter == name]

        def formula(code: str) -> str:
            terms = [str(at(f"chapter_{cost}", code)) for cost in costs]
            if name == "travaux":
                terms.append(f"{at('rooms', code)}/(1+{at('vat', code)})")
            if name == SALES_CHAPTER:
                terms.append(f"{at('sales_fee')}*{_turnover(at, 'sales_ht', code)}")
            return "+".join(terms)

        return formula

    lines = [
        _Line(
            name=f"promoter_{name}", label=label, formula=chapter(name),
            values=_of(sales, lambda sale, name=name: sale.chapters[name]),  # type: ignore[misc]
        )
        for name, label in CHAPTERS.items()
    ]  # fmt: skip
    first, last = lines[0].name, lines[-1].name
    total = _Line(
        name="promoter_cost", label="Total des coûts HT", role="total",
        formula=lambda u: f"SUM({span(at(first, u), at(last, u))})",
        values=_of(sales, lambda sale: sum(sale.chapters.values())),
    )  # fmt: skip
    return [*lines, total]


def _turnover(at: Places, name: str, code: str) -> str:
    return f"SUM({span(at(f'{name}_first', code), at(f'{name}_last', code))})"


def _received(montage: Montage, at: Places) -> list[_Line]:
    """Write what is received beside the price, which comes off the cost."""
    sales, operation = montage.sales, montage.operation

    def granted(code: str) -> str:
        each = [
            f"{at(subsidy_name(operation, giver), code)}*{at('dwellings', code)}"
            for giver in sales[code].subsidies
        ]
        return "+".join(each) or "0"

    return [
        _Line(
            name="ofs_received", label="Foncier payé par l'OFS, HT",
            formula=lambda u: f"{at('ofs_land', u)}*{at('shab', u)}/(1+{at('vat', u)})",
            values=_of(sales, lambda sale: sale.ofs_land_ht_eur),
        ),
        _Line(
            name="sale_subsidies", label="Subventions", formula=granted,
            values=_of(sales, lambda sale: sum(sale.subsidies.values())),
        ),
        _Line(
            name="net_cost", label="Coût net, frais de commercialisation compris", role="total",
            formula=lambda u: f"{at('promoter_cost', u)}-{at('ofs_received', u)}"
            f"-{at('sale_subsidies', u)}",
            values=_of(sales, lambda sale: sale.balance.cost_ht_eur),
        ),
    ]  # fmt: skip


def _margin(sales: Mapping[str, SaleMontage], at: Places) -> list[_Line]:
    fees = f"promoter_{SALES_CHAPTER}"

    def breakeven(code: str) -> str:
        kept = f"(1-{at('sales_fee')}-{at('target_margin')})"
        cost = f"({at('net_cost', code)}-{at(fees, code)})"
        a_m2 = f"{cost}/{kept}*(1+{at('vat', code)})/{at('shab', code)}"
        return f'IF({at("shab", code)}>0,{a_m2},"{UNKNOWN}")'

    def rate(code: str) -> str:
        sold = at("turnover", code)
        return f'IF({sold}>0,{at("margin", code)}/{sold},"{UNKNOWN}")'

    def known(value: float | None) -> Value:
        return UNKNOWN if value is None else value

    return [
        _Line(
            name="turnover", label="Chiffre d'affaires HT",
            formula=lambda u: _turnover(at, "sales_ht", u),
            values=_of(sales, lambda sale: sale.turnover_ht_eur),
        ),
        _Line(
            name="margin", label="Marge HT", role="total",
            formula=lambda u: f"{at('turnover', u)}-{at('net_cost', u)}",
            values=_of(sales, lambda sale: sale.margin_eur),
        ),
        _Line(
            name="margin_rate", label="Taux de marge (part du chiffre d'affaires HT)",
            formula=rate, kind="rate", summed=False,
            values={code: known(sale.balance.margin_rate) for code, sale in sales.items()},
        ),
        _Line(
            name="breakeven", label="Prix d'équilibre à la marge visée (€ TTC/m² SHAB)",
            formula=breakeven, kind="eur2", summed=False,
            values={
                code: known(sale.balance.breakeven_price_ttc_m2_eur)
                for code, sale in sales.items()
            },
        ),
    ]  # fmt: skip


def _countdown(montage: Montage, at: Places) -> list[_Line]:
    """Solve the bilan for the land: what it may cost at the margin wished."""
    sales = montage.sales
    carried = f"(1+{at('finance_rate')}*{at('land_carry')}/12)"
    kept = f"(1-{at('sales_fee')}-{at('target_margin')})"

    def other(code: str) -> str:
        received = f"-{at('ofs_received', code)}-{at('sale_subsidies', code)}"
        land = f"-{at('chapter_foncier', code)}*{carried}"
        return f"({at('cost_ht', code)}{received}{land})"

    return [
        _Line(
            name="land_ht", label="Charge foncière du bilan, HT",
            formula=lambda u: str(at("chapter_foncier", u)),
            values=_of(sales, lambda sale: sale.land_ht_eur),
        ),
        _Line(
            name="countdown", label="Charge foncière d'équilibre HT (compte à rebours)",
            role="total",
            formula=lambda u: f"({kept}*{at('turnover', u)}-{other(u)})/{carried}",
            values=_of(sales, lambda sale: sale.countdown_ht_eur),
        ),
    ]  # fmt: skip
