"""The legal persons in `resultats.json`: who holds what, and each limit of the legal form."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.legal_form import LegalCheck, LegalStanding
from habitat_analysis.study import LegalPerson

DECIMALS = 4


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LotsR(_Section):
    """Lots of one cell."""

    typologie: str
    statut: str
    nombre: int


class PersonneMoraleR(_Section):
    """A legal person; shares are fractions, None when the study does not state them."""

    id: str
    libelle: str
    nature: str
    lots: list[LotsR]
    part_du_capital: float | None
    part_des_voix: float | None


class ControleJuridiqueR(_Section):
    """A limit; shares are fractions, the gap is in dwellings."""

    sujet: str
    etat: str
    constat: str
    valeur: float | None
    limite: float | None
    ecart_logements: float | None
    reference: str


class PersonnesMoralesR(_Section):
    """The legal form of the group, its legal persons and what limits them."""

    forme_juridique: str | None
    reference: str
    personnes: list[PersonneMoraleR]
    controles: list[ControleJuridiqueR]


def legal_results(legal: LegalStanding | None) -> PersonnesMoralesR | None:
    """Publish the legal persons; None when the study states neither a form nor a person."""
    if legal is None:
        return None
    return PersonnesMoralesR(
        forme_juridique=legal.form,
        reference=legal.form_reference,
        personnes=[_person(one) for one in legal.persons],
        controles=[_check(one) for one in legal.checks],
    )


def _person(person: LegalPerson) -> PersonneMoraleR:
    return PersonneMoraleR(
        id=person.id,
        libelle=person.label,
        nature=person.kind,
        lots=[
            LotsR(typologie=typology, statut=code, nombre=n)
            for (typology, code), n in sorted(person.cells.items())
        ],
        part_du_capital=person.capital_share,
        part_des_voix=person.votes_share,
    )


def _check(check: LegalCheck) -> ControleJuridiqueR:
    return ControleJuridiqueR(
        sujet=check.subject,
        etat=check.state,
        constat=check.said,
        valeur=_rounded(check.value),
        limite=_rounded(check.limit),
        ecart_logements=_rounded(check.gap_dwellings),
        reference=check.legal_reference,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
