"""« Bilan opération »: uses, resources and what is left to find, read from every other sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.costs import chapter_allocation
from habitat_analysis.finance.vefa import SALES_CHAPTER
from habitat_analysis.montage import Montage
from habitat_analysis.montage.operation import is_cost
from habitat_analysis.montage.rental import subsidies_of
from habitat_analysis.report.live_cells import Cell, LivePage, Places, Role, span
from habitat_analysis.report.live_input_rows import subsidy_name
from habitat_analysis.report.sections_costs import LINE_CHAPTERS

SHEET: Final = "Bilan opération"
AMOUNT: Final = 3
SCIAPP: Final = "SCIAPP"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line: words, tenure, formula and value."""

    name: str
    label: str
    nature: str
    formula: str
    value: float
    tenure: str = ""
    role: Role = "plain"


def write_balance_sheet(page: LivePage, montage: Montage) -> None:
    """Write the uses, what each tenure leaves to be found, then the resources."""
    page.opening(
        "Bilan de l'opération (euros)",
        "Le locatif et la SCIAPP sont comptés TTC (leur TVA est un coût), les ventes HT (leur TVA "
        "est neutre).",
        widths=[60, 26, 14, 20],
    )
    places = page.book.places
    row = _write(page, 3, "Emplois", list(_uses(montage, places)))
    uses = _total(page, row, "total_uses", "Total des emplois", montage.plan.total_uses_eur)
    row = _write(page, row + 3, "Ce que chaque statut laisse à trouver (en moins : ce qu'il "
                 "apporte)", list(_needs(montage, places)))  # fmt: skip
    _total(page, row, "need", "Besoin de l'opération", montage.plan.need_eur)
    row = _write(page, row + 3, "Ressources", [*_granted(montage, places), *_lent(montage, places),
                 *_sold(montage, places)])  # fmt: skip
    row = _found(page, row, montage)
    total = _total(
        page, row, "total_resources", "Total des ressources", montage.plan.total_resources_eur
    )
    page.text(row + 1, 0, "Écart, ressources moins emplois (doit être nul)")
    page.computed(row + 1, AMOUNT, f"{total}-{uses}", 0.0, "eur")
    page.freeze(3)


def _write(page: LivePage, row: int, title: str, lines: list[_Line]) -> int:
    """Write lines under a title; return the row of their total."""
    page.section(row, title)
    page.header(row + 1, ["Ligne", "Nature", "Statut", "Montant (€)"], figures=range(3, 4))
    row += 2
    page.book.places.put("first", "", Cell(page.name, row, AMOUNT))
    for line in lines:
        _line(page, row, line)
        row += 1
    return row


def _line(page: LivePage, row: int, line: _Line) -> Cell:
    page.text(row, 0, line.label, line.role)
    page.text(row, 1, line.nature, line.role)
    page.text(row, 2, line.tenure, line.role)
    cell = page.computed(row, AMOUNT, line.formula, line.value, "eur", line.role)
    return page.book.places.put(line.name, line.tenure, cell)


def _total(page: LivePage, row: int, name: str, label: str, value: float) -> Cell:
    """Add up the lines above."""
    first, last = page.book.places("first"), Cell(page.name, row - 1, AMOUNT)
    return _line(
        page, row,
        _Line(name=name, label=label, nature="", formula=f"SUM({span(first, last)})", value=value,
              role="total"),
    )  # fmt: skip


def _uses(montage: Montage, at: Places) -> Iterator[_Line]:
    """List chapters HT, rooms, the VAT that is a cost, and the fees of sale."""
    operation, costs = montage.operation, montage.operation.costs
    codes = operation.codes
    for chapter, amount in chapter_allocation(costs.price).sum(axis=1).items():
        cells = span(at(f"chapter_{chapter}", codes[0]), at(f"chapter_{chapter}", codes[-1]))
        yield _Line(
            name=f"use_{chapter}", label=LINE_CHAPTERS[str(chapter)], nature="HT",
            formula=f"SUM({cells})", value=float(amount),
        )  # fmt: skip
    rooms = [f"{at('rooms', u)}/(1+{at('vat', u)})" for u in codes]
    yield _Line(
        name="use_rooms", label="Locaux partagés", nature="HT", formula="+".join(rooms),
        value=sum(costs.rooms_ttc_eur[u] / (1 + costs.vat[u]) for u in codes),
    )  # fmt: skip
    taxed = [u for u in codes if is_cost(u)]
    vat = [f"{at('cost_ttc', u)}-{at('cost_ht', u)}" for u in taxed]
    yield _Line(
        name="use_vat", label="TVA du locatif et de la SCIAPP", nature="TVA",
        formula="+".join(vat) or "0",
        value=sum(costs.ttc_eur(u) - costs.ht_eur(u) for u in taxed),
    )  # fmt: skip
    if montage.sales:
        yield _Line(
            name="use_fees", label="Frais de commercialisation", nature="HT",
            formula=str(at(f"promoter_{SALES_CHAPTER}")),
            value=sum(m.sales_fees_ht_eur for m in montage.sales.values()),
        )  # fmt: skip


