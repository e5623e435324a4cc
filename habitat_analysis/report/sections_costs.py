"""The prix de revient in a report: by chapter, by line and by tenure, with the usual ratios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.costs import CostLine
from habitat_analysis.formats import euros, number, percent, typeset
from habitat_analysis.montage import DetailedCosts
from habitat_analysis.montage.costs import key_effects, room_shares
from habitat_analysis.report.charts_montage import cost_waterfall
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.tenures import tenure

CHAPTERS: Final[Mapping[str, str]] = {
    "foncier": "Charge foncière",
    "travaux": "Bâtiment et travaux",
    "honoraires": "Prestations intellectuelles",
    "frais_financiers": "Frais financiers",
}
LINE_CHAPTERS: Final[Mapping[str, str]] = {
    "foncier": "Charge foncière",
    "batiment": "Bâtiment et travaux",
    "imprevus": "Aléas",
    "revisions": "Révisions de prix",
    "prestations": "Prestations intellectuelles",
    "assurances": "Assurances",
    "conduite": "Conduite d'opération",
    "frais_financiers": "Frais financiers",
}
KEY_LABELS: Final[Mapping[str, str]] = {
    "shab": "SHAB",
    "su": "SU",
    "dwellings": "logement",
    "parking": "place",
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
    """Give the prix de revient by chapter, HT then TTC, with its ratios; None without programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    base, total = _base(feasibility), costs.total_ttc_eur
    amounts = costs.chapters.sum(axis=1)
    rows = [
        _ratio_row(LINE_CHAPTERS[str(chapter)], float(amount), total, base)
        for chapter, amount in amounts.items()
        if abs(amount) >= HALF_EURO
    ]
    ht, vat = costs.price.total_ht_eur, costs.price.total_ttc_eur - costs.price.total_ht_eur
    rows.append(_ratio_row("Sous-total HT", ht, total, base))
    rows.append(_ratio_row("TVA (au taux de chaque statut)", vat, total, base))
    if costs.spaces_ttc_eur:
        rows.append(_ratio_row("Locaux partagés, TTC", costs.spaces_ttc_eur, total, base))
    rows.append(_ratio_row("Prix de revient TTC", total, total, base))
    columns = [
        Column(name="what", header="Chapitre"),
        Column(name="amount", header="Montant (€)", kind="whole"),
        Column(name="share", header="Part du TTC", kind="share"),
        *RATIO_COLUMNS,
    ]
    caption = "Prix de revient prévisionnel par chapitre, du HT au TTC"
    return sheet("Prix de revient", caption, rows, columns, total=True, notes=[_BASE_NOTE])


def cost_lines(feasibility: Feasibility) -> Sheet | None:
    """Give the prix de revient HT line by line, with its key; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    total = costs.price.total_ht_eur
    base = _base(feasibility)
    default = feasibility.file.parameters.default_key
    rows: list[dict[str, Any]] = [
        _ratio_row(line.label, line.amount_ht_eur, total, base)
        | {
            "family": LINE_CHAPTERS[line.chapter],
            "key": line.tenure or KEY_LABELS[line.key or default],
        }
        for line in _ordered(costs.price.lines)
        if abs(line.amount_ht_eur) >= HALF_EURO
    ]
    rows.append(_ratio_row("Total HT", total, total, base) | {"family": "", "key": ""})
    columns = [
        Column(name="what", header="Poste"),
        Column(name="family", header="Chapitre", absent=""),
        Column(name="amount", header="Montant HT (€)", kind="whole"),
        Column(name="share", header="Part", kind="share"),
        Column(name="shab", header="€ HT/m² SHAB", kind="whole"),
        Column(name="unit", header="€ HT par logement", kind="whole"),
        Column(name="key", header="Réparti entre statuts par", absent=""),
    ]
    caption = "Prix de revient prévisionnel HT poste par poste"
    return sheet("Postes", caption, rows, columns, total=True)


def cost_matrix(feasibility: Feasibility) -> tuple[Sheet, ...]:
    """Give the chapters of each tenure, then its VAT and its rooms: rental side, sale side."""
    costs = feasibility.costs
    if costs is None:
        return ()
    sides = (("Coût du locatif", ("rental", "progressive")), ("Coût de l'accession", ("sale",)))
    made = []
    for name, kinds in sides:
        codes = [str(u) for u in costs.quantities.index if tenure(str(u)).kind in kinds]
        if codes:
            made.append(_matrix(costs, codes, name))
    return tuple(made)


def key_table(feasibility: Feasibility) -> Sheet | None:
    """Say what another allocation key changes for a dwelling; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    effects = key_effects(costs, feasibility.file)
    kept = feasibility.file.parameters.default_key
    rows = [
        {"what": tenure_label(str(code)), **{key: row[key] for key in effects.columns}}
        | {f"{key}_gap": row[key] - row[kept] for key in effects.columns if key != kept}
        for code, row in effects.to_dict("index").items()
    ]
    columns = [Column(name="what", header="Statut")]
    columns += [
        Column(name=str(key), header=f"Par {KEY_LABELS[str(key)]} (€ TTC)", kind="whole")
        for key in effects.columns
    ]
    columns += [
        Column(
            name=f"{key}_gap",
            header=f"Écart par {KEY_LABELS[str(key)]} (€)",
            kind="whole",
        )
        for key in effects.columns
        if key != kept
    ]
    notes = [
        (
            f"Clé retenue : {KEY_LABELS[kept]}. Prix de revient TTC d'un logement, locaux partagés "
            "à part, si les postes sans clé propre étaient répartis autrement. Le total de "
            "l'opération ne change pas avant TVA."
        )
    ]
    caption = "Effet de la clé de répartition sur un logement"
    return sheet("Clés", caption, rows, columns, notes=notes)


