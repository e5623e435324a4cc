"""The price of each requirement in one French sentence, both sides of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from habitat_analysis.formats import area, count, euros, euros_m2, metres, number, typeset
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.requirements import Answered, Lever, LeverUnit, Price
from habitat_analysis.programme.wording import NOUNS, rule_label

HALF_EURO: Final = 0.5
LESS_IS_LOOSER: Final = frozenset({"dwellings:min", "housed", "balance"})
LESS_PLU: Final = frozenset({"pleine_terre_min", "recul_voie_m", "retrait_min_m"})
PER: Final[Mapping[LeverUnit, str]] = {
    "m2": "par m²", "places": "par place", "logements": "par logement", "menages": "par besoin",
    "points": "par point", "eur": "par euro", "eur_m2": "par €/m²", "niveaux": "par niveau",
    "metres": "par mètre",
}  # fmt: skip


def lever_label(case: Case, lever: Lever) -> str:
    """Name a requirement as a planner reads it."""
    if lever.rule == "balance":
        return "Terrain, taxes et frais fixes"
    return typeset(lever.label or rule_label(case, lever.rule))


def price_sentence(case: Case, price: Price) -> str:
    """Say what a step on each side of a requirement does to the programme.

    Examples of wording: « Fonds propres : avec 50 000 € de plus, 1 besoin couvert de plus,
    169 184 € d'effort de plus ; avec 50 000 € de moins, rien ne change. »
    """
    parts = [
        f"{_with(step_words(price.lever, looser=looser))}, {effect_words(side)}"
        for side, looser in ((price.looser, True), (price.tighter, False))
        if side is not None
    ]
    return typeset(f"{lever_label(case, price.lever)} : {' ; '.join(parts)}.")


def step_words(lever: Lever, *, looser: bool) -> str:
    """Say the step on one side: « 5 points de moins », « sans ce local »."""
    family, _, name = lever.rule.partition(":")
    if family == "mandatory":
        return "sans ce local"
    if family == "fixed":
        return "sans cette décision"
    fewer = lever.rule in LESS_IS_LOOSER or family == "lots" or name in LESS_PLU
    less = fewer or lever.rule.endswith(":min")
    sense = "de moins" if less == looser else "de plus"
    return f"{_amount(lever.step, lever.unit)} {sense}"


def amount_words(lever: Lever) -> str:
    """Write the step of a requirement without its side: « 5 points », « y renoncer »."""
    if lever.rule.partition(":")[0] in ("mandatory", "fixed"):
        return "y renoncer"
    return typeset(_amount(lever.step, lever.unit))


def effect_words(side: Answered) -> str:
    """Say what becomes of the programme: needs first, then money."""
    if side.optimum.status == "infeasible":
        return "plus aucun programme possible"
    if side.housed is None or side.effort_eur is None:
        return "rien n'est prouvé"
    money = euros(abs(side.effort_eur))
    sense = "de plus" if side.effort_eur > 0 else "de moins"
    effort = f"{money} d'effort {sense}"
    if side.housed == 0:
        return effort if abs(side.effort_eur) >= HALF_EURO else "rien ne change"
    needs = count(abs(side.housed), "besoin couvert", "besoins couverts")
    more = "de plus" if side.housed > 0 else "de moins"
    tail = f", {effort}" if abs(side.effort_eur) >= HALF_EURO else ", au même effort"
    return f"{needs} {more}{tail}"


def unit_price_eur(price: Price, *, looser: bool) -> float | None:
    """Return the euros of effort for one unit of a requirement, when the needs stay the same.

    A point is one hundredth of the dwellings.
    """
    side = price.looser if looser else price.tighter
    if side is None or side.effort_eur is None or side.housed != 0:
        return None
    units = price.lever.step * (100.0 if price.lever.unit == "points" else 1.0)
    return side.effort_eur / units


def unit_price_words(price: Price, *, looser: bool) -> str:
    """Write the price of one unit: « 3 450 € par point »; empty when the needs change."""
    value, unit = unit_price_eur(price, looser=looser), PER.get(price.lever.unit)
    if value is None or unit is None or abs(value) < HALF_EURO / 100:
        return ""
    written = f"{number(value, 2, signed=True)} €" if abs(value) < 10 else euros(value, signed=True)
    return typeset(f"{written} {unit}")


def limit_words(lever: Lever) -> str:
    """Write the limit of the study, or nothing for a decision."""
    if lever.limit is None or lever.rule.startswith("mandatory:"):
        return ""
    return typeset(_limit(lever.limit, lever.unit))


def marginal_sentence(counted: str, before: float, after: float, cost_eur: float) -> str:
    """Say what the last need covered, or dwelling built, costs.

    Examples
    --------
    >>> marginal_sentence("housed", 24, 25, 85_639.2).replace("\u202f", " ").replace("\u00a0", " ")
    "Le 25e besoin couvert demande 85 639 € d'effort de plus."
    """
    noun = "besoin couvert" if counted == "housed" else "logement"
    nouns = "besoins couverts" if counted == "housed" else "logements"
    if after - before == 1:
        what = f"Le {number(after)}e {noun}"
    else:
        what = f"Passer de {number(before)} à {number(after)} {nouns}"
    return typeset(f"{what} demande {euros(cost_eur)} d'effort de plus.")


def _with(step: str) -> str:
    return step if step.startswith("sans ") else f"avec {step}"


def _amount(step: float, unit: LeverUnit) -> str:
    if unit == "points":
        return count(round(step * 100, 6), "point")
    if unit == "eur":
        return euros(step)
    if unit == "eur_m2":
        return euros_m2(step)
    if unit == "m2":
        return area(step)
    if unit == "metres":
        return metres(step)
    if unit == "niveaux":
        return count(step, "niveau", "niveaux")
    return count(step, *NOUNS[unit])


def _limit(limit: float, unit: LeverUnit) -> str:
    if unit == "points":
        return f"{number(limit * 100, 0 if (limit * 100).is_integer() else 1)} %"
    if unit == "m2":
        return area(limit, 1)
    return _amount(limit, unit)
