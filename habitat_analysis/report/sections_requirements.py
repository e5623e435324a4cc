"""The price of each requirement in a report: moved by a step on both sides, solved again."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.feasibility.plu_levers import STEPS
from habitat_analysis.formats import capital, count, euros, join_fr, typeset
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.price_words import (
    HALF_EURO,
    PER,
    amount_words,
    effect_words,
    lever_label,
    limit_words,
    price_sentence,
    step_words,
    unit_price_words,
)
from habitat_analysis.programme.requirement_keys import find_requirement, study_key
from habitat_analysis.programme.requirements import Answered, Price, case_levers
from habitat_analysis.programme.rules import relaxable_rules, rule_unit
from habitat_analysis.programme.wording import rule_label
from habitat_analysis.report.charts_argument import requirement_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Quantity, Sheet, counted, sheet, sum_of
from habitat_analysis.tenures import ORDER

MOST_DRAWN: Final = 12
NOTHING: Final = "sans objet"
DECISION: Final = "décision"  # kept or not: there is no figure to move
NOTES: Final = (
    (
        "Chaque ligne vient de deux calculs complets, l'exigence déplacée d'un pas, tout le reste"
        " égal : le programme est cherché de nouveau."
    ),
    (
        "Prix unitaire : écrit seulement quand les besoins couverts ne changent pas ; un point est"
        " un centième des logements."
    ),
)
RELAXED: Final = (
    "Effort d'une unité de plus de la limite, pour un programme dont les logements pourraient"
    " être des fractions et qui chercherait d'abord le moindre effort. Ces prix ne voient aucun"
    " saut : ils disent où regarder, le tableau des exigences dit ce qui arrive."
)


def price_table(feasibility: Feasibility) -> Sheet | None:
    """List the requirements that change something, the heaviest first; None without any."""
    case, moving = feasibility.file.case, _moving(feasibility)
    if not moving:
        return None
    rows = [
        {
            "label": lever_label(case, price.lever),
            "limit": limit_words(price.lever) or DECISION,
            "step": amount_words(price.lever),
            "looser": _effect(price.looser),
            "tighter": _effect(price.tighter),
            "unit": _unit_prices(price),
        }
        for price in moving
    ]
    columns = [
        Column(name="label", header="Exigence"),
        Column(name="limit", header="Limite de l'étude"),
        Column(name="step", header="Pas"),
        Column(name="looser", header="Un pas plus souple"),
        Column(name="tighter", header="Un pas plus strict"),
        Column(name="unit", header="Prix unitaire"),
    ]
    caption = "Le prix de chaque exigence, celle qui pèse le plus d'abord (TTC)"
    return sheet("Prix des exigences", caption, rows, columns, notes=NOTES)


def unmoved_sentence(feasibility: Feasibility) -> str:
    """Name the requirements that change nothing on either side; empty without any."""
    moving = {price.lever.rule for price in _moving(feasibility)}
    case = feasibility.file.case
    still = [p for p in _public(feasibility) if p.lever.rule not in moving]
    if not still:
        return ""
    labels = [_lower(lever_label(case, price.lever)) for price in still]
    said = count(len(still), "exigence ne change rien", "exigences ne changent rien")
    return typeset(f"{said}, un pas plus souple comme un pas plus strict : {join_fr(labels)}.")


def late_sentence(feasibility: Feasibility) -> str:
    """Name the requirements left out because time ran out; empty when all were priced."""
    if feasibility.argument is None or feasibility.programme is None:
        return ""
    case, done = feasibility.file.case, {price.lever.rule for price in feasibility.argument.prices}
    levers = [lever for lever in case_levers(case) if lever.looser or lever.tighter]
    missing = [
        _lower(lever_label(case, lever))
        for lever in levers
        if lever.rule not in done and not is_private_rule(lever.rule)
    ]
    if not any(rule.startswith("plu:") for rule in done):
        missing += [_lower(step.label) for step in STEPS]
    if not missing:
        return ""
    return typeset(f"Non recalculées dans le temps imparti : {join_fr(missing)}.")


def price_sentences(feasibility: Feasibility) -> tuple[str, ...]:
    """Say what each requirement that matters does, one sentence each."""
    case = feasibility.file.case
    return tuple(price_sentence(case, price) for price in _moving(feasibility))


def price_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the effort that each requirement moves; None when none moves it."""
    case, moving = feasibility.file.case, _moving(feasibility)[:MOST_DRAWN]
    if not moving:
        return None
    rows = [
        {"label": lever_label(case, price.lever)}
        | _bar("looser", price.looser)
        | _bar("tighter", price.tighter)
        for price in moving
    ]
    first = lever_label(case, moving[0].lever)
    title = typeset(f"L'exigence qui pèse le plus : {_lower(first)}")
    return requirement_chart(
        pd.DataFrame(rows), title=title, sources=study_sources(feasibility.ground)
    )


def relaxation_table(feasibility: Feasibility) -> Sheet | None:
    """Give the multipliers of the relaxation, titled for what they are; None without any."""
    argument, case = feasibility.argument, feasibility.file.case
    if argument is None or argument.relaxation.status != "optimal":
        return None
    prices = argument.relaxation.prices
    public = [rule for rule in relaxable_rules(prices) if not is_private_rule(rule)]
    rows = [
        {
            "rule": "Terrain, taxes et frais fixes" if r == "balance" else rule_label(case, r),
            "price": prices[r],
            "unit": PER.get(rule_unit(case, r), "par local"),
        }
        for r in sorted(public, key=lambda rule: (-abs(prices[rule]), rule))
        if abs(prices[r]) >= HALF_EURO / 100
    ]
    if not rows:
        return None
    columns = [
        Column(name="rule", header="Limite"),
        Column(name="price", header="Effort (€)", kind="decimal2"),
        Column(name="unit", header="Pour une unité de plus"),
    ]
    caption = "Prix d'un programme dont les logements pourraient être des fractions : indicatif"
    value = argument.relaxation.value
    notes = [RELAXED]
    if value is not None:
        notes.append(f"Effort de ce programme fractionné : {euros(value)}.")
    return sheet("Prix fractionnés", caption, rows, columns, notes=notes)


