"""The legal persons of a group against the limits of the legal form that the study states.

A residents' company (CCH L200-3) limits the capital and the votes of all legal persons; the
dwellings that an Hlm body holds there follow its share of the capital (L200-4). Other forms have
no such limit, and without a stated form nothing is examined.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from habitat_analysis.baremes import Fact, FactReader
from habitat_analysis.formats import count, join_fr, number, percent, quoted, typeset
from habitat_analysis.programme.case import Programme
from habitat_analysis.regulation import (
    caps_legal_persons,
    legal_form,
    legal_persons_cap,
    proportional_dwellings,
)
from habitat_analysis.study import LegalForm, LegalPerson, Study
from habitat_analysis.study.legal_persons import PersonKind, lots_by_cell
from habitat_analysis.tenures import tenure

State = Literal["respecté", "non respecté", "à préciser", "à vérifier", "sans objet", "non examiné"]
UNSETTLED: Final[Mapping[State, str]] = {
    "non respecté": "limite non respectée",
    "à préciser": "à préciser",
    "à vérifier": "à vérifier",
    "non examiné": "non examiné",
}
NOISE: Final = 1e-9  # shares typed as decimals
ONE_DWELLING: Final = 1 - 1e-6  # lots are whole: a proportion is kept to less than one of them
GAP_DECIMALS: Final = 6
MANY: Final = 2  # from two on, a French noun is plural
LANDLORDS: Final[tuple[PersonKind, ...]] = ("cooperative", "organisme_hlm", "commune")
COMPANIES_ONLY: Final = (
    "ces limites ne visent que les coopératives d'habitants et les sociétés d'attribution et "
    "d'autopromotion"
)
KINDS: Final[Mapping[PersonKind, str]] = {
    "association": "association",
    "commune": "commune",
    "cooperative": "la coopérative elle-même",
    "organisme_hlm": "organisme Hlm",
    "autre": "autre personne morale",
}
FORMS: Final[Mapping[LegalForm, str]] = {
    "COOPERATIVE_HABITANTS": "coopérative d'habitants",
    "SOCIETE_ATTRIBUTION_AUTOPROMOTION": "société d'attribution et d'autopromotion",
    "SCIAPP": "société civile immobilière d'accession progressive à la propriété (SCIAPP)",
    "SCCV_OR_HLM_VEFA_THEN_COPROPRIETE": "vente en VEFA, puis copropriété",
    "SCIA": "société civile immobilière d'attribution (SCIA)",
    "SCCC": "société civile coopérative de construction (SCCC)",
    "SCIC_HLM": "société coopérative d'intérêt collectif d'Hlm",
    "COOP_HLM": "société coopérative d'Hlm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalCheck:
    """One limit, what the legal persons make of it, and what remains to be settled."""

    subject: str  # French
    state: State
    said: str  # French: both figures, or why nothing is compared
    legal_reference: str = ""
    value: float | None = None  # share, as a fraction
    limit: float | None = None  # share, as a fraction
    gap_dwellings: float | None = None  # lots held, less those that the capital gives


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStanding:
    """The legal form of the group, its legal persons, and each limit tried on them."""

    form: LegalForm | None
    form_reference: str
    persons: tuple[LegalPerson, ...]
    checks: tuple[LegalCheck, ...]

    @property
    def form_label(self) -> str:
        """Name the form in French."""
        return "non précisée" if self.form is None else FORMS[self.form]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Sentences on what is broken or has to be settled."""
        return tuple(
            typeset(f"Personnes morales, {UNSETTLED[check.state]} : {check.said}")
            for check in self.checks
            if check.state in UNSETTLED
        )


def legal_standing(
    study: Study, programme: Programme | None, facts: FactReader
) -> LegalStanding | None:
    """Compare the legal persons of a study with the limits of its legal form.

    Parameters
    ----------
    study
        Legal form and legal persons, with the shares that are known.
    programme
        Programme kept, for the share of the dwellings; None without one.
    facts
        Reader of the limits.

    Returns
    -------
    standing
        None when the study states neither a form nor a legal person.

    References
    ----------
    CCH L200-3 and L200-4; ``docs/model.md`` 6.8.
    """
    form, persons = study.residents.legal_form, study.residents.legal_persons
    if form is None and not persons:
        return None
    reference = ""
    checks: list[LegalCheck] = []
    if form is not None:
        row = legal_form(facts, form)
        reference = row.cells["legal_reference"]
        if persons and caps_legal_persons(row):
            checks += _company_checks(persons, programme, facts)
        elif persons:
            said = f"{FORMS[form][0].upper()}{FORMS[form][1:]} : {COMPANIES_ONLY}."
            checks.append(_check("Limites des personnes morales", "sans objet", said))
    elif persons:
        said = "forme juridique du groupe non précisée, écrivez « groupe.forme_juridique »."
        checks.append(_check("Limites des personnes morales", "non examiné", said))
    checks += _doubts(persons)
    return LegalStanding(form=form, form_reference=reference, persons=persons, checks=tuple(checks))


def _check(subject: str, state: State, said: str) -> LegalCheck:
    return LegalCheck(subject=subject, state=state, said=typeset(said))


