"""The case of every site of a study, made once but for what the site decides.

Between two sites of one study and one scenario only the land bill, the floor area and the parking
places change: tenures, needs and targets are read and refused once. `cast` gives the very case
that `economics.build_case` gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.costs import CostParameters, Fee
from habitat_analysis.finance.unit_costs import UnitCosts, unit_costs
from habitat_analysis.programme.case import Case, NeedClass
from habitat_analysis.programme.economics import (
    build_case,
    cost_items,
    land_price,
)
from habitat_analysis.programme.site_figures import SiteFigures
from habitat_analysis.programme.study_rules import programme_rules
from habitat_analysis.study import ScenarioTerms, Study

# A site of no known parcel, without land nor building: priced as the commune.
BARE: Final = SiteFigures(idus=("",), area_m2=0.0, shab_m2=0.0, parking_places=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mould:
    """What all the sites of a study share under one scenario."""

    study: Study
    scenario: ScenarioTerms
    case: Case  # of a site without land nor building
    fees: tuple[Fee, ...]
    parameters: CostParameters
    sdp_per_shab: float
    group_size: int

    def fixed_ttc_per_land_ht(self) -> float:
        """Return what one euro of land before tax adds to the fixed cost, tax included.

        The land is financed until delivery, and the whole fixed cost bears one rate of tax.
        """
        return _unit(self, BARE).land_factor * (1 + self.study.costs.fixed_vat)


def make_mould(
    study: Study, scenario: ScenarioTerms, *, classes: Sequence[NeedClass], facts: FactReader
) -> Mould:
    """Read once what all the sites of a study share.

    Parameters
    ----------
    study, scenario, classes, facts
        As for `economics.build_case`.

    Raises
    ------
    DataError
        ``E_TERMS``, as `economics.build_case` would on each site.
    """
    file = build_case(study, scenario, site=BARE, capacity=BARE, classes=classes, facts=facts)
    return Mould(
        study=study,
        scenario=scenario,
        case=file.case,
        fees=file.fees,
        parameters=file.parameters,
        sdp_per_shab=file.sdp_per_shab,
        group_size=sum(need.count for need in classes),
    )


def cast(mould: Mould, site: SiteFigures) -> Case:
    """Make the case of one site: well under two milliseconds.

    References
    ----------
    ``docs/model.md`` 2.1, 5.1; a property test holds it to `economics.build_case`.
    """
    fixed_ttc = _unit(mould, site).fixed_ht_eur * (1 + mould.study.costs.fixed_vat)
    rules = programme_rules(mould.study, site, group_size=mould.group_size)
    return replace(
        mould.case,
        rules=rules,
        fixed_cost_eur=fixed_ttc,
        fixed_m2_eur=fixed_ttc / rules.shab_max_m2 if rules.shab_max_m2 else 0.0,
    )


def counted_land_ht(mould: Mould, site: SiteFigures) -> float:
    """Price the bare land of a site before tax, as its case counts it."""
    return land_price(mould.study, mould.scenario, site)


def _unit(mould: Mould, site: SiteFigures) -> UnitCosts:
    return unit_costs(
        cost_items(mould.study, mould.scenario, site),
        mould.fees,
        mould.parameters,
        land_m2=site.area_m2,
        sdp_per_shab=mould.sdp_per_shab,
    )
