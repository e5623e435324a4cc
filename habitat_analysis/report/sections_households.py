"""What reference households can live in and pay: rights, effort, reste à vivre, largest prices.

They are invented: nothing here comes from the file of the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.reference_households import ReferenceHouseholds
from habitat_analysis.formats import capital, euros, join_fr, number, percent, typeset
from habitat_analysis.households.feasible import LIMIT_WORDS
from habitat_analysis.montage.mortgage import BANK
from habitat_analysis.regulation import LOANS
from habitat_analysis.report.charts_households import effort_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.tenures import tenure

HEADING: Final = "Qui peut habiter là : ménages types"
TOLD: Final = 5  # households told in a sentence each
MIDDLE: Final = ", médian"  # levels of living: the one told in sentences
NOBODY: Final = "Ménages types inventés : aucun n'est du groupe."
A_TABLE: Final = 2  # tenures side by side on a page
STOPPED_BY: Final[Mapping[str, str]] = {
    "effort": "effort",
    "residual": "reste à vivre",
    "price": "prix",
    "entry": "apport",
}
BUDGETS: Final = "Ménages types"
ABSENT: Final = "—"
CLOSED: Final = f"{ABSENT} : ressources au-dessus du plafond du statut."
PAID: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("PLAI", "PLUS", "PLS"),
        "Locatif : loyer et charges, aide personnelle (APL) saisie déduite.",
    ),
    "PSLA": "PSLA : redevance et charges, avant l'option ; après elle, voir le coût mensuel.",
    "BRS": "BRS : mensualité du crédit, redevance foncière et charges.",
    "SCIAPP": "SCIAPP : loyer, charges et une part par an.",
    **dict.fromkeys(("VEFA", "LIBRE"), "Achat : mensualité du crédit et charges."),
}
OWNER_RULE: Final = (
    "PTZ (prêt à taux zéro) : à vérifier auprès de chaque ménage, qui ne doit pas avoir été "
    "propriétaire de sa résidence principale dans les {years} années précédant l'offre "
    "(CCH L31-10-3)."
)
BANK_RULE: Final = (
    "Achat : la banque prête jusqu'à {share} du revenu, redevance d'un BRS comprise, charges non "
    "comprises (décision du HCSF) ; l'effort montré, charges comprises, peut donc dépasser cette "
    "part."
)
GAP: Final = "trop de ressources pour le locatif social, pas assez pour les autres statuts"
NO_LIMIT: Final = (
    "L'étude ne fixe ni effort ni reste à vivre (« groupe.budget ») : seuls les droits et le "
    "crédit d'une banque sont testés."
)


def household_sentences(feasibility: Feasibility) -> tuple[str, ...]:
    """Say for a few reference households where they can live, then who can live nowhere."""
    references = feasibility.references
    table = references.households
    told = table[table["label"].str.endswith(MIDDLE)]
    told = table if told.empty else told
    said = [
        _household_words(references, {str(key): value for key, value in row.items()})
        for row in told.head(TOLD).to_dict("records")
    ]
    out = [_shut_words(references, label) for label in references.shut_out]
    if not out:
        out = ["Chacun des ménages types a au moins un statut possible."]
    return tuple(typeset(one) for one in (*said, *out))


def assumptions(feasibility: Feasibility) -> tuple[str, ...]:
    """Say how the reference households were made and what was tested."""
    references, facts = feasibility.references, feasibility.file.setting.facts
    years = facts.value("regles", subject="PTZ", key="first_buyer_years")
    bank = facts.value(LOANS, item="rule", loan=BANK, key="effort_rate_max")
    budget = feasibility.ground.study.residents.budget
    limits = NO_LIMIT
    if budget is not None:
        limits = (
            f"Limites de l'étude : effort d'un locataire {percent(budget.tenant_effort_max, 0)} "
            f"au plus, reste à vivre {euros(budget.residual_min_uc_eur)} par mois et par unité de "
            "consommation (UC) au moins."
        )
    said = (
        f"{NOBODY} Revenus : {references.levels}.",
        limits,
        BANK_RULE.format(share=percent(bank, 0)),
        OWNER_RULE.format(years=number(years)),
    )
    return tuple(typeset(one) for one in said)


def possible_table(feasibility: Feasibility) -> Sheet:
    """Tell each reference household the tenures open to it, and what closes the others."""
    references = feasibility.references
    rows = [
        {
            "label": row["label"],
            "units": row["units"],
            "typology": row["typology"] or "aucun à sa taille",
            "possible": _codes(cells[cells["feasible"]]),
            "ceiling": _codes(cells[~cells["eligible"]]),
            "budget": _stopped(cells[cells["eligible"] & ~cells["affordable"]]),
        }
        for row, cells in _each(references)
    ]
    columns = [
        Column(name="label", header="Ménage type"),
        Column(name="units", header="UC", kind="decimal"),
        Column(name="typology", header="Logement"),
        Column(name="possible", header="Statuts possibles"),
        Column(name="ceiling", header="Fermés : ressources trop élevées"),
        Column(name="budget", header="Fermés : budget insuffisant"),
    ]
    caption = "Ce qui est ouvert à chaque ménage type, au plus petit logement qui lui convient"
    return sheet(BUDGETS, caption, rows, columns, notes=[NOBODY])


def budget_tables(feasibility: Feasibility) -> tuple[Sheet, ...]:
    """Give what each household pays, its effort and what is left, two tenures a table."""
    codes = list(dict.fromkeys(feasibility.references.cells["tenure"]))
    pairs = [codes[first : first + A_TABLE] for first in range(0, len(codes), A_TABLE)]
    return tuple(_budget_table(feasibility, pair, rank) for rank, pair in enumerate(pairs, start=1))


def price_table(feasibility: Feasibility) -> Sheet | None:
    """Give the largest prices, with and without a zero-rate loan, a point more; None if unsold."""
    references = feasibility.references
    if not references.asked_eur:
        return None
    rows = [
        {"label": row["label"], "typology": row["typology"] or ABSENT} | _prices(cells)
        for row, cells in _each(references)
    ]
    columns = [
        Column(name="label", header="Ménage type"),
        Column(name="typology", header="Logement"),
        Column(name="with", header="Avec PTZ (€)", kind="whole", absent=ABSENT),
        Column(name="without", header="Sans PTZ (€)", kind="whole", absent=ABSENT),
        Column(name="raised", header="Taux + 1 point (€)", kind="whole", absent=ABSENT),
        Column(name="BRS", header="En BRS, redevance payée (€)", kind="whole", absent=ABSENT),
        Column(name="PSLA", header="PSLA, à l'option (€)", kind="whole", absent=ABSENT),
    ]
    notes = [
        (
            "Prix d'un achat sans redevance, TTC. Crédit, assurance et part du revenu prêtée : "
            "section 11, valeurs datées en section 12."
        ),
        f"Prix demandés, TTC : {_asked(references.asked_eur)}.",
    ]
    return sheet("Prix accessibles", "Prix le plus élevé qu'un ménage type peut payer, TTC", rows,
                 columns, notes=notes)  # fmt: skip


def effort_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the effort of each reference household, tenure by tenure."""
    references = feasibility.references
    known = references.cells[references.cells["eligible"] & references.cells["effort"].notna()]
    if known.empty:
        return None
    budget = feasibility.ground.study.residents.budget
    return effort_chart(
        known[["label", "tenure", "effort", "feasible"]],
        limit=None if budget is None else budget.tenant_effort_max,
        sources=study_sources(feasibility.ground),
    )