def _company_checks(
    persons: Sequence[LegalPerson], programme: Programme | None, facts: FactReader
) -> Iterator[LegalCheck]:
    cap = legal_persons_cap(facts)
    reference = cap.legal_reference
    capital = [(one.label, one.capital_share) for one in persons]
    votes = [(one.label, one.votes_share) for one in persons]
    yield _capped("capital", "part_du_capital", capital, cap.number, reference)
    yield _capped("voix", "part_des_voix", votes, cap.number, reference)
    bodies = [one for one in persons if one.is_hlm]
    reference = proportional_dwellings(facts).legal_reference if bodies else ""
    for body in bodies:
        yield _proportion(body, programme, reference)
    if programme is not None:
        yield from _let_by_nobody(persons, programme, proportional_dwellings(facts))


def _capped(
    what: Literal["capital", "voix"],
    key: str,
    shares: Sequence[tuple[str, float | None]],
    cap: float,
    reference: str,
) -> LegalCheck:
    """Compare the shares of all legal persons together with their cap."""
    total = math.fsum(share or 0.0 for _, share in shares)
    missing = [quoted(label) for label, share in shares if share is None]
    of_what = "du capital" if what == "capital" else "des voix"
    said = f"{percent(total)} {of_what} aux personnes morales, pour {percent(cap)} au plus"
    state: State = "respecté"
    if total > cap + NOISE:
        state = "non respecté"
    elif missing:
        others = f" ; {said}, sans compter ce qui manque" if len(missing) < len(shares) else ""
        state, said = "à préciser", f"il manque « {key} » de {join_fr(missing)}{others}"
    return LegalCheck(
        subject=typeset(f"Part {of_what} des personnes morales"),
        state=state,
        said=typeset(f"{said} ({reference})."),
        legal_reference=reference,
        value=total,
        limit=cap,
    )


def _proportion(body: LegalPerson, programme: Programme | None, reference: str) -> LegalCheck:
    """Compare the lots of an Hlm body with what its share of the capital gives.

    Dwellings are whole: the proportion is kept to less than one dwelling [P].
    """
    subject = f"Logements de {quoted(body.label)} et sa part du capital"
    lots, share = sum(body.cells.values()), body.capital_share
    if share is None or programme is None:
        lacking = "sa « part_du_capital »" if share is None else "un programme"
        said = f"logements de {quoted(body.label)} en proportion du capital, il manque {lacking}"
        return LegalCheck(
            subject=typeset(subject),
            state="à préciser",
            said=typeset(f"{said} ({reference})."),
            legal_reference=reference,
            limit=share,
        )
    dwellings = sum(programme.units.values())
    held, gap = lots / dwellings, round(lots - share * dwellings, GAP_DECIMALS)
    near = abs(gap) < ONE_DWELLING
    noun = "logement" if abs(gap) < MANY else "logements"
    beside = f"écart de {number(gap, 1, signed=True)} {noun}" if gap else "sans écart"
    said = (
        f"{quoted(body.label)} tient {count(lots, 'logement')} sur {number(dwellings)}, soit "
        f"{percent(held)}, pour {percent(share)} du capital, {beside}"
    )
    return LegalCheck(
        subject=typeset(subject),
        state="respecté" if near else "non respecté",
        said=typeset(f"{said} ({reference})."),
        legal_reference=reference,
        value=held,
        limit=share,
        gap_dwellings=gap,
    )


def _let_by_nobody(
    persons: Sequence[LegalPerson], programme: Programme, rule: Fact
) -> Iterator[LegalCheck]:
    """Say how many rental dwellings of a company no legal person holds, and so lets."""
    lots = lots_by_cell(persons)
    left = sum(
        max(0, n - lots.get(cell, 0))
        for cell, n in programme.units.items()
        if tenure(cell[1]).kind == "rental"
    )
    if left:
        said = (
            f"{count(left, 'logement locatif', 'logements locatifs')} du programme sans bailleur "
            "nommé ; dans cette forme, un organisme Hlm associé les tient "
            f"({rule.legal_reference}), ajoutez ses lots."
        )
        yield _check("Bailleur des logements locatifs", "à vérifier", said)


def _doubts(persons: Sequence[LegalPerson]) -> Iterator[LegalCheck]:
    """Name what the barèmes do not settle: a landlord that is none, a sale under ceilings."""
    for person in persons:
        codes = sorted({code for _, code in person.cells})
        rental = [code for code in codes if tenure(code).kind == "rental"]
        if rental and person.kind not in LANDLORDS:
            said = (
                f"{quoted(person.label)} ({KINDS[person.kind]}) tient des lots en "
                f"{join_fr(rental)}, qualité de bailleur à établir."
            )
            yield _check(f"Lots locatifs de {quoted(person.label)}", "à vérifier", said)
        capped = [
            code for code in codes if tenure(code).kind != "rental" and tenure(code).income_product
        ]
        if capped:
            said = (
                f"{quoted(person.label)} tient des lots en {join_fr(capped)}, dont l'acquéreur est "
                "un ménage sous plafonds de ressources."
            )
            yield _check(f"Lots aidés de {quoted(person.label)}", "à vérifier", said)
