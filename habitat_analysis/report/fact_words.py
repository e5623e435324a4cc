"""Regulated values named in French: what a row of ``data/baremes`` is about, and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from habitat_analysis.baremes import Fact

TABLES: Final[Mapping[str, str]] = {
    "fiscalite": "Fiscalité",
    "loyers_plafonds": "Loyer plafond",
    "plafonds_ressources": "Plafond de ressources",
    "prets": "Prêt",
    "prix_plafonds": "Prix plafond",
    "regles": "Règle",
    "surfaces": "Surface",
    "couts": "Coût",
    "mixite": "Mixité",
}
WORDS: Final[Mapping[str, str]] = {
    "+1 person": "personne en plus",
    "LIVRET_A": "livret A",
    "PLS_ACCESSION_VEFA_HLM": "VEFA (accession Hlm)",
    "OCCUPATION": "occupation",
    "JEUNE_COUPLE": "jeune couple",
    "RESSOURCES": "ressources",
    "CATEGORIE": "ménage compté par catégorie (0 : par personnes)",
    "last_year_PSLA": "baisse depuis N-2 comptée, PSLA",
    "last_year_BRS": "baisse depuis N-2 comptée, BRS",
    "last_year_VEFA": "baisse depuis N-2 comptée, VEFA",
    "age_sum_max": "somme des âges, maximum",
    "annex_weight": "part des annexes comptée",
    "autres_regions": "autres régions",
    "company_term_max": "durée maximale de la société",
    "cs_base": "coefficient de structure, constante",
    "cs_factor_n": "coefficient de structure, m² par logement",
    "duration_building_max": "durée maximale, construction",
    "duration_land_max": "durée maximale, foncier",
    "exemption_years": "durée d'exonération",
    "full_ownership_min": "délai avant pleine propriété",
    "idf_hors_paris_limitrophes": "Île-de-France hors Paris et limitrophes",
    "income_fall_share": "baisse de revenus prise en compte",
    "index": "indice",
    "loan": "prêt",
    "margin_over_livret_a": "marge sur le livret A",
    "overcrowding_APL": "surface minimale (APL)",
    "paris_limitrophes": "Paris et limitrophes",
    "rate": "taux",
    "share_age": "âge d'une chambre à soi",
    "surface_utile": "surface utile",
    "ACCESSION_QPV": "accession en QPV",
    "BANK_MORTGAGE": "crédit immobilier d'un ménage",
    "FRAIS_ACTE": "frais d'acte",
    "GAIA_BRS": "prêt Gaïa, BRS",
    "GAIA_LONG_TERME": "prêt Gaïa long terme",
    "HLM_SALE": "vente Hlm",
    "NEUF/BRS": "neuf et BRS",
    "PROMOTION": "repère de promotion, part des ventes",
    "fees_share_high": "frais et honoraires, haut",
    "fees_share_low": "frais et honoraires, bas",
    "land_share_high": "foncier, haut",
    "land_share_low": "foncier, bas",
    "margin_share_high": "marge, haut",
    "margin_share_low": "marge, bas",
    "works_share_high": "travaux, haut",
    "works_share_low": "travaux, bas",
    "TAXE_AMENAGEMENT": "taxe d'aménagement",
    "ancols_rate": "cotisation Ancols, part des loyers",
    "buyback_drop": "rachat garanti, baisse annuelle",
    "buyback_end_years": "rachat garanti, durée",
    "buyback_first_rate": "rachat garanti, part du prix",
    "buyback_flat_years": "rachat garanti, années sans baisse",
    "call_completion": "appel de fonds, achèvement",
    "call_delivery": "appel de fonds, livraison",
    "call_foundations": "appel de fonds, fondations",
    "call_watertight": "appel de fonds, hors d'eau",
    "cap": "plafond",
    "cglls_net_rate": "cotisation CGLLS nette, part des loyers",
    "decrease_min": "baisse annuelle du prix, minimum",
    "duration_max": "durée maximale",
    "equity_remuneration": "rémunération des fonds propres",
    "exploitation": "exploitation",
    "gestion": "gestion",
    "gros_entretien": "gros entretien",
    "hypotheses_macro": "trajectoire",
    "insurance_rate": "taux d'assurance",
    "irl_rents": "indice des loyers (IRL)",
    "livret_a": "livret A",
    "market": "marché",
    "max_rent_total": "loyer total sur loyer de base, sans ascenseur",
    "max_rent_total_with_lift": "loyer total sur loyer de base, avec ascenseur",
    "max_required_social_rental": "places exigibles au plus, locatif social",
    "parking": "stationnement",
    "rate_25y_indicative": "taux indicatif sur 25 ans",
    "rule": "règle",
    "tfpb": "taxe foncière (TFPB)",
    "bracket": "tranche",
    "tranche_1_quota_collective_psla_brs": "quotité de la tranche 1, collectif, PSLA et BRS",
}
SILENT: Final = frozenset({"ABC", "zone_123", "paris_idf_regions", "formula", "France", ""})
PREFIXES: Final[Mapping[str, str]] = {"zone": "zone ", "category": "catégorie "}
UNITS: Final[Mapping[str, str]] = {
    "EUR/m2 SU/month": "€/m² SU/mois",
    "EUR HT/m2 SU": "€ HT/m² SU",
    "EUR/year": "€/an",
    "m2/dwelling": "m² par logement",
    "coefficient": "",
    "per year": "par an",
    "years": "ans",
    "ratio": "",
    "m2": "m²",
    "EUR": "€",
    "EUR/m2": "€/m²",
    "EUR/month": "€ par mois",
    "EUR TTC": "€ TTC",
    "EUR/place": "€ par place",
    "per year on capital": "par an, du capital",
    "place/dwelling": "place par logement",
    "ratio of price": "du prix",
    "ratio of rents": "des loyers",
    "share of capped cost": "du coût plafonné",
    "text": "",
}
RATES: Final = frozenset(
    {
        "ratio",
        "per year",
        "per year on capital",
        "ratio of price",
        "ratio of rents",
        "share of capped cost",
    }
)
COST_CAP: Final = "operation_cost_cap_"


def fact_label(fact: Fact) -> str:
    """Name a value in French.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import find_fact, load_baremes
    >>> fact_label(find_fact(load_baremes(), "loyers_plafonds", on=date(2026, 11, 22),
    ...     product="PLUS", zone="2"))
    'Loyer plafond : PLUS, zone 2'
    """
    parts = [_part(column, cell) for column, cell in fact.key if cell not in SILENT]
    return f"{TABLES.get(fact.table, fact.table)} : {', '.join(parts)}"


def fact_unit(fact: Fact) -> str:
    """Name the unit of a value in French, "" for a plain number."""
    return UNITS.get(fact.unit, fact.unit)


def is_rate(fact: Fact) -> bool:
    """Tell whether a value reads as a percentage."""
    return fact.unit in RATES and not isinstance(fact.value, str)


def legal_text(fact: Fact) -> str:
    """Name the legal text of a value, or where its source is written when no text is known."""
    written = f"data/baremes, {fact.table}.csv, ligne {fact.line} (source dans le classeur)"
    return fact.legal_reference or written


def _part(column: str, cell: str) -> str:
    word = WORDS.get(cell, cell)
    if column == "key" and cell not in WORDS:
        word = _areas(cell)
    if column in PREFIXES and cell not in WORDS:
        return f"{PREFIXES[column]}{word}"
    return word


def _areas(key: str) -> str:
    """Read a key such as ``min_area_3_persons``; any other stays, underscores apart."""
    if key.startswith("min_area_"):
        number = key.removeprefix("min_area_").split("_")[0]
        more = " et plus" if key.endswith("_and_more") else ""
        return f"{number} personne{'s' if number != '1' else ''}{more}"
    if key.startswith(COST_CAP):
        number = key.removeprefix(COST_CAP).split("_")[0]
        more = " et plus" if "_and_more" in key else ""
        return f"coût de l'opération pour {number} personne{'s' if number != '1' else ''}{more}"
    return key.replace("_", " ")
