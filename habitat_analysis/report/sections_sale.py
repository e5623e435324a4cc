"""Sale tenures in a report: bilan promoteur, prices against costs, lots against their ceilings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.finance.vefa import CHAPTERS
from habitat_analysis.formats import number, percent, typeset
from habitat_analysis.montage import Montage
from habitat_analysis.montage.sales import SaleMontage
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sections_rental import whole_euros
from habitat_analysis.report.sheets import (
    NOT_APPLICABLE,
    NOT_APPLICABLE_NOTE,
    Column,
    Quantity,
    Sheet,
    sheet,
)

ALL: Final = "all"
FEES: Final = ("honoraires", "assurances", "commercialisation", "gestion_financiers")
BRACKETS: Final = (  # key of the brackets, words, chapters; landmarks, never a test
    ("land", "foncier", ("foncier",)),
    ("works", "travaux", ("travaux",)),
    ("fees", "frais et honoraires", FEES),
)
CENT: Final = 0.01

Accounts = Mapping[str, Mapping[str, int]]


def promoter_balances(feasibility: Feasibility) -> Sheet | None:
    """Give the « bilan promoteur » of each sale tenure, in euros HT; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.sales:
        return None
    accounts = {code: balance_euros(m) for code, m in montage.sales.items()}
    lines = list(dict.fromkeys(line for account in accounts.values() for line in account))
    rows = [_line_row(line, accounts) for line in lines if _is_used(line, accounts)]
    sold = sum(m.turnover_ht_eur for m in montage.sales.values())
    for row in rows:
        row["share"] = row[ALL] / sold if sold else float("nan")
    rates = {code: _rate(m.margin_eur, m.turnover_ht_eur) for code, m in montage.sales.items()}
    margin = sum(m.margin_eur for m in montage.sales.values())
    rows.append({"what": "Marge / ventes HT", **rates, ALL: _rate(margin, sold)})
    columns = [
        Column(name="what", header="Poste (HT)"),
        *(Column(name=c, header=f"{tenure_label(c)} (€ HT)", kind="whole") for c in accounts),
        Column(name=ALL, header="Ensemble (€ HT)", kind="whole"),
        Column(name="share", header="Part des ventes HT", kind="share", absent=""),
    ]
    notes = [
        (
            "Montants HT : la TVA (taxe sur la valeur ajoutée) est neutre pour le vendeur. Ventes "
            "hors foncier payé par l'OFS (organisme de foncier solidaire), compté à part. Marge : "
            "recettes moins dépenses ; négative, elle s'ajoute aux fonds propres à trouver."
        ),
        _brackets(montage, sold, margin),
    ]
    caption = "Bilan promoteur des logements vendus, par statut, en euros HT"
    return sheet("Bilan promoteur", caption, rows, columns, total=True, notes=notes)


