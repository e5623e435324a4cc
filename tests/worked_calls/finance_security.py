"""Worked examples of PSLA, BRS, VEFA, risks and cash: from their inputs to calls of the package."""

from collections.abc import Callable, Mapping
from typing import Any

from habitat_analysis.finance import brs, calendar, psla, risk, vefa

# Regulatory values that the examples do not carry, inputs of the functions.
DECREASE_MIN = 0.01
BUYBACK_YEARS = {"flat_years": 5, "end_years": 15}
CALL_CAPS = {"fondations": 0.35, "hors_eau": 0.70, "achevement": 0.95, "livraison": 1.0}


def psla_option(inputs: Mapping[str, Any]) -> dict[str, Any]:
    terms = psla.PslaTerms(
        price_ttc_eur=inputs["price_ttc"],
        vat=inputs["vat"],
        su_m2=inputs["su"],
        price_cap_ht_m2_su_eur=inputs["price_cap_ht_m2"],
        rent_part_m2_su_month_eur=inputs["rent_part_m2"],
        rent_cap_m2_su_month_eur=inputs["rent_cap_m2"],
        acquisitive_month_eur=inputs["acquisitive"],
        decrease=inputs["decrease"],
        decrease_min=DECREASE_MIN,
        fees_eur=inputs["fees"],
        apport_eur=inputs["apport"],
        loan_rate=inputs["loan_rate"],
        loan_months=inputs["loan_months"],
        indemnity_rate=inputs["indemnity_rate"],
    )
    option = psla.psla_option(terms, inputs["months"])
    return {
        "rent_part": option.rent_part_month_eur,
        "redevance": option.redevance_month_eur,
        "acquisitive_total": option.savings_eur,
        "price_at_option": option.price_eur,
        "loan": option.loan_eur,
        "monthly_payment": option.payment_month_eur,
        "payment_not_above_redevance": option.payment_within_redevance,
        "price_ht_m2_su": option.price_ht_m2_su_eur,
        "refund_if_not_exercised": option.refund_eur,
    }


def buyback_price(inputs: Mapping[str, Any]) -> dict[str, float | None]:
    names = ("first_rate", "drop", "flat_years", "end_years")
    terms = psla.BuybackTerms(**{name: inputs[name] for name in names})
    return {str(year): psla.buyback_price(inputs["price"], terms, year) for year in inputs["years"]}


def ofs_account(inputs: Mapping[str, Any]) -> dict[str, Any]:
    account = brs.ofs_account(
        brs.OfsTerms(
            shab_m2=inputs["shab_total"],
            su_m2=inputs["su_total"],
            dwellings=inputs["dwellings"],
            land_cost_eur=inputs["land_cost"],
            land_subsidies_eur=inputs["land_subsidies"],
            loan_rate=inputs["loan_rate"],
            loan_years=inputs["loan_years"],
            management_eur_dwelling_year=inputs["ofs_management_per_dwelling"],
            loss_rate=inputs["loss_rate"],
            fee_m2_month_eur=inputs["fee_m2"],
            fee_growth=inputs["g_fee"],
            cost_growth=inputs["g_cost"],
            placement_rate=inputs["placement_rate"],
            price_cap_ht_m2_su_eur=inputs["price_cap_ht_m2"],
            building_cost_ht_eur=inputs["building_cost_ht"],
            margin=inputs["margin"],
            vat=inputs["vat"],
        )
    )
    return {
        "annuity": account.annuity_eur,
        "required_fee_flat": account.required_fee_flat_m2_month_eur,
        "fee_min_balanced": account.fee_min_balanced_m2_month_eur,
        "cumulative_end": account.cumulative_end_eur,
        "min_cumulative": account.min_cumulative_eur,
        "first_negative_year": account.first_negative_year,
        "price_ht": account.price_ht_eur,
        "price_ttc": account.price_ttc_eur,
        "price_ttc_m2": account.price_ttc_m2_eur,
        "price_cap_ht": account.price_cap_ht_eur,
        "price_ok": account.price_ok,
        "fee_month_dwelling": account.fee_month_dwelling_eur,
    }


def brs_resale(inputs: Mapping[str, Any]) -> dict[str, float]:
    value = brs.brs_resale_price(
        inputs["price"],
        index_at_purchase=inputs["irl0"],
        index_at_resale=inputs["irl1"],
        works_eur=inputs["works"],
        cap_eur=inputs["cap"],
    )
    return {"value": value}


