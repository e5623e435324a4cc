"""The prix de revient in a report: by chapter, by line and by tenure, with the usual ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.costs import FAMILIES
from habitat_analysis.formats import euros, percent, typeset
from habitat_analysis.report.charts import cost_breakdown
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Sheet, sheet

CHAPTERS: Final[Mapping[str, str]] = {
    "foncier": "Charge foncière",
    "travaux": "Bâtiment et travaux",
    "honoraires": "Prestations intellectuelles",
    "frais_financiers": "Frais financiers",
}
HALF_EURO: Final = 0.5  # below, two amounts are written alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a cost is divided by: surfaces in m² and dwellings, shared rooms apart."""

    sdp_m2: float
    shab_m2: float
    su_m2: float
    dwellings: float

    def ratios(self, amount: float) -> dict[str, float]:
        """Divide an amount by each base; NaN where there is none."""
        bases = {"sdp": self.sdp_m2, "shab": self.shab_m2, "su": self.su_m2, "unit": self.dwellings}
        return {name: amount / base if base else float("nan") for name, base in bases.items()}


RATIO_COLUMNS: Final = (
    Column(name="sdp", header="€/m² SDP", kind="whole"),
    Column(name="shab", header="€/m² SHAB", kind="whole"),
    Column(name="su", header="€/m² SU", kind="whole"),
    Column(name="unit", header="€ par logement", kind="whole"),
)


