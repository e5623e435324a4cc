"""Reference households in `resultats.json`: the key « accessibilite ». None of them exists."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.nouns import Feasibility

CENTS = 2
SHARE_DECIMALS = 4


class _Part(BaseModel):
    """A part of the results: no key outside the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StatutDuMenageR(_Part):
    """One tenure before a reference household; euros, by month where said."""

    statut: str
    ouvert: bool  # ressources sous le plafond
    possible: bool
    depense_mensuelle: float
    effort: float | None
    reste_a_vivre_uc: float
    prix_max: float | None
    prix_max_sans_ptz: float | None
    prix_max_taux_plus_1: float | None
    limite: str  # celle qui bloque, ou la plus proche
    marge: float


class MenageTypeR(_Part):
    """A reference household: invented, never of the group."""

    menage: str
    revenu_mensuel: float
    rfr: float
    epargne: float
    typologie: str
    statuts: list[StatutDuMenageR]


class AccessibiliteR(_Part):
    """What reference households can live in and pay."""

    revenus: str
    menages: list[MenageTypeR]


def household_results(feasibility: Feasibility) -> AccessibiliteR:
    """Publish the reference households of a site."""
    references = feasibility.references
    cells = dict(iter(references.cells.groupby("label", sort=False)))
    return AccessibiliteR(
        revenus=references.levels,
        menages=[
            MenageTypeR(
                menage=row["label"],
                revenu_mensuel=round(row["income_month_eur"], CENTS),
                rfr=round(row["rfr_eur"], CENTS),
                epargne=round(row["savings_eur"], CENTS),
                typologie=row["typology"],
                statuts=[
                    _tenure({str(key): value for key, value in cell.items()})
                    for cell in (
                        cells[row["label"]].to_dict("records") if row["label"] in cells else []
                    )
                ],
            )
            for row in references.households.to_dict("records")
        ],
    )


def _tenure(cell: dict[str, object]) -> StatutDuMenageR:
    return StatutDuMenageR(
        statut=str(cell["tenure"]),
        ouvert=bool(cell["eligible"]),
        possible=bool(cell["feasible"]),
        depense_mensuelle=_money(cell["outlay_month_eur"]) or 0.0,
        effort=_rounded(cell["effort"], SHARE_DECIMALS),
        reste_a_vivre_uc=_money(cell["residual_uc_eur"]) or 0.0,
        prix_max=_money(cell["price_max_eur"]),
        prix_max_sans_ptz=_money(cell["price_max_without_ptz_eur"]),
        prix_max_taux_plus_1=_money(cell["price_max_rate_raised_eur"]),
        limite=str(cell["binding"]),
        marge=_money(cell["margin_eur"]) or 0.0,
    )


def _money(value: object) -> float | None:
    return _rounded(value, CENTS)


def _rounded(value: object, decimals: int) -> float | None:
    number = float(value) if isinstance(value, int | float) else math.nan
    return None if math.isnan(number) else round(number, decimals)