def _household_words(references: ReferenceHouseholds, row: Mapping[str, Any]) -> str:
    """Say where a household can live and what it would pay of its income."""
    cells = _cells_of(references, row["label"])
    kept = cells[cells["feasible"]]
    who = f"{capital(row['label'])} ({euros(row['income_month_eur'])} par mois)"
    if kept.empty:
        return f"{who} : aucun statut possible."
    low, high = percent(kept["effort"].min(), 0), percent(kept["effort"].max(), 0)
    weight = f"{low} du revenu" if low == high else f"{low} à {high} du revenu"
    return f"{who} : {row['typology']} en {join_fr(list(kept['tenure']), 'ou')}, pour {weight}."


def _shut_words(references: ReferenceHouseholds, label: str) -> str:
    """Say that a household can live nowhere, and what comes nearest."""
    cells = _cells_of(references, label)
    if cells.empty:
        return f"{capital(label)} : aucune typologie de l'étude ne convient à sa taille."
    near = cells[cells["eligible"]]
    if near.empty:
        return f"{capital(label)} : ressources au-dessus du plafond de tous les statuts étudiés."
    row = min(near.to_dict("records"), key=lambda one: -one["margin_eur"] / one["asked_eur"])
    rented = cells[[tenure(code).kind == "rental" for code in cells["tenure"]]]
    why = "" if rented.empty or rented["eligible"].any() else f" ({GAP})"
    return (
        f"{capital(label)} : aucun statut possible{why} ; au plus près, {row['tenure']}, "
        f"{LIMIT_WORDS[row['binding']]} : {euros(-row['margin_eur'])} de trop."
    )