def requirement_table(feasibility: Feasibility, key: str) -> Sheet | None:
    """Look at one requirement closely: the programme today, and a step on each side.

    Parameters
    ----------
    feasibility
        A site studied and argued.
    key
        The requirement as the study names it: ``familles.libre.max``.

    Returns
    -------
    table
        One column a programme; None without a programme or an argument.

    Raises
    ------
    DataError
        ``E_REQUIREMENT`` for an unknown requirement, with the known ones.
    """
    price, kept = _requirement(feasibility, key), feasibility.optimum.evaluation
    if price is None or kept is None:
        return None
    case, sides = feasibility.file.case, (price.looser, price.tighter)
    found = [side.optimum.evaluation if side else None for side in sides]
    codes = [c for c in ORDER if any(e is not None and e.by_tenure.get(c) for e in (kept, *found))]
    today = _profile(kept, codes)
    columns = [Column(name="what", header="Indicateur"), _mixed("today", "Limite de l'étude")]
    rows: list[dict[str, Any]] = [{"what": what, "today": value} for what, value in today.items()]
    for name, side, evaluation in zip(("looser", "tighter"), sides, found, strict=True):
        if side is None:
            continue
        columns.append(_mixed(name, capital(step_words(price.lever, looser=name == "looser"))))
        cells = None if evaluation is None else _profile(evaluation, codes)
        for row in rows:
            row[name] = cells[row["what"]] if cells else "aucun programme"
    limit = limit_words(price.lever)
    stated = f", limite de {limit}" if limit else ""
    caption = f"{lever_label(case, price.lever)}{stated} : le programme d'un côté et de l'autre"
    return sheet("Une exigence", caption, rows, columns)


def requirement_sentence(feasibility: Feasibility, key: str) -> str:
    """Say the price of one requirement; errors as `requirement_table`."""
    price = _requirement(feasibility, key)
    return "" if price is None else price_sentence(feasibility.file.case, price)


def requirement_names(feasibility: Feasibility) -> str:
    """Name the requirements as the study does, for who wants to look at one closely."""
    keys = [study_key(price.lever.rule) for price in _public(feasibility)]
    return typeset(f"Exigences connues : {join_fr(keys)}.") if keys else ""


def _requirement(feasibility: Feasibility, key: str) -> Price | None:
    prices = {price.lever.rule: price for price in _public(feasibility)}
    return prices[find_requirement(prices, key)] if prices else None


def _public(feasibility: Feasibility) -> list[Price]:
    """Keep the prices that may be published: none on the incomes of households."""
    prices = feasibility.argument.prices if feasibility.argument else ()
    return [price for price in prices if not is_private_rule(price.lever.rule)]


def _moving(feasibility: Feasibility) -> list[Price]:
    """Keep those that change something on a side: needs, half a euro, or that prove nothing."""
    return [
        price for price in _public(feasibility) if _moves(price.looser) or _moves(price.tighter)
    ]


def _moves(side: Answered | None) -> bool:
    if side is None:
        return False
    return bool(side.housed) or side.effort_eur is None or abs(side.effort_eur) >= HALF_EURO


def _effect(side: Answered | None) -> str:
    return NOTHING if side is None else typeset(effect_words(side))


def _unit_prices(price: Price) -> str:
    """Write the unit price of each side that has one; the two alike are written once."""
    sides = [unit_price_words(price, looser=looser) for looser in (True, False)]
    named = [
        f"plus {word} : {said}"
        for word, said in zip(("souple", "strict"), sides, strict=True)
        if said
    ]
    return typeset(" ; ".join(named)) or NOTHING


def _bar(name: str, side: Answered | None) -> dict[str, Any]:
    """Prepare a bar: its length, the words beside it, whether needs change too."""
    if side is None or not _moves(side):
        return {name: math.nan, f"{name}_text": "", f"{name}_needs": False}
    if side.effort_eur is None or side.housed is None:
        return {name: math.nan, f"{name}_text": _effect(side), f"{name}_needs": False}
    text = euros(side.effort_eur, signed=True)
    if side.housed:
        needs = count(abs(side.housed), "besoin")
        text += f", {needs} {'de plus' if side.housed > 0 else 'de moins'}"
    return {name: side.effort_eur, f"{name}_text": typeset(text), f"{name}_needs": side.housed != 0}


def _profile(evaluation: Evaluation, codes: list[str]) -> dict[str, Quantity]:
    tenures = {code: counted(evaluation.by_tenure.get(code, 0), "logement") for code in codes}
    mix = {} if evaluation.mix is None else {
        "Écart à la mixité visée": Quantity(value=evaluation.mix, unit="logements", decimals=2)
    }  # fmt: skip
    return {
        "Besoins couverts": counted(evaluation.housed, "besoin"),
        "Logements": counted(evaluation.dwellings, "logement"),
        **tenures,
        **mix,
        "Fonds propres": sum_of(evaluation.equity_eur),
        "Subventions, complément compris": sum_of(evaluation.subsidies_eur + evaluation.topup_eur),
        "Effort à réunir": sum_of(evaluation.public_money_eur),
    }


def _mixed(name: str, header: str) -> Column:
    return Column(name=name, header=header, kind="mixed")


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
