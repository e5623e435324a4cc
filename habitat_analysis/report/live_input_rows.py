"""The inputs of the live sheets: name, words, unit, source and value of each, by tenure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from habitat_analysis.finance.loans import LoanTerms
from habitat_analysis.montage import Montage
from habitat_analysis.montage.operation import Operation
from habitat_analysis.montage.rental import BUILDING, LAND, PARTNER
from habitat_analysis.report.live_cells import Kind, Value

WHOLE: Final = ""  # the code of what belongs to the whole operation
COMPUTED: Final = "calculés"
UNLIMITED: Final = "sans limite"
LOAN_WORDS: Final = {LAND: "Prêt foncier", PARTNER: "Prêt d'un partenaire", BUILDING: "Prêt bâti"}
LOANS_SOURCE: Final = "barème des prêts à la date de l'opération"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An input: its name, what a planner reads, its unit, its source, its value by tenure."""

    name: str
    label: str
    unit: str
    source: str
    kind: Kind
    values: Mapping[str, Value]  # by code of tenure; `WHOLE` for the operation


def operation_rows(montage: Montage) -> list[Row]:
    """List the inputs of the whole operation: rates, fees, limits."""
    operation, paths = montage.operation, montage.paths
    parameters, rules = operation.file.parameters, operation.file.case.rules
    stated = operation.study.montage

    def row(name: str, label: str, value: float | None, kind: Kind, unit: str, source: str) -> Row:
        given = UNLIMITED if value is None else value
        return Row(
            name=name, label=label, unit=unit, source=source, kind=kind, values={WHOLE: given}
        )

    part = "part d'un an"
    return [
        row("first_year", "Année 1 des comptes", paths.first_year, "year", "année civile",
            "étude, date_operation"),
        row("placement", "Taux de placement de la trésorerie", paths.placement_rate, "rate", part,
            "étude, montage.taux_placement, ou Livret A"),
        row("discount", "Taux d'actualisation", paths.discount_rate, "rate", part,
            "étude, montage.taux_actualisation, ou barème"),
        row("sales_fee", "Frais de commercialisation", stated.sales_fee, "rate",
            "part des ventes HT", "étude, montage.commercialisation"),
        row("target_margin", "Marge visée", stated.target_margin, "rate", "part des ventes HT",
            "étude, montage.marge_visee"),
        row("finance_rate", "Taux du crédit relais", parameters.finance_rate, "rate", part,
            "étude, couts.taux_financier"),
        row("land_carry", "Portage du terrain", parameters.land_carry_months, "whole", "mois",
            "étude, couts.portage_foncier_mois"),
        row("rooms", "Locaux partagés", operation.costs.spaces_ttc_eur, "eur", "€ TTC",
            "étude, programme.espaces_partages"),
        row("equity_max", "Fonds propres de la coopérative, au plus", rules.equity_max_eur, "eur",
            "€", "étude, programme.fonds_propres_max"),
        row("topup_max", "Subvention complémentaire, au plus", rules.topup_max_eur, "eur", "€",
            "étude, programme.subvention_complementaire_max"),
        row("subsidy_max", "Subventions en tout, au plus", rules.subsidy_max_eur, "eur", "€",
            "étude, programme.subventions_max"),
    ]  # fmt: skip


def rental_rows(montage: Montage) -> list[Row]:
    """List the inputs of the rental tenures: rent, charges, loans, stated equity."""
    rentals = montage.rentals

    def row(
        name: str, label: str, kind: Kind, unit: str, source: str, values: Mapping[str, Value]
    ) -> Row:
        return Row(name=name, label=label, kind=kind, unit=unit, source=source, values=values)

    def of(field: str, *, per_dwelling: bool = False) -> dict[str, Value]:
        return {
            code: getattr(m.tranche, field) / (m.tranche.dwellings if per_dwelling else 1)
            for code, m in rentals.items()
        }

    month, year = "€/m² SU par mois", "€/logement par an"
    operating = "étude, exploitation"
    return [
        row("rent", "Loyer retenu", "eur2", month, "étude, statuts : loyer_m2_su_mois, ou plafond",
            of("rent_m2_su_month_eur")),
        row("rent_cap", "Loyer plafond", "eur2", month, "feuille « Sources »",
            {code: m.cap.cap_m2 for code, m in rentals.items()}),
        row("annex_rent", "Loyer des annexes", "eur2", "€/logement par mois",
            "étude, statuts : loyer_annexes_mois", of("other_rent_month_eur", per_dwelling=True)),
        row("loss", "Vacance et impayés", "rate", "part des loyers",
            f"{operating}.vacance_impayes", of("loss_share")),
        row("management", "Gestion", "eur2", year, f"{operating}.gestion_par_logement",
            of("management_eur_dwelling")),
        row("maintenance", "Entretien courant", "eur2", year,
            f"{operating}.entretien_par_logement", of("maintenance_eur_dwelling")),
        row("insurance", "Assurances", "eur2", year, f"{operating}.assurance_par_logement",
            of("insurance_eur_dwelling")),
        row("levies", "Cotisations (CGLLS, Ancols)", "rate", "part des loyers", "barème des coûts",
            of("levies_share")),
        row("repairs", "Gros entretien et renouvellement", "rate", "part du bâti TTC par an",
            f"{operating}.gros_entretien_taux", of("major_repairs_rate")),
        row("repairs_free", "Années sans gros entretien", "whole", "ans",
            "étude, montage.gros_entretien_apres_ans", of("major_repairs_free_years")),
        row("tfpb", "Taxe foncière (TFPB)", "eur2", year, f"{operating}.tfpb_par_logement",
            of("tfpb_eur_dwelling")),
        row("tfpb_exempt", "Années d'exonération de TFPB", "whole", "ans", "fiscalité du statut",
            of("tfpb_exempt_years")),
        row("equity_stated", "Fonds propres décidés", "eur", "€/logement, ou « calculés »",
            "étude, statuts : fonds_propres_par_logement",
            {code: m.account.plan.equity_eur / m.tranche.dwellings if m.equity_stated
             else COMPUTED for code, m in rentals.items()}),
        *_loans(montage),
    ]  # fmt: skip


