"""What one dwelling of each typology and tenure costs and brings in.

One table, one row a cell: the coefficients of the integer program and of its evaluation.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from habitat_analysis.actuarial import annuity_factor
from habitat_analysis.programme.case import Case, Cell, TenureTerms, Typology

COLUMNS: Final = (
    "cost_eur", "loan_eur", "loan_uncapped_eur", "loan_capped", "subsidy_eur", "revenue_eur",
    "shab_m2", "su_m2", "parking",
)  # fmt: skip


def cell_table(case: Case, *, rate_shift: float = 0.0, cost_factor: float = 1.0) -> pd.DataFrame:
    """Compute the coefficients of every cell.

    Parameters
    ----------
    case
        The question: typologies, tenures and their terms.
    rate_shift
        Points added to the rate of every loan, as a fraction: ``0.01`` for one point.
    cost_factor
        Factor on the variable costs: ``1.1`` for works 10 % dearer.

    Returns
    -------
    cells
        Indexed by (typology, tenure), per dwelling, in euros tax included: ``cost_eur``,
        ``loan_eur``, ``loan_uncapped_eur`` (what the income could repay), ``loan_capped`` (whether
        the cost of the dwelling limits the loan), ``subsidy_eur``, ``revenue_eur``; then
        ``shab_m2``, ``su_m2`` and ``parking`` (places).

    References
    ----------
    ``docs/model.md`` 5.1 and its addendum. A progressive loan under another rate is scaled as a
    constant stream of the same length would be.

    Examples
    --------
    >>> from habitat_analysis.programme.case import ProgrammeRules
    >>> case = Case(
    ...     typologies=(Typology(id="T2", shab_m2=46.0, su_m2=49.0),),
    ...     tenures=(TenureTerms(id="BRS", kind="sale", vat=0.055, variable_cost_m2_eur=2400.0,
    ...                          price_m2_eur=2820.0, subsidy_eur=5000.0, parking=1.0),),
    ...     rules=ProgrammeRules(shab_max_m2=460.0, dwellings_max=10))
    >>> float(cell_table(case).at[("T2", "BRS"), "cost_eur"])
    116472.0
    """
    rows = cell_rows(case, rate_shift=rate_shift, cost_factor=cost_factor)
    return pd.DataFrame(
        {name: [row[name] for row in rows.values()] for name in COLUMNS},
        index=pd.MultiIndex.from_product(
            [[size.id for size in case.typologies], [terms.id for terms in case.tenures]],
            names=["typology", "tenure"],
        ),
    )


def cell_rows(
    case: Case, *, rate_shift: float = 0.0, cost_factor: float = 1.0
) -> dict[Cell, dict[str, float]]:
    """Return the coefficients of `cell_table` by cell, as plain numbers: 1 for a capped loan."""
    return {
        (size.id, terms.id): _row(case, size, terms, rate_shift=rate_shift, cost_factor=cost_factor)
        for size in case.typologies
        for terms in case.tenures
    }


def _row(
    case: Case, typology: Typology, terms: TenureTerms, *, rate_shift: float, cost_factor: float
) -> dict[str, float]:
    works = terms.variable_cost_m2_eur * typology.shab_m2 + terms.dwelling_cost_eur
    cost = works * (1 + terms.vat) * cost_factor
    income = _capitalised_income(typology, terms, rate_shift)
    cap = None
    if case.fixed_m2_eur is not None:
        cap = max(0.0, cost + case.fixed_m2_eur * typology.shab_m2 - terms.subsidy_eur)
    capped = cap is not None and cap < income
    price = terms.price_m2_eur + terms.ofs_land_m2_eur if terms.kind == "sale" else 0.0
    return {
        "cost_eur": cost,
        "loan_eur": cap if cap is not None and capped else income,
        "loan_uncapped_eur": income,
        "loan_capped": capped,
        "subsidy_eur": terms.subsidy_eur,
        "revenue_eur": price * typology.shab_m2,
        "shab_m2": typology.shab_m2,
        "su_m2": typology.su_m2,
        "parking": terms.parking,
    }


def _capitalised_income(typology: Typology, terms: TenureTerms, rate_shift: float) -> float:
    """Return what the income of a dwelling can repay, in euros, whatever its cost."""
    if terms.kind == "rental":
        factor = annuity_factor(terms.loan_rate + rate_shift, terms.loan_years)
        return terms.net_rent_m2_year_eur * typology.su_m2 * factor
    if terms.kind == "progressive":
        loan = terms.progressive_loan_eur[typology.id]
        years = terms.loan_years  # at most the term of the company, see `terms`
        if rate_shift == 0 or years == 0:
            return loan
        shifted = annuity_factor(terms.loan_rate + rate_shift, years)
        return loan * shifted / annuity_factor(terms.loan_rate, years)
    return 0.0
