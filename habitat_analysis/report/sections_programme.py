"""The programme in a report: dwellings, rooms, surfaces, what was optimised and its proof."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.formats import capital, count, typeset
from habitat_analysis.programme.certificate import TOLERANCES, Check, Unit
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.optimum import proof_sentence
from habitat_analysis.programme.wording import (
    NOUNS,
    OBJECTIVE_LABELS,
    STATUS_LABELS,
    rule_label,
)
from habitat_analysis.report.charts import programme_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import (
    Column,
    Quantity,
    Sheet,
    counted,
    sheet,
    sum_of,
)
from habitat_analysis.tenures import ORDER, tenure

NO_PROGRAMME: Final = "Sans objet : aucun programme n'est à montrer pour ce site."
SENSES: Final = {"<=": "au plus", ">=": "au moins", "=": "égal à"}
CERTIFIED: Final = (
    "Programme : ce qu'il fait de la règle, d'après les données seules. Marge : ce qui reste avant "
    "la limite ; négative, la règle est rompue. Les parts sont comptées en logements."
)
MONEY_STAGES: Final = frozenset({"public_money", "equity", "cost"})
STAGE_NOUNS: Final = {
    "members": "besoin",
    "housed": "besoin",
    "mix": "logement",
    "dwellings": "logement",
}


def programme_table(feasibility: Feasibility) -> Sheet | None:
    """Count the dwellings by tenure and typology, with totals; None without a programme."""
    programme = feasibility.programme
    if programme is None:
        return None
    sizes = [size.id for size in feasibility.file.case.typologies]
    used = [code for code in ORDER if any(u == code for _, u in programme.units)]
    rows: list[dict[str, Any]] = [
        {"tenure": tenure_label(code)}
        | {size: programme.units.get((size, code), 0) for size in sizes}
        for code in used
    ]
    rows.append({"tenure": "Total"} | {size: sum(row[size] for row in rows) for size in sizes})
    for row in rows:
        row["total"] = sum(row[size] for size in sizes)
    shab = {size.id: size.shab_m2 for size in feasibility.file.case.typologies}
    columns = [
        Column(name="tenure", header="Statut"),
        *(
            Column(name=size, header=f"{size} ({shab[size]:.0f} m²)", kind="whole")
            for size in sizes
        ),
        Column(name="total", header="Total", kind="whole"),
    ]
    return sheet("Programme", "Logements par statut et typologie (SHAB)", rows, columns, total=True)


def programme_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the dwellings by typology and tenure; None without a programme."""
    programme = feasibility.programme
    if programme is None:
        return None
    rows = [{"typology": t, "tenure": u, "n": n} for (t, u), n in sorted(programme.units.items())]
    return programme_chart(pd.DataFrame(rows), sources=study_sources(feasibility.ground))


def surfaces(feasibility: Feasibility) -> Sheet | None:
    """Measure the programme by tenure: SHAB, SU, SDP, places; None without a programme."""
    costs = feasibility.costs
    if costs is None:
        return None
    ratio = feasibility.file.sdp_per_shab
    table = costs.quantities.assign(sdp=costs.quantities["shab"] * ratio)
    rows = [
        {"tenure": tenure_label(str(code)), **values}
        for code, values in table.to_dict("index").items()
    ]
    rows.append({"tenure": "Total des logements", **table.sum().to_dict()})
    columns = [
        Column(name="tenure", header="Statut"),
        Column(name="dwellings", header="Logements", kind="whole"),
        Column(name="shab", header="SHAB (m²)", kind="decimal"),
        Column(name="su", header="SU (m²)", kind="decimal"),
        Column(name="sdp", header="SDP (m²)", kind="decimal"),
        Column(name="parking", header="Places de stationnement", kind="decimal"),
    ]
    notes = [
        (
            "SHAB : surface habitable ; SU : surface utile (SHAB et moitié des annexes) ; SDP : "
            "surface de plancher. Locaux partagés à part."
        )
    ]
    caption = "Surfaces du programme par statut"
    return sheet("Surfaces", caption, rows, columns, total=True, notes=notes)


