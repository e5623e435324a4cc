"""Worked examples of ceilings, rooms and mix: from their inputs to calls of the package."""

from collections.abc import Callable, Mapping
from typing import Any

from habitat_analysis.households import effort as weight
from habitat_analysis.households import eligibility as rights
from habitat_analysis.households import fitting as crowd
from habitat_analysis.households import mixity as mix
from habitat_analysis.households import solvency as money
from habitat_analysis.households.occupancy import OccupancyNorm, min_typology
from habitat_analysis.regulation import IncomeTable

# The norm of section 4.4: its three parameters.
NORM = OccupancyNorm(
    share_age=10,
    area_one_m2=9.0,
    area_two_m2=16.0,
    area_more_m2=9.0,
    area_most_m2=70.0,
    persons_most=8,
)
CATEGORIES = {"plus": "rental", "rental": "rental", "persons": "persons"}
# Order of the categories of worked/16 when there are five: what is social in it.
SOCIAL_ORDER = ("PLAI", "PLUS", "PSLA", "BRS", "LIBRE")


def eligibility(inputs: Mapping[str, Any]) -> dict[str, Any]:
    stated = inputs["household"]
    result = rights.eligibility(
        rights.Household(
            adults=stated["adults"],
            dependants=stated.get("dependants", 0),
            resources_eur=stated["rfr_n2"],
            young_couple=stated.get("young_couple", False),
            disabled=stated.get("disabled", False),
            operation_cost_eur=stated.get("operation_cost"),
        ),
        {code: _test(stated_test) for code, stated_test in inputs["tenures"].items()},
    )
    return {"category_plus": result.category_rental, "eligible": dict(result.eligible)}


def _test(stated: Mapping[str, Any]) -> rights.TenureTest:
    table = stated["table"]
    return rights.TenureTest(
        table=None
        if table is None
        else IncomeTable(values=tuple(table["values"]), extra=table.get("extra", 0.0)),
        category=CATEGORIES[stated["category"]],
        cost_divisor=stated.get("cost_divisor"),
    )


def occupancy(inputs: Mapping[str, Any]) -> dict[str, Any]:
    children = [*inputs["child_ages"], *inputs.get("visiting_child_ages", [])]
    found = min_typology(inputs["couples"], inputs["single_adults"], children, norm=NORM)
    return {
        "persons": found.persons,
        "bedrooms": found.bedrooms,
        "t_min": found.t_min,
        "t_max": found.t_max,
        "min_area": found.min_area_m2,
    }


def max_price(inputs: Mapping[str, Any]) -> dict[str, Any]:
    stated, terms = inputs["household"], inputs["credit"]
    ptz = terms.get("ptz")
    found = money.max_price(
        money.Means(
            income_month_eur=stated["income_month"],
            other_debts_month_eur=stated.get("other_debts", 0.0),
            apport_eur=stated.get("apport", 0.0),
        ),
        money.Credit(
            rate=terms["rate"],
            months=terms["months"],
            insurance=terms["insurance"],
            effort=terms["effort"],
            fees=terms["fees"],
            fee_month_eur=terms.get("fee_month", 0.0),
            ptz=() if ptz is None else (_zero_rate_loan(ptz),),
        ),
    )
    return {
        "monthly_capacity": found.monthly_capacity_eur,
        "price": found.price_eur,
        "ptz": found.ptz_eur,
        "main": found.main_eur,
    }


def _zero_rate_loan(ptz: Mapping[str, Any]) -> money.ZeroRateLoan:
    return money.ZeroRateLoan(
        quota=ptz["quota"], cap_eur=ptz["cap"], defer_months=ptz["defer"], months=ptz["months"]
    )


def rental_effort(inputs: Mapping[str, Any]) -> dict[str, Any]:
    stated, lease = inputs["household"], inputs["lease"]
    found = weight.rental_effort(
        stated["income_month"],
        stated["ages"],
        weight.Lease(
            rent_eur=lease["rent"], charges_eur=lease["charges"], apl_eur=lease.get("apl", 0.0)
        ),
        weight.EffortLimits(
            effort_max=lease["effort_max"], residual_min_uc_eur=lease["residual_min_uc"]
        ),
    )
    return {
        "effort": found.effort,
        "residual": found.residual_eur,
        "residual_uc": found.residual_uc_eur,
        "ok": found.ok,
    }


def ipf(inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    table = crowd.ipf(inputs["seed"], [inputs["rows"], inputs["cols"]])
    asked = [key for key in expected if key.startswith("integer_")]
    whole = {key: crowd.whole_table(table, int(key.removeprefix("integer_"))) for key in asked}
    return {"table": table, **whole}


def mixity(inputs: Mapping[str, Any]) -> dict[str, Any]:
    counts = inputs["counts"]
    found = mix.mixity(counts, inputs.get("reference"))
    answer: dict[str, Any] = {name: getattr(found, name) for name in mix.Mixity.__slots__}
    if len(counts) == len(SOCIAL_ORDER):
        by_tenure = dict(zip(SOCIAL_ORDER, counts, strict=True))
        shares = mix.social_share(by_tenure, rental=("PLAI", "PLUS"), accession=("PSLA", "BRS"))
        answer["social_share_llS"] = shares.rental
        answer["social_share_with_accession"] = shares.with_accession
    return answer


CALLS: dict[str, Callable[[dict[str, Any]], object]] = {
    "eligibility": eligibility,
    "max_price": max_price,
    "rental_effort": rental_effort,
    "min_typology": occupancy,
    "mixity": mixity,
    "quartile_mix": lambda inputs: {"value": mix.quartile_mix(inputs["counts"])},
    "theil_h": lambda inputs: {"value": mix.theil_h(inputs["units"])},
    "duncan": lambda inputs: {"value": mix.duncan(inputs["units"])},
}

# The totals to share out are named by the fields of the answer, ``integer_60``.
ASKED: dict[str, Callable[[Any, Any], object]] = {"ipf": ipf}