def cost_chapters(feasibility: Feasibility) -> Sheet | None:
    """Give the prix de revient HT by chapter, with its ratios; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    base, total = _base(feasibility), costs.price.total_ht_eur
    rows = [
        _ratio_row(CHAPTERS[family], costs.price.by_family[family], total, base)
        for family in FAMILIES
    ]
    rows.append(_ratio_row("Prix de revient HT, locaux partagés à part", total, total, base))
    columns = [
        Column(name="what", header="Chapitre"),
        Column(name="amount", header="Montant HT (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
        *RATIO_COLUMNS,
    ]
    caption = "Prix de revient prévisionnel HT par chapitre"
    return sheet("Prix de revient", caption, rows, columns, total=True, notes=[_BASE_NOTE])


def cost_lines(feasibility: Feasibility) -> Sheet | None:
    """Give the prix de revient HT line by line; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    total = costs.price.total_ht_eur
    base = _base(feasibility)
    ordered = sorted(costs.price.lines, key=lambda line: FAMILIES.index(line.family))
    rows: list[dict[str, Any]] = [
        _ratio_row(line.label, line.amount_ht_eur, total, base) | {"family": CHAPTERS[line.family]}
        for line in ordered
        if abs(line.amount_ht_eur) >= 0.5
    ]
    rows.append(_ratio_row("Total HT", total, total, base) | {"family": ""})
    columns = [
        Column(name="what", header="Poste"),
        Column(name="family", header="Chapitre", absent=""),
        Column(name="amount", header="Montant HT (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
        Column(name="shab", header="€/m² SHAB", kind="whole"),
        Column(name="unit", header="€ par logement", kind="whole"),
    ]
    caption = "Prix de revient prévisionnel HT poste par poste"
    return sheet("Postes", caption, rows, columns, total=True)


def cost_by_tenure(feasibility: Feasibility) -> Sheet | None:
    """Give the prix de revient of each tenure, HT and TTC; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    vat = {terms.id: terms.vat for terms in feasibility.file.case.tenures}
    rows = [
        _tenure_row(
            tenure_label(str(code)),
            ht=costs.price.ht[str(code)],
            ttc=costs.price.ttc[str(code)],
            quantities=costs.quantities.loc[code],
        )
        | {"vat": vat[str(code)]}
        for code in costs.quantities.index
    ]
    rooms = costs.spaces_ttc_eur
    if rooms:
        rows.append({"what": "Locaux partagés", "ttc": rooms, "vat": None, "dwellings": None})
    rows.append(
        _tenure_row(
            "Total",
            ht=costs.price.total_ht_eur,
            ttc=costs.total_ttc_eur,
            quantities=costs.quantities.sum(),
        )
    )
    columns = [
        Column(name="what", header="Statut"),
        Column(name="dwellings", header="Logements", kind="whole", absent=""),
        Column(name="ht", header="Coût HT (€)", kind="whole", absent=""),
        Column(name="vat", header="TVA", kind="share", absent=""),
        Column(name="ttc", header="Coût TTC (€)", kind="whole", absent=""),
        Column(name="shab", header="€ TTC/m² SHAB", kind="whole", absent=""),
        Column(name="su", header="€ TTC/m² SU", kind="whole", absent=""),
        Column(name="unit", header="€ TTC par logement", kind="whole", absent=""),
    ]
    notes = ["Les locaux partagés sont comptés TTC, tels que l'étude les donne."] if rooms else []
    caption = "Prix de revient prévisionnel par statut, HT et TTC"
    return sheet("Coût par statut", caption, rows, columns, total=True, notes=notes)


def reconciliation(feasibility: Feasibility) -> str:
    """Say by how much the model and the detailed accounts differ, in euros and in percent."""
    costs = feasibility.costs
    if costs is None:
        return ""
    share = costs.gap_eur / costs.total_ttc_eur if costs.total_ttc_eur else 0.0
    return typeset(
        f"Rapprochement : le calcul du programme retient {euros(costs.model_ttc_eur)} TTC, les "
        f"comptes détaillés {euros(costs.total_ttc_eur)} TTC, soit un écart de "
        f"{euros(costs.gap_eur, signed=True)} ({percent(share, 2, signed=True)}). Il vient de la "
        "TVA des charges fixes, prise à un taux unique dans le calcul et au taux de chaque statut "
        "dans les comptes."
    )


def plan_and_accounts(feasibility: Feasibility) -> str:
    """Say which cost the plan de financement balances, and what the detailed accounts add."""
    costs = feasibility.costs
    if costs is None:
        return ""
    said = (
        f"Le plan équilibre le coût du calcul ({euros(costs.model_ttc_eur)}). Les comptes "
        "détaillés, avec la TVA propre à chaque statut, donnent "
        f"{euros(costs.total_ttc_eur)}"
    )
    more = -costs.gap_eur
    if abs(more) < HALF_EURO:
        return typeset(f"{said}, le même montant.")
    way = "en plus" if more > 0 else "en moins"
    share = percent(abs(more) / costs.total_ttc_eur)
    return typeset(f"{said}, soit {euros(abs(more))} à trouver {way} : {share} du prix de revient.")


def cost_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the prix de revient HT line by line; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    ordered = sorted(costs.price.lines, key=lambda line: FAMILIES.index(line.family))
    table = pd.DataFrame(
        [
            {"line": line.label, "family": CHAPTERS[line.family], "amount_eur": line.amount_ht_eur}
            for line in ordered
            if abs(line.amount_ht_eur) >= 0.5
        ]
    )
    title = "Prix de revient, locaux partagés à part"
    return cost_breakdown(table, tax="HT", title=title, sources=study_sources(feasibility.ground))


_BASE_NOTE: Final = (
    "Surfaces des logements seuls : SDP (surface de plancher), SHAB (surface habitable), SU "
    "(surface utile)."
)


def _base(feasibility: Feasibility) -> Base:
    costs = feasibility.costs
    if costs is None:
        msg = "Expected a feasibility with a programme."
        raise UsageError(msg)
    totals = costs.quantities.sum()
    return Base(
        sdp_m2=float(totals["shab"]) * feasibility.file.sdp_per_shab,
        shab_m2=float(totals["shab"]),
        su_m2=float(totals["su"]),
        dwellings=float(totals["dwellings"]),
    )


def _ratio_row(what: str, amount: float, total: float, base: Base) -> dict[str, Any]:
    share = amount / total if total else float("nan")
    return {"what": what, "amount": amount, "share": share, **base.ratios(amount)}


def _tenure_row(what: str, *, ht: float, ttc: float, quantities: pd.Series) -> dict[str, Any]:
    return {
        "what": what,
        "dwellings": quantities["dwellings"],
        "ht": ht,
        "ttc": ttc,
        "shab": ttc / quantities["shab"],
        "su": ttc / quantities["su"],
        "unit": ttc / quantities["dwellings"],
    }
