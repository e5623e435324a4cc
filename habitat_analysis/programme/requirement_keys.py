"""The requirements of a programme by the keys a planner types in the study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from habitat_analysis.errors import DataError, did_you_mean
from habitat_analysis.formats import typeset

KEYS: Final[Mapping[str, str]] = {
    "surface": "surface", "parking": "places_max", "dwellings:min": "logements_min",
    "dwellings:max": "logements_max", "open": "logements_ouverts_max",
    "housed": "besoins_couverts_min", "mix": "mixite_visee.ecart_max",
    "equity": "fonds_propres_max", "topup": "subvention_complementaire_max",
    "subsidy": "subventions_max", "balance": "terrain",
}  # fmt: skip
FAMILIES: Final[Mapping[str, str]] = {
    "share": "familles", "typo": "parts_de_typologies", "quartile": "quartiles", "quota": "quotas",
    "ceiling": "plafond_prix_de_revient", "mandatory": "espaces_partages", "fixed": "fixe",
    "plu": "regles_plu", "lots": "personnes_morales",
}  # fmt: skip


def study_key(rule: str) -> str:
    """Name a rule as the study does.

    Examples
    --------
    >>> study_key("equity"), study_key("share:plai:min")
    ('fonds_propres_max', 'familles.plai.min')
    """
    family, _, name = rule.partition(":")
    if rule in KEYS:
        return KEYS[rule]
    return f"{FAMILIES.get(family, family)}.{name.replace(':', '.')}"


def find_requirement(rules: Iterable[str], key: str) -> str:
    """Find a rule from the key that a planner types.

    Raises
    ------
    DataError
        ``E_REQUIREMENT``, with the known keys and the nearest one.

    Examples
    --------
    >>> find_requirement(["equity", "share:plai:min"], "familles.plai.min")
    'share:plai:min'
    """
    known = {study_key(rule): rule for rule in rules}
    if key in known:
        return known[key]
    listed = ", ".join(known)
    hint = f" {did_you_mean(key, known)}".rstrip()
    msg = f"Exigence « {key} » inconnue.{hint} Exigences connues : {listed}."
    raise DataError(typeset(msg), code="E_REQUIREMENT")