def room_table(feasibility: Feasibility) -> Sheet | None:
    """Say what a dwelling gives up and pays for the shared rooms; None without any room."""
    programme = feasibility.programme
    shared = None if programme is None else room_shares(feasibility.file, programme)
    if shared is None:
        return None
    rows = [
        {"what": str(size), "count": row["count"], "m2": row["m2"], "cost": row["cost_eur"]}
        for size, row in shared.per_dwelling.to_dict("index").items()
    ]
    columns = [
        Column(name="what", header="Typologie"),
        Column(name="count", header="Logements", kind="whole"),
        Column(name="m2", header="Surface donnée par logement (m² SHAB)", kind="decimal"),
        Column(name="cost", header="Coût TTC par logement (€)", kind="whole"),
    ]
    notes = [
        (
            f"Chaque logement, locatif compris, donne et paie selon sa surface. Les locaux font "
            f"{number(shared.area_m2, 1)} m² et {percent(shared.share_of_shab)} de la SHAB "
            f"privée ; à coût égal du bâtiment, le m² privé est multiplié par "
            f"{number(shared.price_factor, 3)}. Un jardin compte pour son coût, sans m² de SHAB."
        )
    ]
    caption = "Ce que chaque logement donne et paie pour les locaux partagés"
    return sheet("Part des locaux", caption, rows, columns, notes=notes)


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
    return typeset(f"{said}, soit {euros(abs(more))} de coût {way} : {share} du prix de revient.")


def waterfall_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the prix de revient chapter after chapter, from HT to TTC; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    steps = [
        {"step": LINE_CHAPTERS[str(chapter)], "amount_eur": float(amount), "kind": "ht"}
        for chapter, amount in costs.chapters.sum(axis=1).items()
        if abs(amount) >= HALF_EURO
    ]
    rooms = sum(part / (1 + costs.vat[code]) for code, part in costs.rooms_ttc_eur.items())
    if rooms:
        steps.append({"step": "Locaux partagés", "amount_eur": rooms, "kind": "ht"})
    vat = costs.total_ttc_eur - costs.price.total_ht_eur - rooms
    steps.append({"step": "TVA", "amount_eur": vat, "kind": "tva"})
    return cost_waterfall(pd.DataFrame(steps), sources=study_sources(feasibility.ground))


def _ordered(lines: Sequence[CostLine]) -> list[CostLine]:
    order = list(LINE_CHAPTERS)
    return sorted(lines, key=lambda line: order.index(line.chapter))


def _matrix(costs: DetailedCosts, codes: list[str], name: str) -> Sheet:
    """Lay out chapters by tenure, HT, then what makes them TTC."""
    table = costs.chapters[codes]
    rows: list[dict[str, Any]] = [
        {"what": LINE_CHAPTERS[str(chapter)], **{u: float(values[u]) for u in codes}}
        for chapter, values in table.iterrows()
        if (values.abs() >= HALF_EURO).any()
    ]
    rows.append({"what": "Total HT", **{u: costs.price.ht[u] for u in codes}})
    rows.append({"what": "TVA", **{u: costs.price.ttc[u] - costs.price.ht[u] for u in codes}})
    rooms = costs.rooms_ttc_eur
    if costs.spaces_ttc_eur:
        rows.append({"what": "Locaux partagés, TTC", **{u: rooms[u] for u in codes}})
    rows.append({"what": "Prix de revient TTC", **{u: costs.ttc_eur(u) for u in codes}})
    for row in rows:
        row["total"] = sum(row[u] for u in codes)
    columns = [
        Column(name="what", header="Chapitre (€ HT, sauf mention)"),
        *(Column(name=u, header=tenure_label(u), kind="whole") for u in codes),
        Column(name="total", header="Ensemble", kind="whole"),
    ]
    caption = f"{name} par chapitre"
    return sheet(name, caption, rows, columns, total=True)


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