def promoter_balance(inputs: Mapping[str, Any]) -> dict[str, Any]:
    balance = vefa.promoter_balance(
        [
            vefa.Lot(id=lot["id"], shab_m2=lot["shab"], price_ttc_eur=lot["price_ttc"])
            for lot in inputs["lots"]
        ],
        vat=inputs["vat"],
        sales_fee=inputs["sales_fee"],
        target_margin=inputs["target_margin"],
        cost_ht_eur=inputs["cost_ht"],
    )
    return {
        "turnover_ht": balance.turnover_ht_eur,
        "cost_ht": balance.cost_ht_eur,
        "margin": balance.margin_eur,
        "margin_rate": balance.margin_rate,
        "breakeven_price_ttc_m2": balance.breakeven_price_ttc_m2_eur,
    }


def unsold_lots(inputs: Mapping[str, Any]) -> dict[str, Any]:
    unsold = risk.unsold_lots(
        lots=inputs["lots"],
        p_unsold=inputs["p_unsold"],
        price_ttc_eur=inputs["price_ttc"],
        vat=inputs["vat"],
        discount=inputs["discount"],
        carry_month_eur=inputs["carry_month"],
        months=inputs["months"],
    )
    return {
        "loss_per_lot": unsold.loss_per_lot_eur,
        "expected_unsold": unsold.expected_unsold,
        "expected_loss": unsold.expected_loss_eur,
        "p_at_least": dict(enumerate(unsold.p_at_least)),
        "var95_lots": unsold.var_lots,
        "worst_loss": unsold.worst_loss_eur,
    }


def buyback_cost(inputs: Mapping[str, Any]) -> dict[str, Any]:
    cost = risk.buyback_cost(
        inputs["price"],
        psla.BuybackTerms(first_rate=inputs["first_rate"], drop=inputs["drop"], **BUYBACK_YEARS),
        market_growth=inputs["g_market"],
        resale_cost=inputs["resale_cost"],
        p_event=inputs["p_event"],
        p_exit=inputs["p_exit"],
        discount=inputs["discount"],
    )
    return {
        "expected_cost": cost.expected_cost_eur,
        "rows": [
            {
                "year": row.year,
                "guaranteed": row.guaranteed_eur,
                "market": row.market_eur,
                "loss": row.loss_eur,
                "cost": row.cost_eur,
            }
            for row in cost.rows
        ],
    }


def monte_carlo(inputs: Mapping[str, Any]) -> dict[str, Any]:
    drawn = risk.monte_carlo(
        risk.ResultRisks(
            result_base_eur=inputs["result_base"],
            works_eur=inputs["works_amount"],
            works_low=inputs["works"]["low"],
            works_mode=inputs["works"]["mode"],
            works_high=inputs["works"]["high"],
            lots=inputs["lots"],
            p_unsold=inputs["p_unsold"],
            loss_per_lot_eur=inputs["loss_per_lot"],
            rate_sd=inputs["rate_sd"],
            rate_sensitivity_eur=inputs["rate_sensitivity"],
        ),
        draws=inputs["draws"],
        seed=inputs["seed"],
    )
    return {
        "mean": drawn.mean_eur,
        "sd": drawn.sd_eur,
        "p_loss": drawn.p_loss,
        "q05": drawn.q05_eur,
        "exact_mean": drawn.exact_mean_eur,
        "exact_sd": drawn.exact_sd_eur,
    }


def cash_calendar(inputs: Mapping[str, Any]) -> dict[str, Any]:
    cash = calendar.cash_calendar(
        [
            calendar.Outflow(
                id=line["id"],
                amount_eur=line["amount"],
                start_month=line["start"],
                end_month=line["end"],
            )
            for line in inputs["outflows"]
        ],
        [
            calendar.Sale(
                id=line["id"],
                kind=line["kind"],
                amount_eur=line["amount"],
                signed_month=line["signed"],
                calls=tuple((milestone, share) for milestone, share in line["calls"]),
            )
            for line in inputs["sales"]
        ],
        [
            calendar.Receipt(id=line["id"], amount_eur=line["amount"], month=line["month"])
            for line in inputs["receipts"]
        ],
        months=inputs["months"],
        credit_rate=inputs["credit_rate"],
        milestones=inputs["milestones"],
        call_caps=CALL_CAPS,
    )
    return {
        "peak_debt": cash.peak_debt_eur,
        "peak_month": cash.peak_month,
        "interest": cash.interest_eur,
        "final_balance": cash.final_balance_eur,
        "peak_debt_without_interest": cash.peak_debt_without_interest_eur,
        "balance": dict(enumerate(cash.balances_eur)),
    }


CALLS: dict[str, Callable[[dict[str, Any]], object]] = {
    "psla": psla_option,
    "buyback_price": buyback_price,
    "brs": ofs_account,
    "brs_resale": brs_resale,
    "vefa": promoter_balance,
    "unsold_lots": unsold_lots,
    "buyback_cost": buyback_cost,
    "monte_carlo": monte_carlo,
    "cash_calendar": cash_calendar,
}
