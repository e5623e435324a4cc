"""« Compte PLAI »: the operating account of a rental tenure, every line a formula of its year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from habitat_analysis.finance.rental_account import LINES
from habitat_analysis.report.live_cells import LivePage, Series
from habitat_analysis.report.live_tenure import CHARGES, FIRST_ROW, INDICES, LiveTenure

INDEX_TITLES = {
    "index_rent": "Indice des loyers",
    "index_charges": "Indice des charges",
    "index_repairs": "Indice du gros entretien",
    "index_tfpb": "Indice de la taxe foncière",
}


def write_account(page: LivePage, tenure: LiveTenure) -> None:
    """Write the account of a tenure, one row a year."""
    columns = [
        *_years(tenure),
        *_indices(tenure),
        *_operating(tenure),
        *_annuities(tenure),
        *_results(tenure),
    ]
    page.opening(
        f"Compte d'exploitation {tenure.code} (euros courants par an)",
        "Loyers, charges et annuités, année par année.",
        widths=[7, 7, *[10.0] * len(INDICES), *[14.5] * (len(columns) - 4 - len(INDICES)), 18, 18],
    )
    page.grid(FIRST_ROW - 1, columns, rows=tenure.horizon)
    page.freeze(FIRST_ROW, 2, repeat=True)


def _years(tenure: LiveTenure) -> Iterator[Series]:
    grid, paths = tenure.account, tenure.paths
    first = tenure.operation.paths.first_year
    ranks = range(tenure.horizon)
    yield Series(
        name="year", header="Année", kind="year", values=[k + 1 for k in ranks],
        formula=lambda k: str(paths.at("year", k)),
    )  # fmt: skip
    yield Series(
        name="calendar", header="Année civile", kind="year", values=[first + k for k in ranks],
        formula=lambda k: f"{tenure.places('first_year')}+{grid.at('year', k)}-1",
    )  # fmt: skip


def _indices(tenure: LiveTenure) -> Iterator[Series]:
    grid, paths, indices = tenure.account, tenure.paths, tenure.operation.paths.indices
    values = (indices.rent, indices.charges, indices.repairs, indices.tfpb)
    for (name, series), known in zip(INDICES.items(), values, strict=True):

        def formula(k: int, name: str = name, series: str = series) -> str:
            grown = f"(1+{paths.at(series, k)})"
            return f"{grid.at(name, k - 1)}*{grown}" if k else f"1*{grown}"

        yield Series(
            name=name,
            header=INDEX_TITLES[name],
            kind="index",
            values=known.tolist(),
            formula=formula,
        )


def _operating(tenure: LiveTenure) -> Iterator[Series]:
    """Write rents and charges; charges are positive, as in the report."""
    grid, at, lines = tenure.account, tenure.at, tenure.montage.account.lines
    n = at("dwellings")

    def line(name: str, k: int) -> str:
        rent, year = grid.at("rent", k), grid.at("year", k)
        charges, repairs = grid.at("index_charges", k), grid.at("index_repairs", k)
        tfpb = f"{at('tfpb')}*{n}*{grid.at('index_tfpb', k)}"
        return {
            "rent": f"12*({at('rent')}*{at('su')}+{at('annex_rent')}*{n})"
            f"*{grid.at('index_rent', k)}",
            "losses": f"{rent}*{at('loss')}",
            "management": f"{at('management')}*{n}*{charges}",
            "maintenance": f"{at('maintenance')}*{n}*{charges}",
            "insurance": f"{at('insurance')}*{n}*{charges}",
            "levies": f"{rent}*{at('levies')}",
            "major_repairs": f"IF({year}>{at('repairs_free')},"
            f"{at('repairs')}*{at('building_cost')}*{repairs},0)",
            "tfpb": f"IF({year}>{at('tfpb_exempt')},{tfpb},0)",
        }[name]

    for name in ("rent", *CHARGES):
        yield Series(
            name=name, header=f"{LINES[name]} (€/an)", kind="eur", values=list(lines[name]),
            formula=lambda k, name=name: line(name, k),  # type: ignore[misc]
        )  # fmt: skip


def _annuities(tenure: LiveTenure) -> Iterator[Series]:
    grid, account = tenure.account, tenure.montage.account
    for loan in tenure.loans:
        paid = account.schedules[loan.id].payments[: tenure.horizon]
        yield Series(
            name=f"loan_{loan.id}", header=f"Annuité, {loan.label} (€/an)", kind="eur",
            values=[*paid, *[0.0] * (tenure.horizon - len(paid))],
            formula=lambda k, loan=loan: str(  # type: ignore[misc]
                tenure.schedules[loan.id].at("payment", k + 1)
            ),
        )  # fmt: skip
    names = [f"loan_{loan.id}" for loan in tenure.loans]
    yield Series(
        name="annuities", header="Annuités en tout (€/an)", kind="eur",
        values=list(account.lines["annuities"]),
        formula=lambda k: f"SUM({grid.across(names[0], names[-1], k)})",
    )  # fmt: skip


def _results(tenure: LiveTenure) -> Iterator[Series]:
    grid, account = tenure.account, tenure.montage.account
    placed = tenure.places("placement")

    def net(k: int) -> str:
        charges = grid.across(CHARGES[0], CHARGES[-1], k)
        return f"{grid.at('rent', k)}-SUM({charges})-{grid.at('annuities', k)}"

    def cumulative(k: int) -> str:
        before = f"{grid.at('cumulative', k - 1)}*(1+{placed})+" if k else ""
        return f"{before}{grid.at('net', k)}"

    yield Series(
        name="net", header=f"{LINES['net']} (€/an)", kind="eur", total=True,
        values=list(account.lines["net"]), formula=net,
    )  # fmt: skip
    yield Series(
        name="cumulative", header="Trésorerie cumulée, fin d'année (€)", kind="eur", total=True,
        values=list(np.asarray(account.cumulative)), formula=cumulative,
    )  # fmt: skip
