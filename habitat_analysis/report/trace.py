"""From a table to the rows its figures rest on: hypotheses (section 11), values (section 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import join_fr, typeset
from habitat_analysis.report.sections_households import A_TABLE, BUDGETS
from habitat_analysis.report.sections_hypotheses import hypothesis_rows
from habitat_analysis.report.sections_sources import fact_numbers
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.tenures import ORDER

Fact = tuple[str, Mapping[str, str]]  # table of data/baremes, partial key


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the figures of a table rest on."""

    hypotheses: tuple[str, ...] = ()  # first words of the rows of section 11
    facts: tuple[Fact, ...] = ()
    see: str = ""  # where the lines that are sums are detailed


LAND: Final = ("Prix du terrain", "SHAB par m²")
COSTS: Final = (
    *LAND,
    "@couts",  # every line of cost, fee and parameter of the study
    "Niveau de qualité, surcoût",
)
OPERATING: Final = (
    "Vacance et impayés",
    "Gestion d'un logement",
    "Entretien courant",
    "Assurance d'un logement",
    "Taxe foncière (TFPB) d'un",
    "Gros entretien",
)
PATHS: Final = ("Indexation", "Évolution", "Livret A")
TREASURY: Final = ("Taux de placement", "Taux d'actualisation", "Années sans gros entretien")
RENTAL: Final = ("PLAI :", "PLUS :", "PLS :")
SALES: Final = ("PSLA :", "BRS :", "VEFA :", "LIBRE :")
LOANS: Final = ("Livret A", "Progression des annuités", "Différé")
MORTGAGE: Final = ("Crédit d'un ménage",)
VAT: Final[Fact] = ("fiscalite", {"tax": "TVA"})
RENT_CAPS: Final[Fact] = ("loyers_plafonds", {})
LOAN_TERMS: Final[tuple[Fact, ...]] = (
    ("prets", {"item": "index"}),
    ("prets", {"item": "loan"}),
)
ACCOUNT_FACTS: Final[tuple[Fact, ...]] = (
    ("couts", {"family": "exploitation"}),
    ("couts", {"family": "hypotheses_macro"}),
    ("fiscalite", {"tax": "TFPB"}),
)
BY_TENURE: Final = "les autres lignes sont détaillées statut par statut dans cette section"
PLAN: Final = Trace(
    hypotheses=(
        *("Fonds propres, maximum", "Subvention complémentaire, maximum", "Subventions, maximum"),
        *(f"{code} : subvention" for code in ORDER),
        *(f"{code} : prêt " for code in ORDER),
        *("Frais de commercialisation", "BRS : foncier payé"),
    ),
    see=BY_TENURE,
)
MODEL: Final = Trace(
    hypotheses=(*COSTS, *OPERATING, *(f"{code} :" for code in ORDER)),
    facts=(VAT, RENT_CAPS, *LOAN_TERMS),
)
ARGUED: Final = replace(  # solved again: all that makes the model, and its limits
    MODEL, hypotheses=(*MODEL.hypotheses, *PLAN.hypotheses, "Part ", "Logements ")
)
COST: Final = Trace(hypotheses=COSTS, facts=(VAT,))
ACCOUNT: Final = Trace(
    hypotheses=(*RENTAL, *OPERATING, *PATHS, *TREASURY, *LOANS),
    facts=(RENT_CAPS, *LOAN_TERMS, *ACCOUNT_FACTS),
)
SALE: Final = Trace(
    hypotheses=(*COSTS, *SALES, "Frais de commercialisation", "Marge visée"),
    facts=(VAT, ("prix_plafonds", {}), ("regles", {"subject": "PROMOTION"})),
)
OFS: Final = Trace(
    hypotheses=("BRS :", "Vacance et impayés", "Taux de placement", *PATHS),
    facts=(
        ("prets", {"loan": "GAIA_LONG_TERME"}),
        ("prets", {"loan": "GAIA_BRS"}),
        ("prets", {"item": "index"}),
        ("couts", {"family": "hypotheses_macro"}),
    ),
)
PSLA: Final = Trace(
    hypotheses=("PSLA :", *MORTGAGE),
    facts=(
        ("regles", {"subject": "PSLA"}),
        ("loyers_plafonds", {"product": "PSLA"}),
        ("prix_plafonds", {"product": "PSLA"}),
    ),
)
SCIAPP: Final = Trace(
    hypotheses=("SCIAPP :", *OPERATING, *PATHS, "Taux de placement"),
    facts=(("regles", {"subject": "SCIAPP"}), *LOAN_TERMS, *ACCOUNT_FACTS),
)
MONTHLY: Final = Trace(
    hypotheses=(
        *(*RENTAL, *SALES, "SCIAPP :", *MORTGAGE, "Prix du marché"),
        *("Charges d'un", "Niveau de qualité", "Énergie d'un logement"),
    ),
    facts=(
        RENT_CAPS,
        ("prets", {"loan": "BANK_MORTGAGE"}),
        ("fiscalite", {"tax": "FRAIS_ACTE"}),
    ),
)
HOUSEHOLDS: Final = replace(
    MONTHLY,
    hypotheses=(*MONTHLY.hypotheses, "Budget :", "Ménage"),
    facts=(
        *MONTHLY.facts,
        ("plafonds_ressources", {}),
        ("regles", {"subject": "RESSOURCES"}),
        ("prets", {"loan": "PTZ"}),
    ),
)
CAPS: Final = Trace(
    hypotheses=(*RENTAL, *SALES),
    facts=(RENT_CAPS, ("prix_plafonds", {}), ("prets", {"loan": "PTZ"})),
)
RISK: Final = Trace(hypotheses=("Risque :", *SALES))
BUYBACK: Final = Trace(
    hypotheses=("Risque :", "Taux d'actualisation", *SALES),
    facts=(("regles", {"subject": "PSLA"}), ("regles", {"subject": "HLM_SALE"})),
)
INCOMES: Final = Trace(facts=(("plafonds_ressources", {}),))

