"""« Compte OFS »: the land of the BRS lots, year by year, and the fee that balances it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from habitat_analysis.montage import Montage
from habitat_analysis.montage.brs import CODE, BrsMontage
from habitat_analysis.report.live_cells import Cell, Grid, LivePage, Series
from habitat_analysis.report.live_input_rows import Row

SHEET: Final = "Compte OFS"
TITLE: Final = "BRS : organisme de foncier solidaire (OFS)"
HEAD_ROW: Final = 3
FIRST_ROW: Final = 11
NAMES: Final = (
    "year", "fees", "annuity", "management", "net", "cumulative", "unit", "cum_cost", "cum_unit",
)  # fmt: skip


def ofs_rows(brs: BrsMontage) -> list[Row]:
    """List the inputs of the account of the OFS."""
    terms, stated = brs.terms, "étude, statuts.BRS"

    def row(name: str, label: str, kind: str, unit: str, source: str, value: float) -> Row:
        return Row(
            name=name, label=label, kind=kind, unit=unit, source=source,  # type: ignore[arg-type]
            values={CODE: value},
        )  # fmt: skip

    return [
        row("ofs_land_cost", "Terrain payé par l'OFS", "eur", "€ HT", f"{stated} ou coût du sol",
            terms.land_cost_eur),
        row("ofs_rate", "Prêt de l'OFS : taux", "rate", "part par an", f"{stated} ou barème",
            terms.loan_rate),
        row("ofs_years", "Prêt de l'OFS : durée", "whole", "ans", f"{stated} ou barème",
            terms.loan_years),
        row("ofs_management", "Gestion de l'OFS", "eur2", "€/logement par an",
            f"{stated}.gestion_ofs_par_logement", terms.management_eur_dwelling_year),
        row("ofs_loss", "Redevances impayées", "rate", "part", "étude, exploitation",
            terms.loss_rate),
        row("ofs_fee", "Redevance retenue", "eur2", "€/m² SHAB par mois",
            f"{stated}.redevance_ofs_m2_mois", terms.fee_m2_month_eur),
        row("ofs_fee_growth", "Hausse de la redevance", "rate", "part par an",
            "indice des loyers à long terme", terms.fee_growth),
        row("ofs_cost_growth", "Hausse de la gestion", "rate", "part par an",
            "charges à long terme", terms.cost_growth),
    ]  # fmt: skip


def write_ofs(page: LivePage, montage: Montage) -> None:
    """Write the account of the OFS, one row a year of its loan."""
    brs = montage.brs
    if brs is None:
        return
    columns = list(_columns(page, brs))
    page.opening(
        "Compte de l'organisme de foncier solidaire (euros courants par an)",
        "Redevances, annuité du terrain et gestion, année par année.",
        widths=[40, *[15.0] * (len(columns) - 1)],
    )
    _head(page, brs)
    page.grid(FIRST_ROW - 1, columns, rows=brs.terms.loan_years)
    page.freeze(FIRST_ROW, 1, repeat=True)


def _grid(brs: BrsMontage) -> Grid:
    return Grid(sheet=SHEET, first_row=FIRST_ROW, names=NAMES, rows=brs.terms.loan_years)


def _annuity_cell() -> Cell:
    return Cell(SHEET, HEAD_ROW, 1)


def _head(page: LivePage, brs: BrsMontage) -> None:
    """Write the annuity, the least fee, and what the fee kept leaves."""
    places, grid, account = page.book.places, _grid(brs), brs.account
    rate, years = places("ofs_rate", CODE), places("ofs_years", CODE)
    land = places("ofs_land_cost", CODE)
    ratios = f"{grid.all('cum_cost')}/{grid.all('cum_unit')}"
    treasury = [row.cumulative_eur for row in account.rows]
    lines = (
        ("Annuité du terrain (€/an)", f"IF({rate}=0,{land}/{years},-PMT({rate},{years},{land}))",
         account.annuity_eur, "eur2"),
        ("Redevance minimale (€/m² SHAB par mois)", f"SUMPRODUCT(MAX({ratios}))",
         account.fee_min_balanced_m2_month_eur, "index"),
        ("Redevance moyenne d'un logement (€/mois)",
         f"{places('ofs_fee', CODE)}*{places('shab', CODE)}/{places('dwellings', CODE)}",
         account.fee_month_dwelling_eur, "eur2"),
        ("Trésorerie la plus basse (€)", f"MIN({grid.all('cumulative')})", min(treasury), "eur"),
        ("Trésorerie à la fin du prêt (€)", str(grid.at("cumulative", grid.rows - 1)),
         treasury[-1], "eur"),
    )  # fmt: skip
    for rank, (label, formula, value, kind) in enumerate(lines):
        page.text(HEAD_ROW + rank, 0, label)
        page.computed(HEAD_ROW + rank, 1, formula, value, kind)  # type: ignore[arg-type]


def _columns(page: LivePage, brs: BrsMontage) -> Iterator[Series]:
    grid, places, rows = _grid(brs), page.book.places, brs.account.rows
    unit, cum_cost, cum_unit = _one_euro(brs)

    def at(name: str) -> Cell:
        return places(name, CODE)

    def power(k: int, growth: str) -> str:
        return f"(1+{at(growth)})^({grid.at('year', k)}-1)"

    def followed(k: int, name: str, more: str) -> str:
        before = f"{grid.at(name, k - 1)}*(1+{places('placement')})+" if k else ""
        return f"{before}{more}"

    yield Series(name="year", header="Année", kind="year", values=[row.year for row in rows],
                 formula=lambda k: f"{grid.at('year', k - 1)}+1" if k else "1")  # fmt: skip
    yield Series(name="fees", header="Redevances encaissées (€/an)", kind="eur",
                 values=[row.fees_eur for row in rows],
                 formula=lambda k: f"{at('ofs_fee')}*{grid.at('unit', k)}")  # fmt: skip
    yield Series(name="annuity", header="Annuité du terrain (€/an)", kind="eur",
                 values=[row.annuity_eur for row in rows],
                 formula=lambda _: str(_annuity_cell()))  # fmt: skip
    yield Series(
        name="management", header="Gestion (€/an)", kind="eur",
        values=[row.management_eur for row in rows],
        formula=lambda k: f"{at('ofs_management')}*{at('dwellings')}*{power(k, 'ofs_cost_growth')}",
    )  # fmt: skip
    yield Series(
        name="net", header="Résultat (€/an)", kind="eur", total=True,
        values=[row.net_eur for row in rows],
        formula=lambda k: f"{grid.at('fees', k)}-SUM({grid.across('annuity', 'management', k)})",
    )  # fmt: skip
    yield Series(name="cumulative", header="Trésorerie cumulée (€)", kind="eur", total=True,
                 values=[row.cumulative_eur for row in rows],
                 formula=lambda k: followed(k, "cumulative", str(grid.at("net", k))))  # fmt: skip
    yield Series(
        name="unit", header="Redevances pour 1 €/m² par mois (€/an)", kind="eur", values=unit,
        formula=lambda k: f"12*{at('shab')}*(1-{at('ofs_loss')})*{power(k, 'ofs_fee_growth')}",
    )  # fmt: skip
    yield Series(
        name="cum_cost", header="Dépenses cumulées et placées (€)", kind="eur", values=cum_cost,
        formula=lambda k: followed(
            k, "cum_cost", f"{grid.at('annuity', k)}+{grid.at('management', k)}"
        ),
    )  # fmt: skip
    yield Series(name="cum_unit", header="Redevances de 1 € cumulées et placées (€)", kind="eur",
                 values=cum_unit,
                 formula=lambda k: followed(k, "cum_unit", str(grid.at("unit", k))))  # fmt: skip


def _one_euro(brs: BrsMontage) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """Follow what a fee of one euro brings and what the OFS spends, both placed."""
    terms = brs.terms
    unit, cum_cost, cum_unit = [], [], []
    cost = earned = 0.0
    for row in brs.account.rows:
        grown = (1 + terms.fee_growth) ** (row.year - 1)
        unit.append(12 * terms.shab_m2 * (1 - terms.loss_rate) * grown)
        cost = cost * (1 + terms.placement_rate) + row.annuity_eur + row.management_eur
        earned = earned * (1 + terms.placement_rate) + unit[-1]
        cum_cost.append(cost)
        cum_unit.append(earned)
    return unit, cum_cost, cum_unit
