"""Terms that the law, a lender or arithmetic refuses, said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.errors import Faults
from habitat_analysis.formats import euros, number, percent
from habitat_analysis.regulation import building_loan_years, land_loan_years, livret_a
from habitat_analysis.study import Study, Terms
from habitat_analysis.tenures import tenure

LOANS: Final = "prets"
PROGRESSIVE: Final = "progressive"
EQUAL: Final = 1e-9
OWN_KEYS: Final[dict[str, tuple[str, ...]]] = {  # English name: kinds or codes it concerns
    "partner_loan": ("rental",),
    "equity_eur": ("rental",),
    "annex_rent_month_eur": ("rental",),
    "rent_m2_month_eur": ("rental", PROGRESSIVE),
    "rent_part_m2_month_eur": ("PSLA",),
    "acquisitive_month_eur": ("PSLA",),
    "option_months": ("PSLA",),
    "yearly_decrease": ("PSLA",),
    "ofs_loan_rate": ("BRS",),
    "ofs_loan_years": ("BRS",),
    "ofs_management_eur": ("BRS",),
    "first_parts": ("SCIAPP",),
}


def refuse_terms(study: Study, facts: FactReader, faults: Faults, *, abc: str) -> None:
    """Note every term that no computation may use, with its limit and its place in the study.

    Parameters
    ----------
    study
        Only the tenures it offers are looked at.
    facts
        Reader at the date of the operation; a limit is read only when something is near it.
    faults
        Where each refusal is added, in French.
    abc
        ABC zone of the commune.
    """
    codes = [str(code) for code in study.programme.tenures]
    for code in codes:
        terms = study.terms_of(code)
        _other_tenures(study, code, terms, faults)
        if tenure(code).kind == "rental":
            _partner_years(study, facts, code, faults, abc=abc)
    _annuities(study, facts, codes, faults)
    _mortgage(study, facts, faults)
    _livret_a(study, facts, faults)
    if "PSLA" in codes:
        _savings(study, faults)
    if "BRS" in codes:
        _ofs_years(study, facts, faults)
    if "SCIAPP" in codes:
        _first_parts(study, faults)


def _text(fact: Fact) -> str:
    """Name where a limit is written."""
    return fact.legal_reference or f"barème {fact.table}.csv, ligne {fact.line}"


def _other_tenures(study: Study, code: str, terms: Terms, faults: Faults) -> None:
    """Refuse a term stated on a tenure that has no use for it: it would be silently lost."""
    nature, fields = tenure(code), type(terms).model_fields
    for name, concerned in OWN_KEYS.items():
        if {nature.kind, code} & set(concerned) or getattr(terms, name) == fields[name].default:
            continue
        faults.add(
            study.place("statuts", code, fields[name].alias or name),
            f"ce terme ne concerne pas le statut {code}.",
            "Retirez-le.",
        )


def _partner_years(study: Study, facts: FactReader, code: str, faults: Faults, *, abc: str) -> None:
    """Refuse a partner's loan that outlasts the operating account."""
    loan, product = study.terms_of(code).partner_loan, tenure(code).loan_product
    if loan is None:
        return
    longest = max(
        building_loan_years(facts, product),
        land_loan_years(facts, product, abc),
        key=lambda fact: fact.number,
    )
    if loan.years > longest.number:
        faults.add(
            study.place("statuts", code, "pret_partenaire", "duree_ans"),
            f"{loan.years} ans dépassent la durée du compte d'exploitation,"
            f" {number(longest.number)} ans ({_text(longest)}).",
            f"Écrivez au plus {number(longest.number)}.",
        )


