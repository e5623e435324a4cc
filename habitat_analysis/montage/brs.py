"""BRS lots: the account of the OFS, its fee, and the highest price of resale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.brs import OfsAccount, OfsTerms, ofs_account
from habitat_analysis.montage.operation import Operation
from habitat_analysis.regulation import livret_a, price_cap_m2_su
from habitat_analysis.tenures import tenure

CODE: Final = "BRS"
LOANS: Final = "prets"
LAND_LOAN: Final = "GAIA_LONG_TERME"
LONGEST: Final = "GAIA_BRS"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrsMontage:
    """The land of the BRS lots, carried by the OFS."""

    terms: OfsTerms
    account: OfsAccount
    land_value_ht_eur: float  # charge foncière of the BRS lots in the prix de revient
    remarks: tuple[str, ...]

    @property
    def fee_enough(self) -> bool:
        """Whether the fee kept is at least the lowest that balances the OFS."""
        asked = self.account.fee_min_balanced_m2_month_eur
        return self.terms.fee_m2_month_eur >= asked * (1 - 1e-9)


def brs_montage(operation: Operation) -> BrsMontage | None:
    """Draw the account of the OFS; None when the programme has no BRS lot.

    The OFS pays for the land what the study states, or else the charge foncière of the lots. Its
    fee and its costs grow as rents and charges do in the long run.

    References
    ----------
    ``docs/model.md`` 3.5; CCH L255-1 to L255-19.
    """
    if CODE not in operation.codes:
        return None
    terms = ofs_terms(operation)
    land = operation.costs.family_ht_eur(CODE, "foncier")
    account = ofs_account(terms)
    return BrsMontage(
        terms=terms, account=account, land_value_ht_eur=land, remarks=tuple(_remarks(operation))
    )


def ofs_terms(operation: Operation) -> OfsTerms:
    """State what the OFS pays, borrows and receives."""
    facts, stated, costs = operation.facts, operation.terms(CODE), operation.costs
    shab, vat = operation.shab_m2(CODE), costs.vat[CODE]
    land = costs.family_ht_eur(CODE, "foncier")
    paid = stated.ofs_land_m2_eur * shab / (1 + vat)
    margin = facts.value(LOANS, item="loan", loan=LAND_LOAN, key="margin_over_livret_a")
    rate = livret_a(facts).number + margin + operation.file.setting.scenario.rate_shift
    longest = facts.value(LOANS, item="loan", loan=LONGEST, key="duration_land_max")
    cap = price_cap_m2_su(facts, tenure(CODE).price_product, str(operation.zones.abc))
    return OfsTerms(
        shab_m2=shab,
        su_m2=operation.su_m2(CODE),
        dwellings=operation.dwellings(CODE),
        land_cost_eur=paid or land,
        loan_rate=rate if stated.ofs_loan_rate is None else stated.ofs_loan_rate,
        loan_years=int(longest if stated.ofs_loan_years is None else stated.ofs_loan_years),
        management_eur_dwelling_year=stated.ofs_management_eur,
        loss_rate=operation.study.operating.loss_share,
        fee_m2_month_eur=stated.ofs_fee_m2_month_eur,
        fee_growth=operation.paths.last_growth("rents"),
        cost_growth=operation.paths.last_growth("charges"),
        placement_rate=operation.paths.placement_rate,
        price_cap_ht_m2_su_eur=cap.number,
        building_cost_ht_eur=costs.ht_eur(CODE) - land,
        margin=operation.study.montage.target_margin,
        vat=vat,
    )


def _remarks(operation: Operation) -> list[str]:
    stated = operation.terms(CODE)
    remarks = []
    if not stated.ofs_land_m2_eur:
        remarks.append(
            "l'étude ne dit pas ce que l'OFS paie pour le terrain : la charge foncière des lots "
            "est retenue (« statuts.BRS.foncier_ofs_m2_shab »)"
        )
    if not stated.ofs_fee_m2_month_eur:
        remarks.append(
            "l'étude ne donne pas de redevance : saisissez « statuts.BRS.redevance_ofs_m2_mois »"
        )
    if not stated.ofs_management_eur:
        remarks.append(
            "gestion de l'OFS comptée pour zéro : saisissez "
            "« statuts.BRS.gestion_ofs_par_logement »"
        )
    return remarks
