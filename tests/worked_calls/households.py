"""Worked examples of ceilings, rooms and mix: from their inputs to calls of the package."""

from collections.abc import Callable, Mapping
from typing import Any

from habitat_analysis.households import eligibility as rights
from habitat_analysis.households import mixity as mix
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
    "min_typology": occupancy,
    "mixity": mixity,
    "quartile_mix": lambda inputs: {"value": mix.quartile_mix(inputs["counts"])},
    "theil_h": lambda inputs: {"value": mix.theil_h(inputs["units"])},
    "duncan": lambda inputs: {"value": mix.duncan(inputs["units"])},
}
