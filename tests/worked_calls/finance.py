"""Worked examples of costs, loans, rents and shares: from their inputs to calls of the package."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from habitat_analysis.actuarial import loan_schedule
from habitat_analysis.finance import costs, rental, rental_account, sciapp
from habitat_analysis.finance.loans import LoanTerms

KEYS = ("shab", "su", "dwellings", "parking")
# Constants of the official example of section 3.2, inputs of the function.
STRUCTURE = {"base": 0.77, "per_dwelling": 20.0}


def cost_price(inputs: Mapping[str, Any]) -> dict[str, Any]:
    tenures = inputs["tenures"]
    quantities = pd.DataFrame.from_dict(inputs["quantities"], orient="index")
    quantities = quantities.reindex(columns=list(KEYS)).fillna(0.0)
    names = ("contingency", "revision_rate", "revision_months", "finance_rate")
    carried = ("land_carry_months", "works_months")
    price = costs.cost_price(
        [
            costs.CostLine(
                id=line["id"],
                label=line["id"],
                family=line["family"],
                amount_ht_eur=line["amount_ht"],
                key=line.get("key"),
            )
            for line in inputs["lines"]
        ],
        [costs.Fee(id=fee["id"], label=fee["id"], rate=fee["rate"]) for fee in inputs["fees"]],
        costs.CostParameters(
            **{name: inputs[name] for name in (*names, *carried)},
            default_key=inputs.get("default_key", "shab"),
        ),
        quantities.loc[list(tenures)],
        {code: tenure["vat"] for code, tenure in tenures.items()},
    )
    return {
        "lines": {line.id: line.amount_ht_eur for line in price.lines},
        "by_family": price.by_family,
        "total_ht": price.total_ht_eur,
        "ht": price.ht,
        "ttc": price.ttc,
        "total_ttc": price.total_ttc_eur,
        "ttc_per_m2": price.ttc_per_m2,
        "works_revised_ht": price.works_revised_ht_eur,
        **{f"alloc_{line}": row.to_dict() for line, row in price.allocation.iterrows()},
    }


def shared_space_cost(inputs: Mapping[str, Any]) -> dict[str, Any]:
    types = inputs["dwellings"]
    dwellings = pd.DataFrame(
        {
            "shab_m2": [kind["shab"] for kind in types],
            "count": [kind.get("count", 1) for kind in types],
        },
        index=[kind["id"] for kind in types],
    )
    spaces = [
        costs.SharedSpace(
            id=space["id"],
            area_m2=space["area"],
            cost_eur_m2=space["cost_m2"],
            equipment_eur=space.get("equipment", 0.0),
        )
        for space in inputs["spaces"]
    ]
    shared = costs.shared_space_cost(dwellings, spaces)
    each = shared.per_dwelling
    return {
        "area": shared.area_m2,
        "cost": shared.cost_eur,
        "share_of_shab": shared.share_of_shab,
        "per_dwelling": {
            kind: {"cost": row["cost_eur"], "m2": row["m2"]} for kind, row in each.iterrows()
        },
        "cost_check": (each["cost_eur"] * each["count"]).sum(),
    }


def schedule(inputs: Mapping[str, Any]) -> dict[str, Any]:
    loan = loan_schedule(
        inputs["principal"],
        rate=inputs["rate"],
        years=inputs["years"],
        growth=inputs.get("growth", 0.0),
        defer=inputs.get("defer", 0),
    )
    return {"payments": list(loan.payments), "balances": list(loan.balances)}


def structure_coefficient(inputs: Mapping[str, Any]) -> dict[str, Any]:
    constants = {name: inputs.get(name, value) for name, value in STRUCTURE.items()}
    return {"value": rental.structure_coefficient(inputs["n"], inputs["su"], **constants)}


def share_path(inputs: Mapping[str, Any]) -> dict[str, Any]:
    path = sciapp.share_path(
        sciapp.ShareTerms(
            shares=inputs["shares"],
            lot_value_eur=inputs["lot_value"],
            initial_shares=inputs["initial_shares"],
            rent_month_eur=inputs["rent_month"],
            rent_growth=inputs["g_rent"],
            budget_month_eur=inputs["budget_month"],
            budget_growth=inputs["g_budget"],
            theta=inputs.get("theta", 0.0),
            min_full_years=inputs["min_full_years"],
            term_years=inputs["term_years"],
        )
    )
    return {
        "nominal": path.nominal_eur,
        "full_year": path.full_year,
        "shares_held": path.shares_held,
        "rent_paid": path.rent_paid_eur,
        "shares_paid": path.shares_paid_eur,
        "buyback_liability": path.buyback_liability_eur,
        "rows": [
            {
                "year": row.year,
                "rent": row.rent_eur,
                "bought": row.bought,
                "held": row.held,
                "carry": row.carry_eur,
            }
            for row in path.rows
        ],
    }


def account(inputs: Mapping[str, Any]) -> dict[str, Any]:
    tranche = rental_account.Tranche(
        dwellings=inputs["dwellings"],
        su_m2=inputs["su"],
        cost_ttc_eur=inputs["cost_ttc"],
        building_cost_eur=inputs["building_cost"],
        rent_m2_su_month_eur=inputs["rent_m2"],
        other_rent_month_eur=inputs.get("other_rent_month", 0.0),
        loss_share=inputs["vacancy"] + inputs["bad_debt"],
        management_eur_dwelling=inputs["management_per_dwelling"],
        maintenance_eur_dwelling=inputs["maintenance_per_dwelling"],
        major_repairs_rate=inputs["major_repairs_rate"],
        major_repairs_free_years=inputs["major_repairs_start"],
        tfpb_eur_dwelling=inputs["tfpb_per_dwelling"],
        tfpb_exempt_years=inputs["tfpb_exempt_years"],
    )
    plan = rental_account.financing_plan(
        inputs["cost_ttc"],
        subsidies=inputs["subsidies"],
        equity_eur=inputs["equity"],
        loans=[
            LoanTerms(
                id=loan["id"],
                amount_eur=loan["amount"],
                rate=loan["rate"],
                years=loan["years"],
                growth=loan.get("growth", 0.0),
                defer=loan.get("defer", 0),
                main=loan.get("main", False),
            )
            for loan in inputs["loans"]
        ],
    )
    indices = rental_account.constant_indices(
        inputs["horizon"],
        rent=inputs["g_rent"],
        charges=inputs["g_cost"],
        tfpb=inputs["g_tfpb"],
    )
    result = rental_account.rental_account(
        tranche,
        plan,
        indices,
        placement_rate=inputs["placement_rate"],
        discount=inputs["discount"],
    )
    table = result.table()
    required = result.equity_required_eur
    return {
        "subsidies": plan.subsidies_eur,
        "loans": {loan.id: loan.amount_eur for loan in plan.loans},
        "loan_overflow": plan.overflow_eur > 0,
        "net_year": table["net"].to_dict(),
        "cumulative_year": table["cumulative"].to_dict(),
        "min_cumulative": result.min_cumulative_eur,
        "min_cumulative_year": result.min_cumulative_year,
        "first_negative_year": result.first_negative_year,
        "balanced": result.balanced,
        "main_loan_years": result.main_years,
        "equity_required": required,
        "equity_required_share": None if required is None else required / inputs["cost_ttc"],
        "npv": result.npv_eur,
        "irr": result.irr,
        "payback_year": result.payback_year,
        "balance_rent_m2": result.balance_rent_m2,
        **{f"year{year}": {"year": year, **row} for year, row in table.to_dict("index").items()},
    }


CALLS: dict[str, Callable[[dict[str, Any]], object]] = {
    "cost_price": cost_price,
    "shared_space_cost": shared_space_cost,
    "loan_schedule": schedule,
    "structure_coefficient": structure_coefficient,
    "sciapp": share_path,
    "rental_account": account,
}