def shared_rooms(feasibility: Feasibility) -> Sheet | None:
    """List the shared rooms built, their area and cost TTC; None when there is none."""
    programme = feasibility.programme
    built = [s for s in feasibility.file.case.spaces if programme and s.id in programme.spaces]
    if not built:
        return None
    outside = {room.id: room.land_m2 for room in feasibility.ground.study.programme.spaces}
    rows: list[dict[str, Any]] = [
        {"room": s.label or s.id, "area": s.area_m2, "land": outside[s.id], "cost": s.cost_eur}
        for s in built
    ]
    rows.append(
        {"room": "Total"}
        | {name: sum(row[name] for row in rows) for name in ("area", "land", "cost")}
    )
    columns = [
        Column(name="room", header="Local partagé"),
        Column(name="area", header="Surface (m² SHAB)", kind="decimal"),
        Column(name="land", header="Terrain (m²)", kind="decimal"),
        Column(name="cost", header="Coût TTC (€)", kind="whole"),
    ]
    if not any(row["land"] for row in rows):
        columns = [column for column in columns if column.name != "land"]
    return sheet("Locaux partagés", "Locaux partagés construits", rows, columns, total=True)


def stages(feasibility: Feasibility) -> Sheet | None:
    """Tell what each objective reached and what was proved; None without a programme."""
    optimum = feasibility.optimum
    if optimum.programme is None:
        return None
    rows = [
        {
            "rank": rank,
            "objective": capital(OBJECTIVE_LABELS[stage.objective]),
            "value": _stage_value(stage.objective, stage.value),
            "bound": "" if stage.bound is None else _stage_value(stage.objective, stage.bound),
            "gap": stage.gap,
            "status": STATUS_LABELS[stage.status],
        }
        for rank, stage in enumerate(optimum.stages, start=1)
    ]
    columns = [
        Column(name="objective", header="Objectif"),
        Column(name="rank", header="Ordre", kind="whole"),
        Column(name="value", header="Atteint", kind="mixed"),
        Column(name="bound", header="Borne prouvée", kind="mixed"),
        Column(name="gap", header="Écart", kind="share"),
        Column(name="status", header="Preuve"),
    ]
    note = f"Calcul par {optimum.solver} {optimum.version} ; {proof_sentence(optimum)}"
    caption = "Objectifs, l'un après l'autre"
    return sheet("Objectifs", caption, rows, columns, notes=[note])


def certificate(feasibility: Feasibility) -> Sheet | None:
    """Print every rule checked again without the solver; None without a programme.

    Rules on classes, placements and quartiles of households are counted, without their figures.
    """
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return None
    case = feasibility.file.case
    public = [check for check in evaluation.certificate if not is_private_rule(check.rule)]
    rows = [
        {
            "rule": rule_label(case, check.rule),
            "value": check_value(check, check.value),
            "sense": SENSES[check.sense],
            "limit": check_value(check, check.limit),
            "slack": check_value(check, _slack(check)),
            "ok": "oui" if check.ok else "non",
        }
        for check in public
    ]
    columns = [
        Column(name="rule", header="Règle"),
        Column(name="value", header="Programme", kind="mixed"),
        Column(name="sense", header="Doit être"),
        Column(name="limit", header="Limite", kind="mixed"),
        Column(name="slack", header="Marge", kind="mixed"),
        Column(name="ok", header="Respectée"),
    ]
    caption = "Certificat : chaque règle revérifiée sans le solveur"
    notes = [CERTIFIED, _private_note(evaluation)]
    return sheet("Certificat", caption, rows, columns, notes=notes)


def certificate_sentence(feasibility: Feasibility) -> str:
    """Say what the certificate is worth; empty without a programme."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return ""
    checks = evaluation.certificate
    broken = sum(not check.ok for check in checks)
    state = "toutes respectées" if not broken else f"{broken} non respectées"
    said = count(len(checks), "règle recalculée", "règles recalculées")
    return typeset(f"Programme revérifié sans le solveur : {said}, {state}.")


def imposed_sentence(feasibility: Feasibility) -> str:
    """Set the group's own programme beside the optimum, in one sentence."""
    imposed = feasibility.imposed
    return "" if imposed is None else imposed.sentence


def imposed_rules(feasibility: Feasibility) -> tuple[str, ...]:
    """Name each rule that the group's own programme breaks, with its gap."""
    imposed = feasibility.imposed
    if imposed is None:
        return ()
    return tuple(
        typeset(f"{rule.label} : non respectée.") if is_private_rule(rule.rule) else rule.sentence
        for rule in imposed.broken
    )


