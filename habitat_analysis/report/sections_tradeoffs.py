"""The compromises of a site in a report: each front, its table, its figure, what a step costs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import NBSP, count, euros, join_fr, number, typeset
from habitat_analysis.programme.case import MONEY_OBJECTIVES
from habitat_analysis.programme.case import OBJECTIVES as SENSES
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.frontier import Front, holds_point, marginal_steps
from habitat_analysis.programme.price_words import marginal_sentence
from habitat_analysis.programme.wording import STATUS_LABELS
from habitat_analysis.report.charts_argument import front_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Sheet, sheet
from habitat_analysis.tenures import ORDER

MOST_COLUMNS: Final = 8  # of a table on a printed page
COUNTED: Final = ("housed", "dwellings")
NAMES: Final = {
    "housed": "besoins couverts", "public_money": "effort à réunir",
    "equity": "fonds propres et complément", "mix": "écart à la mixité visée",
    "dwellings": "logements", "cost": "coût de l'opération", "spaces": "locaux partagés",
}  # fmt: skip
AXES: Final = {
    "housed": "Besoins couverts", "public_money": "Effort à réunir (€)",
    "equity": "Fonds propres et complément (€)",
    "mix": "Écart à la mixité visée (logements à déplacer)", "dwellings": "Logements",
    "cost": "Coût de l'opération TTC (€)", "spaces": "Locaux partagés (points)",
}  # fmt: skip
SOUGHT: Final = {  # « l'étude cherche d'abord … »
    "members": "à couvrir le plus de besoins du groupe",
    "housed": "à couvrir le plus de besoins", "public_money": "le moindre effort",
    "equity": "le moins de fonds propres", "mix": "la mixité visée",
    "dwellings": "le plus de logements", "cost": "le moindre coût",
    "spaces": "les locaux partagés",
}  # fmt: skip
SUBJECTS: Final = {
    "housed": "le nombre de besoins couverts", "public_money": "l'effort à réunir",
    "equity": "la somme des fonds propres et du complément", "mix": "l'écart à la mixité visée",
    "dwellings": "le nombre de logements", "cost": "le coût de l'opération",
    "spaces": "la valeur des locaux partagés",
}  # fmt: skip
KEPT: Final = "★"
TIGHT: Final = 1e-6


def front_count(feasibility: Feasibility) -> int:
    """Count the fronts that were drawn."""
    return len(feasibility.argument.fronts) if feasibility.argument else 0


def front_heading(feasibility: Feasibility, rank: int = 0) -> str:
    """Name a front by what it opposes."""
    front = _front(feasibility, rank)
    return "" if front is None else f"Arbitrage : {join_fr([NAMES[n] for n in front.objectives])}"


def front_table(feasibility: Feasibility, rank: int = 0) -> Sheet | None:
    """List the compromises of a front, one a row, the kept programme starred; None without any."""
    front = _front(feasibility, rank)
    if front is None or not front.points:
        return None
    rows = [
        {"mark": mark, "tenures": _tenures(evaluation), **_figures(evaluation)}
        for mark, evaluation in _marked(feasibility, front)
    ]
    columns = _columns(feasibility, front)
    names = join_fr([NAMES[name] for name in front.objectives])
    notes = [
        (
            f"{KEPT} : programme retenu. Chaque ligne est un programme qu'aucun autre ne bat sur"
            f" tous ces objectifs à la fois : {names}. Subventions, complément compris."
        )
    ]
    if any(column.name == "mix" for column in columns):
        notes.append(
            "Écart de mixité : logements dont le statut devrait changer pour la mixité visée."
        )
    if not _on_front(feasibility, front):
        notes.append(f"Le programme retenu n'est pas sur ce front : {_first_goal(feasibility)}.")
    return sheet(
        f"Arbitrage {rank + 1}", f"Compromis entre {names} (TTC)", rows, columns, notes=notes
    )


def front_figure(feasibility: Feasibility, rank: int = 0) -> Chart | None:
    """Draw the compromises of a front; None without at least two."""
    front = _front(feasibility, rank)
    if front is None or len(front.points) < 2:
        return None
    x, y = _axes(front)
    on_front = _on_front(feasibility, front)
    marked = _marked(feasibility, front)
    rows = [
        {
            "mark": mark.removeprefix(KEPT).strip() or "retenu",
            "x": evaluation.reached(x),
            "y": evaluation.reached(y),
            "kept": mark.startswith(KEPT),
            "on_front": on_front or not mark.startswith(KEPT),
        }
        for mark, evaluation in marked
    ]
    finding = front_sentence(feasibility, rank)
    points = [
        f"{mark}, {_written(x, evaluation.reached(x))} et {_written(y, evaluation.reached(y))}"
        for mark, evaluation in marked
    ]
    return front_chart(
        pd.DataFrame(rows),
        axes_labels=(AXES[x], AXES[y]),
        writers=(number_writer(x), number_writer(y)),
        more_is_better=SENSES[x] == "max",
        steps=len(front.objectives) == 2,
        title=finding.rstrip("."),
        alt=typeset(f"{finding} {' ; '.join(points)}."),
        sources=study_sources(feasibility.ground),
    )


def front_sentence(feasibility: Feasibility, rank: int = 0) -> str:
    """Say what a front finds, from its first point to its last; empty without points."""
    front = _front(feasibility, rank)
    if front is None or not front.points:
        return ""
    x, y = _axes(front)
    values = sorted(
        ((point.reached[x], point.reached[y]) for point in front.points),
        reverse=SENSES[x] == "min",
    )
    (x_from, y_from), (x_to, y_to) = values[0], values[-1]
    if len(values) == 1:
        said = f"Un seul compromis : {_written(x, x_from)}, {_written(y, y_from)}."
    else:
        said = (
            f"De {_plain(x, x_from)} à {_written(x, x_to)}, {SUBJECTS[y]} passe de"
            f" {_plain(y, y_from)} à {_written(y, y_to)}."
        )
    return typeset(said)


def front_proofs(feasibility: Feasibility, rank: int = 0) -> tuple[str, ...]:
    """Say where a front ends and whether it is proved, one sentence an objective."""
    front = _front(feasibility, rank)
    if front is None:
        return ()
    if front.status == "infeasible":
        return (typeset(f"{STATUS_LABELS['infeasible']} (prouvé)."),)
    if not front.complete:
        found = count(len(front.points), "compromis trouvé", "compromis trouvés")
        why = STATUS_LABELS[front.status].lower()
        return (typeset(f"Front incomplet, {found} : {why}. D'autres compromis peuvent exister."),)
    return tuple(
        said for name in front.objectives if (said := _end(feasibility, front, name)) != ""
    )


def step_sentences(feasibility: Feasibility, rank: int = 0) -> tuple[str, ...]:
    """Say what each step of a front costs; empty when the effort is not one of its objectives."""
    front = _front(feasibility, rank)
    if front is None or len(front.points) < 2 or "public_money" not in front.objectives:
        return ()
    for name in COUNTED:
        if name in front.objectives:
            return tuple(
                marginal_sentence(name, row["from"], row["to"], row["cost_eur"])
                for row in marginal_steps(front, name, "public_money").to_dict("records")
            )
    return _mix_steps(front) if "mix" in front.objectives else ()


def number_writer(objective: str) -> Any:
    """Give the writer of the figures of an axis."""
    decimals = 1 if objective in ("mix", "spaces") else 0
    return euros if objective in MONEY_OBJECTIVES else lambda value: number(value, decimals)


def _front(feasibility: Feasibility, rank: int) -> Front | None:
    return feasibility.argument.fronts[rank] if rank < front_count(feasibility) else None  # type: ignore[union-attr]


def _axes(front: Front) -> tuple[str, str]:
    """Choose x and y: money stands, and what it buys lies, among the first two objectives."""
    first, second = front.objectives[:2]
    return (first, second) if second in MONEY_OBJECTIVES else (second, first)


def _marked(feasibility: Feasibility, front: Front) -> list[tuple[str, Evaluation]]:
    """Name each programme of a front by a letter; the kept one has a star, wherever it stands."""
    kept, rows = feasibility.optimum.evaluation, []
    for rank, point in enumerate(front.points):
        evaluation = point.optimum.evaluation
        assert evaluation is not None  # noqa: S101 - a point of a front has its evaluation
        if kept is not None and holds_point(front, point, kept):
            rows.append((f"{KEPT} {_letter(rank)}", kept))
        else:
            rows.append((_letter(rank), evaluation))
    if kept is not None and not _on_front(feasibility, front):
        rows.append((KEPT, kept))
    return rows


def _on_front(feasibility: Feasibility, front: Front) -> bool:
    kept = feasibility.optimum.evaluation
    return kept is None or any(holds_point(front, point, kept) for point in front.points)


def _letter(rank: int) -> str:
    """Write A to Z, then A1, B1...

    Examples
    --------
    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'A1')
    """
    turn, place = divmod(rank, 26)
    return f"{chr(ord('A') + place)}{turn or ''}"


def _figures(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "housed": evaluation.housed, "dwellings": evaluation.dwellings,
        "own": evaluation.equity_eur,
        "helped": evaluation.subsidies_eur + evaluation.topup_eur,
        "effort": evaluation.public_money_eur, "cost": evaluation.cost_eur,
        "mix": evaluation.mix, "spaces": evaluation.reached("spaces"),
    }  # fmt: skip


def _columns(feasibility: Feasibility, front: Front) -> list[Column]:
    """Choose the columns of a front: its objectives, the parts of the effort, who lives there.

    Needs covered are counted only where they are an objective: elsewhere nobody sought them.
    """
    wanted = set(front.objectives)
    effort = bool(wanted & {"public_money", "equity"}) or "cost" not in wanted
    columns = [
        Column(name="mark", header="Repère"),
        *([Column(name="housed", header="Besoins", kind="whole")]
          if "housed" in wanted else []),
        Column(name="dwellings", header="Logements", kind="whole"),
        *([Column(name="own", header="Fonds propres (€)", kind="whole"),
           Column(name="helped", header="Subventions (€)", kind="whole"),
           Column(name="effort", header="Effort (€)", kind="whole")] if effort else []),
        *([Column(name="cost", header="Coût TTC (€)", kind="whole")] if "cost" in wanted else []),
        *([Column(name="spaces", header="Locaux (points)", kind="decimal")]
          if "spaces" in wanted else []),
    ]  # fmt: skip
    target = feasibility.ground.study.programme.mix_target is not None
    if "mix" in wanted or (target and len(columns) + 2 <= MOST_COLUMNS):
        columns.append(Column(name="mix", header="Écart de mixité", kind="decimal2"))
    return [*columns, Column(name="tenures", header="Logements par statut")]


def _tenures(evaluation: Evaluation) -> str:
    return ", ".join(
        f"{code}{NBSP}{evaluation.by_tenure[code]}"
        for code in ORDER
        if evaluation.by_tenure.get(code)
    )


def _first_goal(feasibility: Feasibility) -> str:
    stages = feasibility.optimum.stages
    goal = SOUGHT[stages[0].objective] if stages else "autre chose"
    return f"l'étude cherche d'abord {goal}"


def _end(feasibility: Feasibility, front: Front, name: str) -> str:
    """Say where a complete front ends on one objective."""
    reached = [point.reached[name] for point in front.points]
    none = "aucun programme ne respecte toutes les limites (prouvé)"
    needs = feasibility.ground.needs
    if name == "housed":
        most = max(reached)
        if needs is not None and needs.traits is None and most >= needs.n_households - TIGHT:
            return typeset(f"Les {number(most)} besoins du groupe peuvent tous être couverts.")
        return typeset(f"Au-delà de {_written(name, most)}, {none}.")
    if name == "dwellings":
        return typeset(f"Au-delà de {_written(name, max(reached))}, {none}.")
    if name == "mix" and min(reached) > TIGHT:
        return typeset(f"En dessous de {_written(name, min(reached))}, {none}.")
    return "La mixité visée peut être atteinte exactement." if name == "mix" else ""


def _mix_steps(front: Front) -> tuple[str, ...]:
    best: dict[float, float] = {}
    for point in front.points:
        mix, effort = point.reached["mix"], point.reached["public_money"]
        best[mix] = min(effort, best.get(mix, effort))
    steps = sorted(best.items(), reverse=True)
    return tuple(
        typeset(
            f"Ramener l'écart à la mixité de {_plain('mix', before)} à"
            f" {_written('mix', after, short=True)} demande {euros(effort - known)} d'effort de"
            " plus."
        )
        for (before, known), (after, effort) in pairwise(steps)
    )


def _plain(name: str, value: float) -> str:
    """Write a value before another of the same unit: « de 16 à 24 besoins couverts »."""
    return euros(value) if name in MONEY_OBJECTIVES else _short_number(value)


def _written(name: str, reached: float | None, *, short: bool = False) -> str:
    value = reached or 0.0
    if name in MONEY_OBJECTIVES:
        return euros(value)
    if name == "housed":
        return count(round(value), "besoin couvert", "besoins couverts")
    if name == "dwellings":
        return count(round(value), "logement")
    if name == "mix":
        noun = "logement" if abs(value) < 2 else "logements"
        tail = "" if short else " d'écart à la mixité"
        return f"{_short_number(value)} {noun}{tail}"
    return f"{_short_number(value)} points de locaux partagés"


def _short_number(value: float) -> str:
    """Write at most two decimals, none when the value is whole."""
    rounded = round(value, 2)
    decimals = next(n for n in (0, 1, 2) if round(rounded, n) == rounded)
    return number(rounded, decimals)