def _loans(montage: Montage) -> Iterator[Row]:
    """List the terms of the loans; the amount of the partner's alone is an input."""
    by_id = {
        name: {
            code: next((loan for loan in m.account.plan.loans if loan.id == name), None)
            for code, m in montage.rentals.items()
        }
        for name in LOAN_WORDS
    }
    for name, loans in by_id.items():
        known = {code: loan for code, loan in loans.items() if loan is not None}
        if not known:
            continue
        source = "étude, statuts : pret_partenaire" if name == PARTNER else LOANS_SOURCE
        if name == PARTNER:
            yield _loan_row(name, "amount", "montant", "eur", "€/logement", source, {
                code: (loan.amount_eur or 0.0) / montage.rentals[code].tranche.dwellings
                for code, loan in known.items()
            })  # fmt: skip
        yield from _terms(name, source, known)


def _terms(name: str, source: str, known: Mapping[str, LoanTerms]) -> Iterator[Row]:
    stated = "étude, montage"
    yield _loan_row(name, "rate", "taux de l'année 1", "rate", "part par an", source,
                    {code: loan.rate for code, loan in known.items()})  # fmt: skip
    yield _loan_row(name, "years", "durée", "whole", "ans", source,
                    {code: loan.years for code, loan in known.items()})  # fmt: skip
    yield _loan_row(name, "growth", "progression des annuités", "rate", "part par an",
                    f"{stated}.progression_annuites",
                    {code: loan.growth for code, loan in known.items()})  # fmt: skip
    yield _loan_row(name, "defer", "différé (intérêts seuls)", "whole", "ans",
                    f"{stated}.differe_ans",
                    {code: loan.defer for code, loan in known.items()})  # fmt: skip


def _loan_row(
    loan: str, what: str, label: str, kind: Kind, unit: str, source: str,
    values: Mapping[str, Value],
) -> Row:  # fmt: skip
    return Row(
        name=f"{loan}_{what}", label=f"{LOAN_WORDS[loan]} : {label}", kind=kind, unit=unit,
        source=source, values=values,
    )  # fmt: skip


def sale_rows(montage: Montage) -> list[Row]:
    """List the inputs of the sale tenures: prices and caps."""
    operation, sales = montage.operation, montage.sales
    caps: dict[str, Value] = {
        code: lot.cap_ht_eur / lot.su_m2
        for code, m in sales.items()
        for lot in m.lots
        if lot.cap_ht_eur is not None
    }
    terms = {code: operation.model_terms(code) for code in sales}
    land: dict[str, Value] = {code: t.ofs_land_m2_eur for code, t in terms.items()}
    return [
        Row(name="price", label="Prix de vente", unit="€ TTC/m² SHAB", kind="eur2",
            source="étude, statuts : prix_ttc_m2_shab",
            values={code: t.price_m2_eur for code, t in terms.items()}),
        Row(name="price_cap", label="Plafond de prix", unit="€ HT/m² SU", kind="eur2",
            source="feuille « Sources »", values=caps),
        Row(name="ofs_land", label="Foncier payé par l'OFS", unit="€ TTC/m² SHAB", kind="eur2",
            source="étude, statuts : foncier_ofs_m2_shab", values=land),
    ]  # fmt: skip


def givers_of(operation: Operation) -> list[str]:
    """List who gives a subsidy, each once, in the order of the tenures."""
    return list(
        dict.fromkeys(
            giver for code in operation.codes for giver in operation.terms(code).subsidy_by_giver
        )
    )


def subsidy_name(operation: Operation, giver: str) -> str:
    """Name the place of a subsidy; a giver may be called anything."""
    return f"subsidy_{givers_of(operation).index(giver)}"


def subsidy_rows(operation: Operation) -> Iterator[Row]:
    """List the subsidies of one dwelling, a giver a row."""
    for giver in givers_of(operation):
        given = {code: operation.terms(code).subsidy_by_giver for code in operation.codes}
        yield Row(
            name=subsidy_name(operation, giver), label=giver, unit="€/logement",
            source="étude, statuts : subventions", kind="eur",
            values={code: by[giver] for code, by in given.items() if giver in by},
        )  # fmt: skip


def sciapp_rows(montage: Montage) -> list[Row]:
    """List what the account of the SCIAPP gives: its shares and its loan."""
    account = montage.sciapp
    code = "SCIAPP"
    shares = account.first_shares_eur if account else 0.0
    lent = (account.loan.amount_eur or 0.0) if account else 0.0
    source = "compte de la SCIAPP, calculé par le programme"
    return [
        Row(name="first_shares", label="Parts initiales", unit="€", source=source, kind="eur",
            values={code: shares}),
        Row(name="sciapp_loan", label="Prêt de la SCIAPP", unit="€", source=source, kind="eur",
            values={code: lent}),
    ]  # fmt: skip