TRACES: Final[Mapping[str, Trace]] = {  # by name of sheet
    "Prix de revient": COST,
    "Postes": COST,
    "Coût par statut": COST,
    "Coût du locatif": COST,
    "Coût de l'accession": COST,
    "Clés": COST,
    "Part des locaux": Trace(hypotheses=("SHAB d'un", "Local partagé")),
    "Emplois": replace(COST, see=BY_TENURE),
    "Plan": PLAN,
    "Besoin par statut": PLAN,
    "Loyers plafonds": Trace(hypotheses=RENTAL, facts=(RENT_CAPS,)),
    "Plan locatif": Trace(
        hypotheses=(*COSTS, *RENTAL, *LOANS), facts=(VAT, *LOAN_TERMS, *ACCOUNT_FACTS)
    ),
    "Prêts": Trace(hypotheses=(*RENTAL, *LOANS), facts=LOAN_TERMS),
    "Résultats locatifs": ACCOUNT,
    "Bilan promoteur": SALE,
    "Ratios de vente": SALE,
    "Lots vendus": SALE,
    "Passage au compte à rebours": replace(
        SALE, hypotheses=(*SALE.hypotheses, *PLAN.hypotheses), see=BY_TENURE
    ),
    "Loyers": Trace(hypotheses=RENTAL, facts=(RENT_CAPS, *LOAN_TERMS)),
    "Loyer net": Trace(
        hypotheses=(*OPERATING, *RENTAL),
        facts=(RENT_CAPS, *LOAN_TERMS, ("fiscalite", {"tax": "TFPB"})),
    ),
    "Prix de vente": SALE,
    "Plafonds": CAPS,
    "Plafonds de ressources": INCOMES,
    "Rapprochement coût": COST,
    "Rapprochement": MODEL,
    "Rapprochement statuts": MODEL,
    "Rapprochement prêts": ACCOUNT,
    "Financement": MODEL,
    "Équilibre": MODEL,
    "Coût mensuel": MONTHLY,
    BUDGETS: HOUSEHOLDS,
    **{f"{BUDGETS} {rank}": HOUSEHOLDS for rank in range(1, len(ORDER) // A_TABLE + 1)},
    "Prix accessibles": HOUSEHOLDS,
    "Prix par logement": MONTHLY,
    "Redevance OFS": OFS,
    "Sensibilité": MODEL,
    "Ce qui casse": ARGUED,
    "Robustesse": ARGUED,
    "Prix des exigences": ARGUED,
    "Prix fractionnés": ARGUED,
    "Aléas": replace(RISK, hypotheses=("Risque :", *COSTS, *RENTAL, *SALES, *LOANS)),
    "Invendus": RISK,
    "Rachats": BUYBACK,
    "PSLA rachat": replace(BUYBACK, hypotheses=("PSLA :",)),
    "Vote": Trace(hypotheses=("Local partagé", "Vote des locaux")),
    "Vote, par ménage": Trace(hypotheses=("Local partagé",)),
    "Vote, effet": ARGUED,
    "Bâtiments": Trace(hypotheses=("SHAB d'un", "Local partagé", "Capacité de", "SHAB par m²")),
    "Phases": replace(MODEL, hypotheses=(*MODEL.hypotheses, "Capacité de", "Phase ")),
}
STEMS: Final[Mapping[str, Trace]] = {  # by the first words of the name of a sheet
    "Exploitation ": ACCOUNT,
    "Arbitrage ": ARGUED,
    "PSLA": PSLA,
    "OFS": OFS,
    "BRS": OFS,
    "SCIAPP": SCIAPP,
}


def trace_of(name: str) -> Trace | None:
    """Find what a sheet rests on, by its name."""
    if name in TRACES:
        return TRACES[name]
    return next((trace for stem, trace in STEMS.items() if name.startswith(stem)), None)


def traced(feasibility: Feasibility, table: Sheet | None) -> Sheet | None:
    """Add to a table the numbers of the rows that its figures rest on."""
    trace = None if table is None else trace_of(table.name)
    if table is None or trace is None:
        return table
    note = trace_note(feasibility, trace)
    return replace(table, notes=(*table.notes, note)) if note else table


def trace_note(feasibility: Feasibility, trace: Trace) -> str:
    """Say the numbers of the hypotheses and of the dated values of a trace."""
    parts = []
    hypotheses = _runs("H", hypothesis_ranks(feasibility, trace.hypotheses))
    if hypotheses:
        parts.append(f"hypothèses {join_fr(hypotheses)} (section 11)")
    values = _runs("B", _fact_ranks(feasibility, trace.facts))
    if values:
        parts.append(f"valeurs datées {join_fr(values)} (section 12)")
    if trace.see:
        parts.append(trace.see)
    return typeset(f"Repose sur : {' ; '.join(parts)}.") if parts else ""


def hypothesis_ranks(feasibility: Feasibility, starts: Iterable[str]) -> list[int]:
    """Give the ranks of the hypotheses whose words begin so; ``@couts``: the lines of cost."""
    wanted = tuple(start for start in starts if not start.startswith("@"))
    costs = _cost_words(feasibility) if "@couts" in starts else ()
    return [
        rank
        for rank, (what, *_) in enumerate(hypothesis_rows(feasibility), start=1)
        if what.startswith((*wanted, *costs))
    ]


def _cost_words(feasibility: Feasibility) -> tuple[str, ...]:
    costs = feasibility.ground.study.costs
    return (
        *(f"{item.label}, HT" for item in costs.items),
        *(f"{fee.label}, part des travaux" for fee in costs.fees),
        *("Aléas, part", "Révision", "Taux du préfinancement", "TVA des charges fixes"),
        *("Portage du terrain", "Travaux, durée"),
    )


def _fact_ranks(feasibility: Feasibility, facts: Iterable[Fact]) -> list[int]:
    numbers = {n for table, key in facts for n in fact_numbers(feasibility, table, **key)}
    return sorted(int(number[1:]) for number in numbers)


def _runs(letter: str, ranks: list[int]) -> list[str]:
    """Write ranks by runs: H3, H7 à H9."""
    runs: list[list[int]] = []
    for rank in sorted(set(ranks)):
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    return [
        f"{letter}{run[0]}" if len(run) == 1 else f"{letter}{run[0]} à {letter}{run[-1]}"
        for run in runs
    ]