def imposed_table(feasibility: Feasibility) -> Sheet | None:
    """Set the figures of the group's programme beside the optimum; None without both."""
    imposed, best = feasibility.imposed, feasibility.optimum.evaluation
    if imposed is None or best is None:
        return None
    rows = [
        {
            "what": what,
            "imposed": own,
            "optimum": other,
            "delta": Quantity(value=own.value - other.value, unit=own.unit, decimals=own.decimals),
        }
        for (what, own), (_, other) in zip(
            programme_figures(imposed.evaluation), programme_figures(best), strict=True
        )
    ]
    columns = [
        Column(name="what", header="Indicateur"),
        Column(name="imposed", header="Programme du groupe", kind="mixed"),
        Column(name="optimum", header="Optimum", kind="mixed"),
        Column(name="delta", header="Écart", kind="mixed"),
    ]
    return sheet("Programme imposé", "Le programme du groupe et l'optimum", rows, columns)


def imposed_units(feasibility: Feasibility) -> Sheet | None:
    """Set the dwellings of the group's programme beside those of the optimum, by tenure."""
    imposed, best = feasibility.imposed, feasibility.optimum.evaluation
    if imposed is None or best is None:
        return None
    own, other = imposed.evaluation.by_tenure, best.by_tenure
    codes = [code for code in ORDER if own.get(code) or other.get(code)]
    rows = [
        {"tenure": tenure_label(c), "own": own.get(c, 0), "other": other.get(c, 0)} for c in codes
    ]
    rows.append({"tenure": "Total", "own": sum(own.values()), "other": sum(other.values())})
    columns = [
        Column(name="tenure", header="Statut"),
        Column(name="own", header="Programme du groupe", kind="whole"),
        Column(name="other", header="Optimum", kind="whole"),
    ]
    return sheet(
        "Logements imposés", "Logements par statut, côte à côte", rows, columns, total=True
    )


def check_value(check: Check, value: float) -> Quantity:
    """Give a value of a check its unit."""
    units: dict[Unit, str] = {"eur": "€", "eur_m2": "€\u00a0TTC/m²\u00a0SHAB", "m2": "m²"}
    if check.unit in units:
        decimals = 1 if check.unit == "m2" else 0
        return Quantity(value=value, unit=units[check.unit], decimals=decimals)
    return counted(value, *NOUNS[check.unit])


def tenure_label(code: str) -> str:
    """Name a tenure by its code: its colour and its word are the same everywhere.

    Examples
    --------
    >>> tenure_label("BRS")
    'BRS'
    """
    return tenure(code).code


def programme_figures(evaluation: Evaluation) -> list[tuple[str, Quantity]]:
    """Give the figures by which two programmes are set side by side."""
    helped = evaluation.subsidies_eur + evaluation.topup_eur
    return [
        ("Logements", Quantity(value=evaluation.dwellings)),
        ("Besoins couverts", Quantity(value=evaluation.housed)),
        ("Surface habitable, locaux compris", _m2(evaluation.shab_with_spaces_m2)),
        ("Coût de l'opération, TTC", sum_of(evaluation.cost_eur)),
        ("Fonds propres", sum_of(evaluation.equity_eur)),
        ("Subventions, complément compris", sum_of(helped)),
        ("Reste à trouver", sum_of(evaluation.missing_eur)),
        ("Effort à réunir", sum_of(evaluation.public_money_eur)),
    ]


def _m2(value: float) -> Quantity:
    return Quantity(value=value, unit="m²", decimals=1)


def _stage_value(objective: str, value: float) -> Quantity:
    if objective in MONEY_STAGES:
        return Quantity(value=value, unit="€")
    if objective in STAGE_NOUNS:
        return counted(round(value, 6), STAGE_NOUNS[objective])
    return Quantity(value=value, unit="points", decimals=1)


def _private_note(evaluation: Evaluation) -> str:
    private = [check for check in evaluation.certificate if is_private_rule(check.rule)]
    broken = sum(not check.ok for check in private)
    state = "toutes respectées" if broken == 0 else f"{broken} non respectées"
    said = count(len(private), "règle vérifiée", "règles vérifiées")
    return f"Placement des ménages et parts de revenus : {said}, {state} (chiffres réservés)."


def _slack(check: Check) -> float:
    """Return the room left; a rounding error reads as nothing."""
    near = abs(check.slack) <= TOLERANCES[check.unit]
    return 0.0 if near else check.slack
