"""The buildings and phases of a programme in a report; nothing for a site taken as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import count, euros, join_fr, number, percent, quoted, typeset
from habitat_analysis.programme.building_account import BuildingAccount, PhaseAccount
from habitat_analysis.programme.buildings import Building, Phase
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.sharing_out import separation
from habitat_analysis.programme.wording import building_name
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from habitat_analysis.tenures import ORDER

NO_LIMIT: Final = "sans limite propre"
NO_ROOM: Final = "aucun"
SHARING_NOTE: Final = (
    "SHAB : locaux partagés compris. Plusieurs répartitions entre bâtiments donnent souvent le "
    "même programme : celle-ci est cherchée la plus semblable d'un bâtiment à l'autre, parmi "
    "celles qui gardent toutes les règles."
)
PHASE_NOTE: Final = (
    "Besoin d'une phase : coût TTC de ses logements et de ses locaux et part des charges fixes (au "
    "prorata de la surface habitable que ses bâtiments peuvent tenir), moins ses emprunts, ses "
    "subventions et ses ventes. Un terrain payé en entier dès le début pèse davantage sur la "
    "première phase. À porter : cumul des besoins jusqu'à cette phase. La subvention "
    "complémentaire, à trouver, n'est pas comptée."
)


def building_table(feasibility: Feasibility) -> Sheet | None:
    """Tell what each building holds, beside what it may; None without buildings."""
    evaluation, case = feasibility.optimum.evaluation, feasibility.file.case
    if evaluation is None or not evaluation.buildings:
        return None
    rows = [
        {
            "building": building_name(case, inside.id),
            "phase": inside.phase,
            "n": inside.dwellings,
            "most": NO_LIMIT if building.dwellings_max is None
            else Quantity(value=building.dwellings_max),
            "area": inside.shab_with_spaces_m2,
            "area_max": building.shab_max_m2,
            "parking": inside.parking,
            "rooms": _rooms(feasibility, inside),
        }
        for building, inside in _pairs(feasibility, evaluation)
    ]  # fmt: skip
    columns = [
        Column(name="building", header="Bâtiment"),
        Column(name="phase", header="Phase", kind="whole"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="most", header="Logements max.", kind="mixed"),
        Column(name="area", header="SHAB (m²)", kind="decimal"),
        Column(name="area_max", header="SHAB max. (m²)", kind="decimal"),
        Column(name="parking", header="Places", kind="decimal"),
        Column(name="rooms", header="Locaux partagés"),
    ]
    if not case.phases:
        columns = [column for column in columns if column.name != "phase"]
    caption = "Le programme, bâtiment par bâtiment"
    return sheet("Bâtiments", caption, rows, columns, notes=[SHARING_NOTE])


def phase_sentence(feasibility: Feasibility) -> str:
    """Say when the most equity is tied up; empty without phases."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None or not evaluation.phases:
        return ""
    peak = max(evaluation.phases, key=lambda money: money.tied_up_eur)
    if peak.tied_up_eur <= 0:
        return typeset("À la livraison de chaque phase, il ne reste aucuns fonds à porter.")
    return typeset(
        f"Les fonds à porter sont les plus élevés à la livraison de la phase {peak.number} : "
        f"{euros(peak.tied_up_eur)}, emprunts, subventions et ventes des logements livrés déduits."
    )