def sale_ratios(feasibility: Feasibility) -> Sheet | None:
    """Set prices beside costs, and the land of each tenure beside what it can pay for."""
    montage = feasibility.montage
    if montage is None or not montage.sales:
        return None
    rows = [_ratio_row(code, m) for code, m in montage.sales.items()]
    columns = [
        Column(name="what", header="Statut"),
        Column(name="price", header="Prix (€ TTC/m² SHAB)", kind="whole"),
        Column(name="ofs", header="Foncier payé par l'OFS (€ TTC/m² SHAB)", kind="whole",
               absent=NOT_APPLICABLE),
        Column(name="cost", header="Prix de revient (€ TTC/m² SHAB)", kind="whole"),
        Column(name="gap", header="Écart (€ TTC/m² SHAB)", kind="whole"),
        Column(name="even", header="Prix d'équilibre (€ TTC/m² SHAB)", kind="whole"),
        Column(name="land", header="Charge foncière du statut (€ HT)", kind="whole"),
        Column(name="countdown", header="Charge foncière d'équilibre (€ HT)", kind="whole"),
    ]  # fmt: skip
    stated = feasibility.ground.study.montage
    notes = [
        (
            "SHAB : surface habitable. Écart : prix et foncier payé par l'OFS (organisme de "
            "foncier solidaire), moins prix de revient, sans frais de vente ni subvention. Prix "
            "d'équilibre : celui du ménage qui laisserait la marge visée "
            f"({percent(stated.target_margin)} des ventes HT) après frais de vente "
            f"({percent(stated.sales_fee)}), subventions et foncier de l'OFS déduits."
        ),
        (
            "Charge foncière d'équilibre : compte à rebours. Des ventes du statut seul, on ôte la "
            "marge visée et toutes les dépenses sauf le terrain ; le reste peut payer le terrain. "
            "Négative : même avec un terrain gratuit, le statut n'atteint pas cette marge."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    caption = "Prix, prix de revient et charge foncière des logements vendus"
    return sheet("Ratios de vente", caption, rows, columns, notes=notes)


def sale_lots(feasibility: Feasibility) -> Sheet | None:
    """Price the lots by tenure and typology, each beside its ceiling; None without any."""
    montage = feasibility.montage
    if montage is None or not montage.sales:
        return None
    rows: list[dict[str, Any]] = [
        {
            "what": f"{tenure_label(code)} {lot.typology}",
            "count": lot.count,
            "shab": lot.shab_m2,
            "su": lot.su_m2,
            "ttc": lot.price_ttc_eur,
            "ht": lot.price_ht_eur,
            "cap": lot.cap_ht_eur,
            "gap": None if lot.cap_ht_eur is None else lot.price_ht_eur - lot.cap_ht_eur,
        }
        for code, m in montage.sales.items()
        for lot in m.lots
    ]
    rows.append({"what": "Total", "count": sum(m.dwellings for m in montage.sales.values())})
    over = [row["what"] for row in rows if row.get("gap") is not None and row["gap"] > CENT]
    blank = dict.fromkeys(("shab", "su", "ttc", "ht", "cap", "gap"), "")
    rows[-1] |= blank
    columns = [
        Column(name="what", header="Statut et typologie"),
        Column(name="count", header="Logements", kind="whole"),
        Column(name="shab", header="SHAB (m²)", kind="decimal"),
        Column(name="su", header="SU (m²)", kind="decimal"),
        Column(name="ttc", header="Prix TTC (€)", kind="whole"),
        Column(name="ht", header="Prix HT (€)", kind="whole"),
        Column(name="cap", header="Plafond HT (€)", kind="whole", absent=NOT_APPLICABLE),
        Column(name="gap", header="Prix moins plafond (€ HT)", kind="whole",
               absent=NOT_APPLICABLE),
    ]  # fmt: skip
    notes = [
        (
            "Surfaces et prix d'un logement. SHAB : surface habitable ; SU : surface utile, base "
            "du plafond. Différence négative : le prix est sous son plafond. Prix du BRS (bail "
            "réel solidaire) sans le terrain, qui reste à l'OFS. Frais d'acte en plus."
        ),
        (
            f"Plafond dépassé : {', '.join(over)}."
            if over
            else "Aucun prix ne dépasse son plafond légal, quand le statut en a un."
        ),
        NOT_APPLICABLE_NOTE,
    ]
    caption = "Logements vendus : surfaces, prix et plafonds"
    return sheet("Lots vendus", caption, rows, columns, total=True, notes=notes)


def balance_euros(montage: SaleMontage) -> dict[str, int]:
    """Give the lines of a bilan in whole euros: what is printed adds up, margin included."""
    received = {
        "Ventes HT": montage.turnover_ht_eur,
        "Foncier payé par l'OFS, HT": montage.ofs_land_ht_eur,
        "Subventions": sum(montage.subsidies.values()),
    }
    earned = dict(zip(received, whole_euros(list(received.values())), strict=True))
    receipts, margin = sum(earned.values()), round(montage.margin_eur)
    spent = whole_euros(list(montage.chapters.values()), total=receipts - margin)
    return {
        **dict(zip(CHAPTERS.values(), spent, strict=True)),
        "Total des dépenses HT": sum(spent),
        **earned,
        "Total des recettes HT": receipts,
        "Marge HT": margin,
    }


def _line_row(line: str, accounts: Accounts) -> dict[str, Any]:
    amounts = {code: account[line] for code, account in accounts.items()}
    return {"what": line, **amounts, ALL: sum(amounts.values())}


def _is_used(line: str, accounts: Accounts) -> bool:
    """Keep the seven chapters and the totals, and what someone pays."""
    always = line in CHAPTERS.values() or line.startswith(("Total", "Marge", "Ventes"))
    return always or any(account[line] for account in accounts.values())


def _rate(amount: float, sold: float) -> Quantity:
    return Quantity(value=amount / sold if sold else float("nan"), unit="%", decimals=1)


def _brackets(montage: Montage, sold: float, margin: float) -> str:
    """Set the shares of the chapters beside what promoters publish, with the warning due."""
    if not sold or not montage.brackets:
        return ""
    seen = {name: f"repère {_span(*bracket)}" for name, bracket in montage.brackets.items()}
    shares = (
        f"{word} {percent(_chapters(montage.sales, chapters) / sold)} ({seen[name]})"
        for name, word, chapters in BRACKETS
    )
    return typeset(
        f"Repères de promoteurs, en part des ventes : {' ; '.join(shares)} ; marge "
        f"{percent(margin / sold)} ({seen['margin']}). La dispersion est large d'une opération à "
        "l'autre : ces repères situent, ils ne jugent pas."
    )


def _span(low: float, high: float) -> str:
    return f"{number(100 * low)} à {percent(high, 0)}"


def _chapters(sales: Mapping[str, SaleMontage], chapters: tuple[str, ...]) -> float:
    return sum(m.chapters[chapter] for m in sales.values() for chapter in chapters)


def _ratio_row(code: str, montage: SaleMontage) -> dict[str, Any]:
    shab = sum(lot.count * lot.shab_m2 for lot in montage.lots)
    ofs = montage.ofs_land_ht_eur * (1 + montage.vat) / shab
    return {
        "what": tenure_label(code),
        "price": montage.price_m2_ttc_eur - ofs,
        "ofs": ofs or None,
        "cost": montage.cost_m2_ttc_eur,
        "gap": montage.price_m2_ttc_eur - montage.cost_m2_ttc_eur,
        "even": montage.balance.breakeven_price_ttc_m2_eur,
        "land": montage.land_ht_eur,
        "countdown": montage.countdown_ht_eur,
    }