def _budget_table(feasibility: Feasibility, codes: Sequence[str], rank: int) -> Sheet:
    columns = [
        Column(name="label", header="Ménage type"),
        Column(name="income", header="Revenu (€)", kind="whole"),
    ]
    for code in codes:
        columns += [
            Column(name=f"paid {code}", header=f"{code} (€)", kind="whole", absent=ABSENT),
            Column(name=f"effort {code}", header=f"{code}, effort", kind="share", absent=ABSENT),
            Column(name=f"left {code}", header=f"{code}, reste (€)", kind="whole", absent=ABSENT),
        ]
    rows = []
    for row, cells in _each(feasibility.references):
        income, paid = row["income_month_eur"], _open(cells, "outlay_month_eur")
        rows.append(
            {"label": row["label"], "income": income}
            | {f"paid {code}": sum_ for code, sum_ in paid.items()}
            | {f"effort {code}": sum_ / income for code, sum_ in paid.items()}
            | {f"left {code}": income - sum_ for code, sum_ in paid.items()}
        )
    caption = f"{join_fr(list(codes))} : dépense, effort et reste à vivre par mois"
    notes = [CLOSED, *dict.fromkeys(PAID[code] for code in codes)]
    return sheet(f"{BUDGETS} {rank}", caption, rows, columns, notes=notes)


def _each(references: ReferenceHouseholds) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    rows = references.households.to_dict("records")
    return [
        ({str(k): v for k, v in row.items()}, _cells_of(references, row["label"])) for row in rows
    ]


def _cells_of(references: ReferenceHouseholds, label: str) -> pd.DataFrame:
    return references.cells[references.cells["label"] == label]


def _open(cells: pd.DataFrame, value: str) -> dict[str, float]:
    """Give a figure by tenure, for those whose ceiling the household respects."""
    kept = cells[cells["eligible"]]
    return dict(zip(kept["tenure"], kept[value], strict=True))


def _prices(cells: pd.DataFrame) -> dict[str, float]:
    """Give the largest prices: a plain purchase first, then the tenures of their own."""
    rows = {row["tenure"]: row for row in cells.to_dict("records")}
    found = {code: row["price_max_eur"] for code, row in rows.items() if code in ("BRS", "PSLA")}
    plain = next((rows[code] for code in ("LIBRE", "VEFA") if code in rows), None)
    if plain is not None:
        found |= {
            "with": plain["price_max_eur"],
            "without": plain["price_max_without_ptz_eur"],
            "raised": plain["price_max_rate_raised_eur"],
        }
    return found


def _asked(prices: Mapping[tuple[str, str], float]) -> str:
    """Recall the prices asked, by typology and tenure."""
    ordered = sorted(prices.items(), key=lambda one: (one[0][0], one[1]))
    return join_fr([f"{size} {code} {euros(price)}" for (size, code), price in ordered])


def _codes(cells: pd.DataFrame) -> str:
    return ", ".join(cells["tenure"]) or ABSENT


def _stopped(cells: pd.DataFrame) -> str:
    """Name the tenures that a budget closes, each with the limit that it passes."""
    told = zip(cells["tenure"], cells["binding"], strict=True)
    return ", ".join(f"{code} ({STOPPED_BY[limit]})" for code, limit in told) or ABSENT