def phase_table(feasibility: Feasibility) -> Sheet | None:
    """Tell what each phase leaves to be found, alone and cumulated; None without phases."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None or not evaluation.phases:
        return None
    months = {p.number: p.start_month for p in feasibility.ground.study.programme.phases}
    rows = [
        {
            "phase": f"{money.number} : {_named(feasibility, money)}",
            "month": months.get(money.number),
            "n": money.dwellings,
            "fixed": money.fixed_share_eur,
            "need": money.need_eur,
            "tied": money.tied_up_eur,
            "most": NO_LIMIT if phase.equity_max_eur is None
            else Quantity(value=phase.equity_max_eur),
        }
        for phase, money in _phase_pairs(feasibility, evaluation)
    ]  # fmt: skip
    columns = [
        Column(name="phase", header="Phase et bâtiments"),
        Column(name="month", header="Début (mois)", kind="whole"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="fixed", header="Charges fixes (€)", kind="whole"),
        Column(name="need", header="Besoin (€ TTC)", kind="whole"),
        Column(name="tied", header="À porter (€)", kind="whole"),
        Column(name="most", header="Limite (€)", kind="mixed"),
    ]
    if not any(month is not None for month in months.values()):
        columns = [column for column in columns if column.name != "month"]
    return sheet("Phases", "Phases et fonds à porter", rows, columns, notes=[PHASE_NOTE])


def mix_by_building(feasibility: Feasibility) -> Sheet | None:
    """Cross tenures and buildings, with totals; None without buildings."""
    mix, case = feasibility.mix, feasibility.file.case
    if mix is None or mix.buildings.columns.empty:
        return None
    names = [str(name) for name in mix.buildings]
    counts = {str(code): list(row) for code, *row in mix.buildings.itertuples()}
    keys = [f"in {name}" for name in names]
    rows: list[dict[str, Any]] = [
        {"tenure": tenure_label(code)} | dict(zip(keys, counts[code], strict=True))
        for code in ORDER
        if any(counts[code])
    ]
    rows.append({"tenure": "Total"} | {key: sum(row[key] for row in rows) for key in keys})
    for row in rows:
        row["total"] = sum(row[key] for key in keys)
    columns = [
        Column(name="tenure", header="Statut"),
        *(
            Column(name=key, header=building_name(case, name), kind="whole")
            for key, name in zip(keys, names, strict=True)
        ),
        Column(name="total", header="Total", kind="whole"),
    ]
    caption = "Logements par statut et bâtiment"
    return sheet("Mixité par bâtiment", caption, rows, columns, total=True)


def mix_by_building_sentence(feasibility: Feasibility) -> str:
    """Read the table: how far the buildings differ, and the tenure that fills each most."""
    mix, evaluation = feasibility.mix, feasibility.optimum.evaluation
    if mix is None or evaluation is None or mix.buildings.columns.empty:
        return ""
    said = [*_difference(feasibility), *_fullest(feasibility, evaluation)]
    asked = feasibility.file.case.rules.building_shares
    rule = "L'étude ne demande rien de chaque bâtiment."
    if asked:
        kept = "respectées" if len(asked) > 1 else "respectée"
        rule = f"{count(len(asked), 'règle')} de mixité dans chaque bâtiment, {kept}."
    return typeset(" ".join([*said, rule]))


def _difference(feasibility: Feasibility) -> Iterator[str]:
    """Say Theil H and the dwellings to exchange, when there is something to separate."""
    mix, programme = feasibility.mix, feasibility.programme
    if mix is None or programme is None or mix.theil_h is None:
        return
    yield (
        f"Écart de mixité entre bâtiments (indice H de Theil) : {number(mix.theil_h, 2)}, sur une "
        "échelle de 0 (même mixité partout) à 1 (un seul statut par bâtiment)."
    )
    moved = separation(programme)
    if moved < 0.05:
        yield "Chaque bâtiment a la mixité de l'ensemble."
        return
    yield (
        f"Il faudrait changer de bâtiment {number(moved, 1)}"
        f" logement{'s' if moved >= 2 else ''} pour que chacun ait la mixité de l'ensemble."
    )


def _fullest(feasibility: Feasibility, evaluation: Evaluation) -> Iterator[str]:
    case = feasibility.file.case
    for inside in evaluation.buildings:
        name = quoted(building_name(case, inside.id))
        if not inside.dwellings:
            yield f"{name} reste vide."
            continue
        code = max(inside.by_tenure, key=lambda code: inside.by_tenure[code])
        share = percent(inside.by_tenure[code] / inside.dwellings, 0)
        yield f"Dans {name}, le statut le plus présent est {code} ({share})."


def _named(feasibility: Feasibility, money: PhaseAccount) -> str:
    return join_fr([building_name(feasibility.file.case, name) for name in money.buildings])


def _rooms(feasibility: Feasibility, inside: BuildingAccount) -> str:
    """Name the rooms that take some of the SHAB of a building: a garden is in none."""
    labels = {s.id: s.label or s.id for s in feasibility.file.case.spaces if s.area_m2}
    return join_fr([labels[room] for room in inside.spaces if room in labels]) or NO_ROOM


def _pairs(
    feasibility: Feasibility, evaluation: Evaluation
) -> Iterator[tuple[Building, BuildingAccount]]:
    yield from zip(feasibility.file.case.buildings, evaluation.buildings, strict=True)


def _phase_pairs(
    feasibility: Feasibility, evaluation: Evaluation
) -> Iterator[tuple[Phase, PhaseAccount]]:
    yield from zip(feasibility.file.case.phases, evaluation.phases, strict=True)
