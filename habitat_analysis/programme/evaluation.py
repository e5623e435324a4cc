"""Judge a programme without the solver: its account and the certificate of every rule."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from habitat_analysis.programme.account import Account, Scenario, draw_account
from habitat_analysis.programme.case import Case, Programme
from habitat_analysis.programme.certificate import Check, certify
from habitat_analysis.programme.wording import rule_label

__all__ = ["BASE", "Evaluation", "Scenario", "evaluate"]

BASE = Scenario()
CHECK_COLUMNS = ("rule", "label", "value", "sense", "limit", "unit", "gap", "ok", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Account):
    """The account of a programme and the verdict of every rule.

    Attributes
    ----------
    case
        The question.
    certificate
        Every rule of the case, recomputed from the data.
    """

    case: Case
    certificate: tuple[Check, ...]

    @property
    def checks(self) -> pd.DataFrame:
        """Return the certificate as a table, made when it is read.

        ``rule``, ``label`` (French), ``value``, ``sense``, ``limit``, ``unit``, ``gap`` (zero when
        kept), ``ok`` and ``kind`` (``control``: a check on the accounts that is not a rule of the
        integer program).
        """
        return _table(self.case, self.certificate)

    @property
    def feasible(self) -> bool:
        """Whether every rule is kept."""
        return not self.broken

    @property
    def broken(self) -> tuple[Check, ...]:
        """The rules that are not kept, controls apart."""
        return tuple(check for check in self.certificate if check.kind == "rule" and not check.ok)

    @property
    def alerts(self) -> tuple[Check, ...]:
        """The controls that fail: a loan above the cost of its own tenure."""
        return tuple(c for c in self.certificate if c.kind == "control" and not c.ok)


def evaluate(case: Case, programme: Programme, scenario: Scenario = BASE) -> Evaluation:
    """Compute the figures of a programme and check every rule on them.

    Parameters
    ----------
    case
        The question.
    programme
        The answer, from the solver or typed by people.
    scenario
        Costs, rates and buyers other than planned.

    Returns
    -------
    evaluation
        Figures in euros tax included and m2, and the certificate.

    Raises
    ------
    DataError
        ``E_PROGRAMME`` when the programme does not speak of this case.

    References
    ----------
    ``docs/model.md`` 5.5.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules, TenureTerms, Typology
    >>> case = Case(
    ...     typologies=(Typology(id="T3", shab_m2=66.0, su_m2=70.0),),
    ...     tenures=(TenureTerms(id="LIBRE", kind="sale", vat=0.2, variable_cost_m2_eur=2500.0,
    ...                          price_m2_eur=3200.0),),
    ...     rules=ProgrammeRules(shab_max_m2=200.0, dwellings_max=3, equity_max_eur=50_000.0),
    ...     fixed_cost_eur=90_000.0)
    >>> evaluation = evaluate(case, Programme(units={("T3", "LIBRE"): 2}))
    >>> evaluation.cost_eur, evaluation.sales_eur, evaluation.missing_eur
    (486000.0, 422400.0, 13600.0)
    >>> [check.rule for check in evaluation.broken]
    ['balance']
    """
    account = draw_account(case, programme, scenario)
    certificate = certify(case, account)
    figures = {part.name: getattr(account, part.name) for part in fields(account)}
    return Evaluation(**figures, case=case, certificate=certificate)


def _table(case: Case, checks: tuple[Check, ...]) -> pd.DataFrame:
    rows = [
        (c.rule, rule_label(case, c.rule), c.value, c.sense, c.limit, c.unit, c.gap, c.ok, c.kind)
        for c in checks
    ]
    return pd.DataFrame(rows, columns=list(CHECK_COLUMNS))
