"""What becomes of the programme when things turn out worse, in a report."""

from __future__ import annotations

import pandas as pd

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import count, join_fr, percent, typeset
from habitat_analysis.report.charts_comparison import sensitivity_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import Column, Quantity, Sheet, facts_sheet, sheet


def stress(feasibility: Feasibility) -> Sheet | None:
    """Show each trial of the same programme; None without a programme."""
    table = feasibility.stress
    if table is None:
        return None
    rows = [{**row, "holds": "oui" if row["holds"] else "non"} for row in table.to_dict("records")]
    columns = [
        Column(name="label", header="Essai"),
        Column(name="equity_needed_eur", header="Fonds propres et complément (€)", kind="whole"),
        Column(name="public_money_eur", header="Effort à réunir (€)", kind="whole"),
        Column(name="delta_eur", header="Variation (€)", kind="whole"),
        Column(name="peak_debt_eur", header="Dette la plus forte (€)", kind="whole"),
        Column(name="holds", header="Tient"),
        Column(name="broken", header="Première limite franchie", absent=""),
    ]
    loss = percent(feasibility.file.case.dropout_loss, 0)
    notes = [
        "Le programme reste le même d'un essai à l'autre. Montants TTC.",
        f"Désistements : une vente perdue fait perdre {loss} de son prix, hypothèse de l'étude.",
        (
            "Retard : travaux révisés et terrain porté douze mois de plus. Dette la plus forte : "
            "calendrier de trésorerie simplifié de la section 10 ; les fonds propres et le "
            "complément y montent jusqu'à leur limite, le reste manque à la trésorerie."
        ),
    ]
    return sheet("Sensibilité", "Essais de résistance du programme", rows, columns, notes=notes)


def stress_sentence(feasibility: Feasibility) -> str:
    """Say under which trials the programme holds."""
    table = feasibility.stress
    if table is None:
        return ""
    failed = [str(label) for label in table.loc[~table["holds"].astype(bool), "label"]]
    if not failed:
        return typeset(f"Le programme tient dans les {len(table)} essais.")
    said = join_fr([f"« {label} »" for label in failed])
    return typeset(f"Le programme ne tient plus dans {count(len(failed), 'essai')} : {said}.")


def stress_figure(feasibility: Feasibility) -> Chart | None:
    """Draw what each trial adds to the « effort à réunir »; None without a programme."""
    table = feasibility.stress
    if table is None or len(table) < 2:
        return None
    trials = table.iloc[1:]  # the first is the study itself
    frame = pd.DataFrame({"case": trials["label"], "delta": trials["delta_eur"]})
    title = "Ce que chaque essai ajoute à l'effort à réunir"
    return sensitivity_chart(
        frame, effect="effort à réunir (€)", title=title, sources=study_sources(feasibility.ground)
    )


def scenario_terms(feasibility: Feasibility) -> Sheet:
    """State what the scenario of this report moves."""
    terms = feasibility.scenario
    return facts_sheet(
        "Scénario",
        f"Scénario étudié : {terms.label}",
        {
            "Facteur sur les travaux": Quantity(value=terms.works_factor, decimals=2),
            "Facteur sur le terrain": Quantity(value=terms.land_factor, decimals=2),
            "Hausse des taux": Quantity(value=terms.rate_shift, unit="%", decimals=2),
        },
    )
