"""The rules of a programme in the planner's words (``docs/model.md`` 5.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from habitat_analysis.formats import area, count, euros, euros_m2, join_fr, percent, quoted, typeset
from habitat_analysis.programme.case import Case, ShareRule
from habitat_analysis.programme.certificate import Check, Unit

LABELS: Final[Mapping[str, str]] = {
    "surface": "Surface habitable, locaux partagés compris",
    "parking": "Places de stationnement",
    "dwellings:min": "Nombre minimal de logements",
    "dwellings:max": "Nombre maximal de logements",
    "accepted": "Ménages placés dans un logement qui ne leur convient pas",
    "open": "Logements ouverts à d'autres que le groupe",
    "housed": "Besoins couverts",
    "balance": "Équilibre de l'opération",
    "equity": "Fonds propres",
    "topup": "Subvention complémentaire à trouver",
    "subsidy": "Total des subventions",
    "mix": "Écart à la mixité visée",
    "buildings:dwellings": "Logements situés dans un bâtiment",
    "buildings:rooms": "Locaux partagés situés dans un bâtiment",
}
FAMILIES: Final[Mapping[str, str]] = {
    "class": "Ménages de la classe de besoin {}",
    "cell": "Ménages placés en {}",
    "ceiling": "Prix de revient du {}, hors stationnement",
    "mandatory": "Local partagé obligatoire {}",
    "fixed": "Décision du groupe, {}",
    "loan": "Emprunts du {}, limités au coût de ses logements",
}
IN_BUILDING: Final[Mapping[str, str]] = {
    "surface": "surface habitable, locaux partagés compris",
    "dwellings": "nombre maximal de logements",
    "parking": "places de stationnement",
}
WHOLES: Final[Mapping[str, str]] = {
    "share": "des logements",
    "typo": "des logements",
    "quartile": "des ménages placés",
    "quota": "des ménages placés",
    "building_share": "des logements du bâtiment",
}
OBJECTIVE_LABELS: Final[Mapping[str, str]] = {
    "members": "les besoins du groupe couverts",
    "housed": "les besoins couverts",
    "public_money": "l'effort à réunir (fonds propres et subventions)",
    "equity": "les fonds propres et la subvention complémentaire",
    "mix": "l'écart à la mixité visée",
    "dwellings": "le nombre de logements",
    "cost": "le coût de l'opération",
    "spaces": "les locaux partagés",
}
STATUS_LABELS: Final[Mapping[str, str]] = {
    "optimal": "Prouvé optimal",
    "feasible": "Non prouvé optimal",
    "infeasible": "Aucun programme ne respecte toutes les règles",
    "unbounded": "Question mal posée : rien ne limite l'objectif",
    "no_solution": "Aucun programme trouvé dans le temps imparti, rien n'est prouvé",
    "error": "Échec du solveur : rien n'est prouvé",
}
NOUNS: Final[Mapping[Unit, tuple[str, str]]] = {
    "places": ("place", "places"),
    "logements": ("logement", "logements"),
    "menages": ("ménage", "ménages"),
    "locaux": ("local", "locaux"),
}


def rule_label(case: Case, rule: str) -> str:
    """Name a rule as a planner reads it; a technical row keeps its id.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules
    >>> case = Case(typologies=(), tenures=(),
    ...             rules=ProgrammeRules(shab_max_m2=100.0, dwellings_max=2))
    >>> rule_label(case, "surface")
    'Surface habitable, locaux partagés compris'
    """
    if rule == "open" and any(need.candidate for need in case.classes):
        return "Logements ouverts à d'autres que le groupe et ses candidats"
    if rule in LABELS:
        return LABELS[rule]
    family, _, name = rule.partition(":")
    if family in WHOLES:
        return typeset(_share_label(case, rule))
    if family in ("building", "buildings", "phase"):
        return typeset(_building_label(case, rule))
    if family == "lots":
        return typeset(_lots_label(case, rule))
    if family in FAMILIES:
        return typeset(FAMILIES[family].format(_plain_name(case, name)))
    return rule


def broken_sentence(case: Case, check: Check) -> str:
    """Say in one sentence by how much a rule is broken.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules
    >>> case = Case(typologies=(), tenures=(),
    ...             rules=ProgrammeRules(shab_max_m2=100.0, dwellings_max=2))
    >>> broken = Check(rule="dwellings:max", value=3, sense="<=", limit=2, unit="logements")
    >>> broken_sentence(case, broken).replace("\u00a0", " ")
    'Nombre maximal de logements : 3 logements pour 2 logements au plus, soit 1 logement de trop.'
    """
    label, gap = rule_label(case, check.rule), amount(check.gap, check.unit)
    family = _family(check.rule)
    if check.rule == "balance":
        reach = "fonds propres et subvention complémentaire mobilisés au plus haut"
        return typeset(f"{label} : il manque {gap}, {reach}.")
    if family in WHOLES:
        return typeset(_share_sentence(case, check, label, WHOLES[family]))
    if check.rule.startswith("buildings:room:"):
        return typeset(f"{label} : il est ailleurs.")
    if check.unit == "locaux":
        built = "il est prévu" if check.value else "il n'est pas prévu"
        return typeset(f"{label} : {built}.")
    value, limit = amount(check.value, check.unit), amount(check.limit, check.unit)
    if check.sense == "=":
        return typeset(f"{label} : {value} au lieu de {limit}.")
    if check.sense == ">=":
        return typeset(f"{label} : {value} pour {limit} au moins, il manque {gap}.")
    return typeset(f"{label} : {value} pour {limit} au plus, soit {gap} de trop.")


def amount(value: float, unit: Unit) -> str:
    """Write a value of a check with its unit.

    Examples
    --------
    >>> amount(3, "logements").replace("\u00a0", " "), amount(61.34, "m2").replace("\u00a0", " ")
    ('3 logements', '61,3 m²')
    """
    if unit == "eur":
        return euros(value)
    if unit == "eur_m2":
        return euros_m2(value, "SHAB", tax="TTC")
    if unit == "m2":
        return area(value, 0 if float(value).is_integer() else 1)
    return count(value, *NOUNS[unit])


def _share_sentence(case: Case, check: Check, label: str, whole: str) -> str:
    """Say a share in percent and in whole units, as one counts dwellings."""
    share, bound = share_of_rule(case, check.rule)
    value = amount(check.value, check.unit)
    whole_is = "le bâtiment" if check.rule.startswith("building:") else "le programme"
    if bound == "min":
        least = math.ceil(check.limit - 1e-6)
        missing = amount(least - check.value, check.unit)
        return (
            f"{label} : au moins {percent(share.min)} {whole}, soit {least} ; "
            f"{whole_is} en compte {value}, il manque {missing}."
        )
    most = math.floor(check.limit + 1e-6)
    excess = amount(check.value - most, check.unit)
    return (
        f"{label} : au plus {percent(share.max)} {whole}, soit {most} ; "
        f"{whole_is} en compte {value}, soit {excess} de trop."
    )


def building_name(case: Case, building_id: str) -> str:
    """Name a building: its label when it has one, else its id.

    Examples
    --------
    >>> from habitat_analysis.programme.case import Building, ProgrammeRules
    >>> rules = ProgrammeRules(shab_max_m2=100.0, dwellings_max=2)
    >>> hall = Building(id="A", shab_max_m2=100.0)
    >>> building_name(Case(typologies=(), tenures=(), rules=rules, buildings=(hall,)), "A")
    'Bâtiment A'
    """
    labels = {building.id: building.label for building in case.buildings}
    return labels.get(building_id) or f"Bâtiment {building_id.replace('_', ' ')}"


def _building_label(case: Case, rule: str) -> str:
    """Name a rule of a building, of the place of a room or of a phase."""
    family, name, *rest = rule.split(":")
    if family == "phase":
        return f"Phase {name} : fonds propres engagés à sa livraison"
    if family == "buildings" and name == "share":
        label = _share_label(case, rule)
        return f"Dans chaque bâtiment, {label[0].lower()}{label[1:]}"
    if family == "buildings":
        place = next(space.building for space in case.spaces if space.id == rest[0])
        return f"{_plain_name(case, rest[0])} dans « {building_name(case, place or '')} »"
    if rest[0] == "share":
        label = _share_label(case, rule)
        return f"{building_name(case, name)} : {label[0].lower()}{label[1:]}"
    return f"{building_name(case, name)} : {IN_BUILDING[rest[0]]}"


def _lots_label(case: Case, rule: str) -> str:
    """Name the lots of a cell and the legal persons that hold them."""
    lots = next(one for one in case.lots if one.id == rule)
    held = f" ({join_fr([quoted(name) for name in lots.holders])})" if lots.holders else ""
    return f"Lots de personnes morales en {lots.typology} {lots.tenure}{held}"


def _share_label(case: Case, rule: str) -> str:
    share, bound = share_of_rule(case, rule)
    size = "minimale" if bound == "min" else "maximale"
    residents = rule.startswith(("quartile:", "quota:"))
    return f"Part {size} {'des ménages' if residents else 'de'} {_quoted(share)}"


def _family(rule: str) -> str:
    """Give the family of a rule: that of a share is the same in a building."""
    family, _, rest = rule.partition(":")
    inside = family == "building" and rest.split(":")[1] == "share"
    return "building_share" if inside else family


def share_of_rule(case: Case, rule: str) -> tuple[ShareRule, str]:
    """Find the share rule behind an id such as ``share:PLAI:min``."""
    *_, family, name, bound = rule.split(":")
    if rule.startswith(("building:", "buildings:")):
        family = "building_share"
    families: Mapping[str, tuple[ShareRule, ...]] = {
        "building_share": case.rules.building_shares,
        "share": case.rules.families,
        "typo": case.rules.typology_shares,
        "quartile": case.rules.quartiles,
        "quota": case.rules.quotas,
    }
    return next(share for share in families[family] if share.id == name), bound


def _plain_name(case: Case, name: str) -> str:
    """Turn an id into words: "T2,PLAI" is T2 PLAI, a room has its label."""
    labels = {space.id: space.label for space in case.spaces}
    if name in labels:
        return quoted(labels[name] or name.replace("_", " "))
    return name.replace(",", " ")


def _quoted(share: ShareRule) -> str:
    return quoted(share.label or share.id.replace("_", " "))