def _needs(montage: Montage, at: Places) -> Iterator[_Line]:
    needs = montage.plan.need_by_tenure
    for code in montage.rentals:
        yield _Line(
            name="need", label="Fonds propres", nature="locatif", tenure=code,
            value=needs[code], formula=str(at("equity_eur", code)),
        )  # fmt: skip
    for code in montage.sales:
        yield _Line(
            name="need", label="Marge HT, en moins", nature="vente", tenure=code,
            value=needs[code], formula=f"-{at('margin', code)}",
        )  # fmt: skip
    if montage.sciapp is not None:
        paid = [at("first_shares", SCIAPP), at("sciapp_loan", SCIAPP)]
        less = "".join(f"-{cell}" for cell in paid)
        yield _Line(
            name="need", label="Coût, moins les parts, le prêt et les subventions",
            nature="progressif", tenure=SCIAPP, value=needs[SCIAPP],
            formula=f"MAX(0,{at('cost_ttc', SCIAPP)}{less}-({_sciapp_subsidies(montage, at)}))",
        )  # fmt: skip


def _sciapp_subsidies(montage: Montage, at: Places) -> str:
    operation = montage.operation
    given = [
        f"{at(subsidy_name(operation, giver), SCIAPP)}*{at('dwellings', SCIAPP)}"
        for giver in operation.terms(SCIAPP).subsidy_by_giver
    ]
    return "+".join(given) or "0"


def _granted(montage: Montage, at: Places) -> Iterator[_Line]:
    """List the subsidies by tenure and giver."""
    operation = montage.operation
    plans = {code: m.account.plan.subsidies for code, m in montage.rentals.items()}
    plans |= {code: m.subsidies for code, m in montage.sales.items()}
    if montage.sciapp is not None:
        plans[SCIAPP] = subsidies_of(operation, SCIAPP)
    for code, by_giver in plans.items():
        for giver, amount in by_giver.items():
            name = subsidy_name(operation, giver)
            yield _Line(
                name=f"granted_{name}", label=giver, nature="subvention", tenure=code,
                value=amount, formula=f"{at(name, code)}*{at('dwellings', code)}",
            )  # fmt: skip


def _lent(montage: Montage, at: Places) -> Iterator[_Line]:
    for code, m in montage.rentals.items():
        for loan in m.account.plan.loans:
            yield _Line(
                name=f"lent_{loan.id}", label=loan.label, nature="prêt", tenure=code,
                value=loan.amount_eur or 0.0, formula=str(at(f"{loan.id}_eur", code)),
            )  # fmt: skip
    if montage.sciapp is not None:
        loan = montage.sciapp.loan
        yield _Line(
            name="lent_sciapp", label=loan.label, nature="prêt", tenure=SCIAPP,
            value=loan.amount_eur or 0.0, formula=str(at("sciapp_loan", SCIAPP)),
        )  # fmt: skip


def _sold(montage: Montage, at: Places) -> Iterator[_Line]:
    for code, m in montage.sales.items():
        yield _Line(
            name="sold", label="Ventes HT", nature="vente", tenure=code,
            value=m.turnover_ht_eur, formula=str(at("turnover", code)),
        )  # fmt: skip
        if m.ofs_land_ht_eur:
            yield _Line(
                name="sold_ofs", label="Foncier payé par l'OFS, HT", nature="vente à l'OFS",
                tenure=code, value=m.ofs_land_ht_eur, formula=str(at("ofs_received", code)),
            )  # fmt: skip
    if montage.sciapp is not None:
        yield _Line(
            name="sold_shares", label="Parts initiales", nature="parts", tenure=SCIAPP,
            value=montage.sciapp.first_shares_eur, formula=str(at("first_shares", SCIAPP)),
        )  # fmt: skip


def _found(page: LivePage, row: int, montage: Montage) -> int:
    """Meet the need: equity, then the top-up, each up to its limit; the rest is missing."""
    at, plan = page.book.places, montage.plan
    need = at("need")
    found = f"MAX(0,{need})"
    limit, most, topup = at("equity_max"), at("subsidy_max"), at("topup_max")
    given = [cell for (name, _), cell in at.cells.items() if name.startswith("granted_")]
    granted = f"SUM({span(given[0], given[-1])})" if given else "0"
    left = f"IF(ISNUMBER({most}),MAX(0,{most}-{granted}),{found})"
    steps = [
        ("equity", "Fonds propres de la coopérative", "fonds propres",
         f"IF(ISNUMBER({limit}),MIN({found},{limit}),{found})", plan.equity_eur),
        ("topup", "Subvention complémentaire à obtenir", "subvention",
         f"MIN({found}-{Cell(page.name, row, AMOUNT)},{topup},{left})", plan.topup_eur),
        ("missing", "Reste à trouver", "à trouver",
         f"{found}-{Cell(page.name, row, AMOUNT)}-{Cell(page.name, row + 1, AMOUNT)}",
         plan.missing_eur),
        ("surplus", "Excédent de l'opération, en moins", "excédent", f"-MAX(0,-{need})",
         -plan.surplus_eur),
        ("overflow", "Ressources en trop, à réduire", "en trop",
         _overflow(montage, at), -plan.overflow_eur),
    ]  # fmt: skip
    for name, label, nature, formula, value in steps:
        _line(
            page, row,
            _Line(name=name, label=label, nature=nature, formula=formula, value=value),
        )  # fmt: skip
        row += 1
    page.book.name("fonds_propres_operation", at("equity"))
    return row


def _overflow(montage: Montage, at: Places) -> str:
    """Add up what the resources of each tenure have above its cost, as a negative resource."""
    over = [str(at("overflow_eur", code)) for code in montage.rentals]
    if montage.sciapp is not None:
        paid = f"{at('first_shares', SCIAPP)}+{_sciapp_subsidies(montage, at)}"
        over.append(f"MAX(0,{paid}-{at('cost_ttc', SCIAPP)})")
    return f"-({'+'.join(over) or '0'})"