def _annuities(study: Study, facts: FactReader, codes: Iterable[str], faults: Faults) -> None:
    """Refuse a deferral or a growth of the annuities that no lender of the CDC accepts."""
    montage = study.montage
    if not any(tenure(code).kind == "rental" for code in codes):
        return

    def limit(key: str) -> Fact:
        return facts(LOANS, item="loan", loan="CDC_ALL", key=key)

    if montage.deferral_years:
        longest = limit("capital_deferral_max")
        if montage.deferral_years * MONTHS > longest.number:
            faults.add(
                study.place("montage", "differe_ans"),
                f"{montage.deferral_years} ans dépassent le différé permis de"
                f" {number(longest.number)} mois ({_text(longest)}).",
                f"Écrivez au plus {number(longest.number // MONTHS)}.",
            )
    if montage.annuity_growth:
        low, high = limit("annuity_progression_low"), limit("annuity_progression_high")
        if not low.number <= montage.annuity_growth <= high.number:
            faults.add(
                study.place("montage", "progression_annuites"),
                f"{percent(montage.annuity_growth, 2)} sort de la fourchette permise, de"
                f" {percent(low.number, 1)} à {percent(high.number, 1)} ({_text(high)}).",
                f"Écrivez entre {low.number:g} et {high.number:g}.",
            )
    for code in codes:
        years = study.terms_of(code).loan_years
        if years and tenure(code).kind == "rental" and montage.deferral_years >= years:
            faults.add(
                study.place("statuts", code, "duree_pret_ans"),
                f"le prêt dure {years} ans et son différé {montage.deferral_years} : il ne reste"
                " aucune année pour rembourser.",
                "Allongez le prêt ou réduisez « montage.differe_ans ».",
            )


def _mortgage(study: Study, facts: FactReader, faults: Faults) -> None:
    """Refuse a household's loan at a negative rate, or longer than the banks may grant."""
    loan = study.montage.mortgage
    for name, rate in (("taux", loan.rate), ("assurance", loan.insurance)):
        if rate is not None and rate < 0:
            faults.add(
                study.place("montage", "credit_menage", name),
                f"{percent(rate, 2)} est négatif.",
                "Écrivez un taux positif ou nul.",
            )
    if loan.years is None:
        return
    longest = facts(LOANS, item="rule", loan="BANK_MORTGAGE", key="duration_max_with_deferral")
    if loan.years > longest.number:
        faults.add(
            study.place("montage", "credit_menage", "duree_ans"),
            f"{loan.years} ans dépassent la durée permise de {number(longest.number)} ans,"
            f" entrée différée comprise ({_text(longest)}).",
            f"Écrivez au plus {number(longest.number)}.",
        )


def _livret_a(study: Study, facts: FactReader, faults: Faults) -> None:
    """Refuse a path that contradicts the dated rate of the year of the operation."""
    first, path = study.operation_date.year, study.montage.livret_a
    early = [year for year in path if year <= first]
    if not early:
        return
    year, now = max(early), livret_a(facts)
    if abs(path[year] - now.number) > EQUAL:
        faults.add(
            study.place("montage", "trajectoire_livret_a"),
            f"{percent(path[year], 2)} en {year}, alors que le barème daté donne"
            f" {percent(now.number, 2)} à la date de l'opération ({_text(now)}).",
            f"Commencez la trajectoire en {first + 1}.",
        )


def _savings(study: Study, faults: Faults) -> None:
    """Refuse savings of a PSLA above the price of its smallest dwelling."""
    terms = study.terms_of("PSLA")
    saved = (terms.acquisitive_month_eur or 0.0) * (terms.option_months or 0)
    smallest = min(size.shab_m2 for size in study.programme.typologies)
    price = (terms.price_ttc_m2_eur or 0.0) * smallest
    if price and saved > price:
        faults.add(
            study.place("statuts", "PSLA", "part_acquisitive_mois"),
            f"l'épargne à la levée d'option, {euros(saved)}, dépasse le prix du plus petit"
            f" logement, {euros(price)}.",
            "Baissez la part acquisitive ou avancez la levée d'option.",
        )


def _ofs_years(study: Study, facts: FactReader, faults: Faults) -> None:
    years = study.terms_of("BRS").ofs_loan_years
    if years is None:
        return
    longest = facts(LOANS, item="loan", loan="GAIA_BRS", key="duration_land_max")
    if years > longest.number:
        faults.add(
            study.place("statuts", "BRS", "duree_pret_ofs_ans"),
            f"{years} ans dépassent la durée permise de {number(longest.number)} ans"
            f" ({_text(longest)}).",
            f"Écrivez au plus {number(longest.number)}.",
        )


def _first_parts(study: Study, faults: Faults) -> None:
    terms = study.terms_of("SCIAPP")
    if terms.n_parts and terms.first_parts > terms.n_parts:
        faults.add(
            study.place("statuts", "SCIAPP", "parts_initiales"),
            f"{terms.first_parts} parts initiales pour {terms.n_parts} parts en tout.",
            "Accordez « parts_initiales » et « nombre_de_parts ».",
        )
