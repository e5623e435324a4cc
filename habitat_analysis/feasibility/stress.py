"""What becomes of a chosen programme when things turn out worse: a fixed set of trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.wording import rule_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial of the set, with the planner's words."""

    label: str
    scenario: Scenario


TRIALS: Final = (
    Trial(label="Hypothèses de l'étude", scenario=Scenario(id="base")),
    Trial(label="Travaux + 10 %", scenario=Scenario(id="travaux", cost_factor=1.1)),
    Trial(label="Taux + 1 point", scenario=Scenario(id="taux", rate_shift=0.01)),
    Trial(label="Foncier et frais fixes + 10 %", scenario=Scenario(id="foncier", fixed_factor=1.1)),
    Trial(label="20 % de désistements", scenario=Scenario(id="desistement", buyer_dropout=0.2)),
    Trial(
        label="Tout à la fois",
        scenario=Scenario(
            id="ensemble",
            cost_factor=1.1,
            rate_shift=0.01,
            fixed_factor=1.1,
            buyer_dropout=0.2,
        ),
    ),
)


def stress_table(case: Case, programme: Programme) -> pd.DataFrame:
    """Evaluate the same programme under each trial.

    Parameters
    ----------
    case, programme
        The question and the answer kept; the programme does not change from trial to trial.

    Returns
    -------
    stress
        One row a trial: ``label``, ``equity_needed_eur``, ``public_money_eur``, ``delta_eur``
        (public money against the first row), ``holds`` and ``broken`` (the first rule broken, in
        the planner's words, empty when all hold).

    References
    ----------
    ``docs/model.md`` 8.6; one year of delay needs the cash calendar and is not in this set yet.
    """
    rows = []
    for trial in TRIALS:
        evaluation = evaluate(case, programme, trial.scenario)
        broken = [rule_label(case, check.rule) for check in evaluation.broken]
        rows.append(
            {
                "label": trial.label,
                "equity_needed_eur": evaluation.equity_needed_eur,
                "public_money_eur": evaluation.public_money_eur,
                "holds": evaluation.feasible,
                "broken": broken[0] if broken else "",
            }
        )
    table = pd.DataFrame(rows)
    table["delta_eur"] = table["public_money_eur"] - table["public_money_eur"].iloc[0]
    return table
