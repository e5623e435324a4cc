"""Each way out of an impossible programme in the planner's words, units and direction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from habitat_analysis.formats import area, count, euros, euros_m2, number, percent, typeset
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.diagnosis import WayOut
from habitat_analysis.programme.wording import rule_label, share_of_rule

NOISE: Final = 1e-6  # a concession this near to a whole number is that number


def way_sentence(case: Case, way: WayOut) -> str:
    """Say the smallest concession that is enough on one rule alone.

    Rounded so as to be enough: the next euro, the next tenth of a square metre, the next whole
    dwelling.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules
    >>> case = Case(typologies=(), tenures=(),
    ...             rules=ProgrammeRules(shab_max_m2=100.0, dwellings_max=2, equity_max_eur=1e5))
    >>> way = WayOut(rule="equity", unit="eur", amount=23_777.2)
    >>> way_sentence(case, way).replace("\u202f", " ").replace("\u00a0", " ")
    'Fonds propres : 23 778 € de plus que la limite de 100 000 €.'
    """
    if way.amount is None:
        return typeset(f"{rule_label(case, way.rule)} : ne suffit pas, même levée.")
    family = way.rule.partition(":")[0]
    write = _WRITERS.get(way.rule) or _WRITERS.get(family) or _other
    return typeset(write(case, way))


def conflict_sentence(case: Case, conflict: tuple[str, ...]) -> str:
    """Say which rules cannot hold together."""
    if not conflict:
        return "Même sans les limites de l'étude, rien ne peut être construit ici."
    named = " ; ".join(_lower(rule_label(case, rule)) for rule in conflict)
    if len(conflict) == 1:
        return typeset(f"Cette limite ne laisse à elle seule aucun programme : {named}.")
    together = f"Ces {len(conflict)} limites ne tiennent pas ensemble, quoi qu'on fasse des autres"
    return typeset(f"{together} : {named}.")


def _money(value: float) -> str:
    return euros(math.ceil(value - NOISE))


def _whole(value: float, singular: str, plural: str | None = None) -> str:
    return count(max(1, math.ceil(value - NOISE)), singular, plural)


def _limit_money(label: str, limit: float | None, way: WayOut) -> str:
    stated = "" if limit is None else f" que la limite de {euros(limit)}"
    return f"{label} : {_money(way.amount or 0.0)} de plus{stated}."


def _surface(case: Case, way: WayOut) -> str:
    more = math.ceil((way.amount or 0.0) * 10 - NOISE) / 10
    limit = area(case.rules.shab_max_m2, 1)
    return f"{rule_label(case, 'surface')} : {area(more, 1)} de plus que les {limit} permis."


def _balance(case: Case, way: WayOut) -> str:
    del case
    return f"Terrain, taxes et frais fixes : {_money(way.amount or 0.0)} de moins."


def _dwellings(case: Case, way: WayOut) -> str:
    fewest = way.rule.endswith(":min")
    limit = case.rules.dwellings_min if fewest else case.rules.dwellings_max
    step = max(1, math.ceil((way.amount or 0.0) - NOISE))
    sense, new = ("de moins", limit - step) if fewest else ("de plus", limit + step)
    return (
        f"{rule_label(case, way.rule)} : {count(step, 'logement')} {sense}"
        f" ({number(new)} au lieu de {number(limit)})."
    )


def _open(case: Case, way: WayOut) -> str:
    more = _whole(way.amount or 0.0, "logement de plus", "logements de plus")
    limit = case.rules.open_max or 0
    return f"{rule_label(case, 'open')} : {more} que les {number(limit)} permis."


def _housed(case: Case, way: WayOut) -> str:
    fewer = _whole(way.amount or 0.0, "besoin de moins", "besoins de moins")
    return f"{rule_label(case, 'housed')} : {fewer} que les {case.rules.housed_min} demandés."


def _parking(case: Case, way: WayOut) -> str:
    more = number(math.ceil((way.amount or 0.0) * 10 - NOISE) / 10, 1).replace(",0", "")
    limit = number(case.rules.parking_max or 0.0, 1).replace(",0", "")
    places = "place" if (way.amount or 0.0) <= 1 else "places"
    return f"{rule_label(case, 'parking')} : {more} {places} de plus que les {limit} permises."


def _share(case: Case, way: WayOut) -> str:
    """Say a share as the percentage that is enough, with the dwellings behind it."""
    rule, bound = share_of_rule(case, way.rule)
    limit = rule.min if bound == "min" else rule.max
    part, total = round(way.part or 0.0), way.total or 0
    reached = part / total if total else 0.0
    if bound == "min":
        asked, exact = "au moins", math.floor(reached * 1000 + NOISE) / 1000
    else:
        asked, exact = "au plus", math.ceil(reached * 1000 - NOISE) / 1000
    return (
        f"{rule_label(case, way.rule)} : {asked} {percent(exact)} au lieu de {percent(limit)},"
        f" soit {count(part, 'logement')} sur {number(total)}."
    )


def _mix(case: Case, way: WayOut) -> str:
    total = way.total or 0
    reached = (way.part or 0.0) / total if total else 0.0
    limit = case.rules.mix_target.eps if case.rules.mix_target else None
    return (
        f"{rule_label(case, 'mix')} : au plus {percent(math.ceil(reached * 1000) / 1000)} des"
        f" logements au lieu de {percent(limit)}."
    )


def _residents(case: Case, way: WayOut) -> str:
    return f"{rule_label(case, way.rule)} : une part plus souple (chiffres réservés)."


def _ceiling(case: Case, way: WayOut) -> str:
    new = euros_m2(math.ceil((way.part or 0.0) - NOISE), "SHAB", tax="TTC")
    more = euros_m2(math.ceil((way.amount or 0.0) - NOISE), "SHAB", tax="TTC")
    return f"{rule_label(case, way.rule)} : {more} de plus, soit {new}."


def _mandatory(case: Case, way: WayOut) -> str:
    return f"{rule_label(case, way.rule)} : y renoncer."


def _lots(case: Case, way: WayOut) -> str:
    fewer = _whole(way.amount or 0.0, "lot de moins", "lots de moins")
    asked = next(lots.count for lots in case.lots if lots.id == way.rule)
    return f"{rule_label(case, way.rule)} : {fewer}, sur {number(asked)}."


def _fixed(case: Case, way: WayOut) -> str:
    moved = number(max(1, math.ceil((way.amount or 0.0) - NOISE)))
    return f"{rule_label(case, way.rule)} : {moved} de plus ou de moins."


def _other(case: Case, way: WayOut) -> str:
    amount = way.amount or 0.0
    written = {
        "eur": _money(amount),
        "m2": area(math.ceil(amount * 10 - NOISE) / 10, 1),
        "places": _whole(amount, "place"),
    }.get(way.unit, _whole(amount, "logement"))
    return f"{rule_label(case, way.rule)} : un écart de {written}."


_WRITERS: Final[Mapping[str, Callable[[Case, WayOut], str]]] = {
    "surface": _surface,
    "parking": _parking,
    "dwellings": _dwellings,
    "open": _open,
    "housed": _housed,
    "share": _share,
    "typo": _share,
    "quartile": _residents,
    "quota": _residents,
    "mix": _mix,
    "balance": _balance,
    "equity": lambda case, way: _limit_money("Fonds propres", case.rules.equity_max_eur, way),
    "topup": lambda case, way: _limit_money(
        "Subvention complémentaire", case.rules.topup_max_eur, way
    ),
    "subsidy": lambda case, way: _limit_money(
        "Total des subventions", case.rules.subsidy_max_eur, way
    ),
    "ceiling": _ceiling,
    "mandatory": _mandatory,
    "fixed": _fixed,
    "lots": _lots,
}


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
