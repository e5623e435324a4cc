"""What becomes of a chosen programme when things turn out worse: a fixed set of trials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.costs import CostPrice
from habitat_analysis.montage.cash import operation_cash
from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.case import Programme
from habitat_analysis.programme.economics import CaseFile, shifted_case
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.wording import rule_label

TEN_PERCENT: Final = 0.10  # the fixed set of docs/model.md 8.6
POINT: Final = 0.01
DROPOUT: Final = 0.20
DELAY_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial of the set, with the planner's words."""

    id: str
    label: str
    works_rise: float = 0.0
    land_rise: float = 0.0
    rate_shift: float = 0.0
    dropout: float = 0.0
    delay_months: int = 0

    def scenario(self, land_share: float) -> Scenario:
        """Turn the trial into a scenario; `land_share` is the land's part of the fixed cost."""
        return Scenario(
            id=self.id,
            cost_factor=1 + self.works_rise,
            fixed_factor=1 + self.land_rise * land_share,
            rate_shift=self.rate_shift,
            buyer_dropout=self.dropout,
        )


TRIALS: Final = (
    Trial(id="base", label="Hypothèses de l'étude"),
    Trial(id="travaux", label="Travaux + 10 %", works_rise=TEN_PERCENT),
    Trial(id="taux", label="Taux + 1 point", rate_shift=POINT),
    Trial(id="retard", label="12 mois de retard", delay_months=DELAY_MONTHS),
    Trial(id="desistement", label="20 % de désistements", dropout=DROPOUT),
    Trial(id="foncier", label="Foncier + 10 %", land_rise=TEN_PERCENT),
    Trial(
        id="ensemble",
        label="Tout à la fois",
        works_rise=TEN_PERCENT,
        land_rise=TEN_PERCENT,
        rate_shift=POINT,
        dropout=DROPOUT,
        delay_months=DELAY_MONTHS,
    ),
)


def stress_table(
    file: CaseFile, programme: Programme, price: CostPrice, facts: FactReader
) -> pd.DataFrame:
    """Evaluate the same programme under each trial.

    Parameters
    ----------
    file, programme
        The question and the answer kept; the programme does not change from trial to trial.
    price
        Its detailed prix de revient: how the cost splits in the cash calendar.
    facts
        Reader at the date of the operation (calls of a VEFA).

    Returns
    -------
    stress
        One row a trial: ``label``, ``equity_needed_eur``, ``public_money_eur``, ``delta_eur``
        (public money against the first row), ``peak_debt_eur`` (largest debt of the cash
        calendar), ``holds`` and ``broken`` (the first rule broken, in the planner's words, empty
        when all hold).

    References
    ----------
    ``docs/model.md`` 8.6.
    """
    unit = file.unit_costs
    land_share = unit.fixed_land_ht_eur / unit.fixed_ht_eur if unit.fixed_ht_eur else 0.0
    rows = []
    for trial in TRIALS:
        late = trial.delay_months
        case = shifted_case(file, months=late, rate_shift=trial.rate_shift)
        evaluation = evaluate(case, programme, trial.scenario(land_share))
        cash = operation_cash(replace(file, case=case), evaluation, price, facts, delay_months=late)
        broken = [rule_label(case, check.rule) for check in evaluation.broken]
        rows.append(
            {
                "label": trial.label,
                "equity_needed_eur": evaluation.equity_needed_eur,
                "public_money_eur": evaluation.public_money_eur,
                "peak_debt_eur": cash.peak_debt_eur,
                "holds": evaluation.feasible,
                "broken": broken[0] if broken else "",
            }
        )
    table = pd.DataFrame(rows)
    table["delta_eur"] = table["public_money_eur"] - table["public_money_eur"].iloc[0]
    return table
