"""What the land may cost: the charge foncière admissible of one site, in the planner's units."""

from __future__ import annotations

from habitat_analysis.feasibility.argued import LandValue
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.programme.kept import KeptProgramme
from habitat_analysis.programme.land_bill import charge_fonciere_admissible, prove_bill


def land_value(feasibility: Feasibility, *, kept: KeptProgramme | None = None) -> LandValue | None:
    """Find what the land of a site may cost; None when nothing limits the equity, or is proved.

    References
    ----------
    ``docs/model.md`` 5.4: « charge foncière admissible ».
    """
    file, study = feasibility.file, feasibility.ground.study
    if file.case.rules.equity_max_eur is None:
        return None
    factor = file.unit_costs.land_factor * (1 + study.costs.fixed_vat)
    bill = charge_fonciere_admissible(
        file.case,
        land_eur=file.land_price_eur * factor,
        below_free=True,
        kept=kept,
        time_limit_s=float(study.time_limit_s),
    )
    if bill.extra_eur is None:
        return None
    return LandValue(
        bill=bill,
        proof=prove_bill(file.case, bill),
        counted_ht_eur=file.land_price_eur,
        admissible_ht_eur=file.land_price_eur + bill.extra_eur / factor,
        factor=factor,
        land_m2=file.land_m2,
        sdp_m2=feasibility.capacity.sdp_m2,
    )
