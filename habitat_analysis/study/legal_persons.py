"""The legal persons of a group: an association, a commune, the cooperative, another Hlm body.

They hold lots of the programme and shares of the company that the group forms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from pydantic import Field, field_validator

from habitat_analysis.errors import did_you_mean
from habitat_analysis.formats import count, join_fr, number, percent, quoted
from habitat_analysis.study.land import Files
from habitat_analysis.study.parts import Name, Part, Share, Text, Whole
from habitat_analysis.study.programme import Programme, TenureCode, TypologyCode, each_once
from habitat_analysis.tenures import tenures

PersonKind = Literal["association", "commune", "cooperative", "organisme_hlm", "autre"]
LegalForm = Literal[  # the forms of data/baremes/formes_juridiques.csv, and no other (tested)
    "COOPERATIVE_HABITANTS",
    "SOCIETE_ATTRIBUTION_AUTOPROMOTION",
    "SCIAPP",
    "SCCV_OR_HLM_VEFA_THEN_COPROPRIETE",
    "SCIA",
    "SCCC",
    "SCIC_HLM",
    "COOP_HLM",
]
Cell = tuple[str, str]
Fault = tuple[tuple[str | int, ...], str, str]  # path in the study, why, what to do

KEY: Final = "personnes_morales"
RENTAL: Final = "locatif"
HLM_BODIES: Final[tuple[PersonKind, ...]] = ("cooperative", "organisme_hlm")
SHARES: Final = {"part_du_capital": "capital_share", "part_des_voix": "votes_share"}
WHOLE_SHARE: Final = 1 + 1e-9


class LegalPerson(Part):
    """A legal person, member of the group with lots of its own."""

    id: Name
    label: Text = Field(alias="libelle")
    kind: PersonKind = Field(alias="nature")
    lots: dict[TypologyCode, dict[TenureCode, Whole]] = Field(min_length=1)
    capital_share: Share | None = Field(default=None, alias="part_du_capital")
    votes_share: Share | None = Field(default=None, alias="part_des_voix")
    dwellings: tuple[Name, ...] = Field(default=(), alias="logements")  # of the plan

    _each_once = field_validator("dwellings")(each_once)

    @property
    def cells(self) -> Mapping[Cell, int]:
        """Lots by typology and tenure, zeros left out."""
        return {(t, u): n for t, row in self.lots.items() for u, n in row.items() if n}

    @property
    def is_hlm(self) -> bool:
        """Whether this is an Hlm body, the cooperative itself included."""
        return self.kind in HLM_BODIES


def lots_by_cell(persons: Sequence[LegalPerson]) -> dict[Cell, int]:
    """Add up the lots of all legal persons.

    Examples
    --------
    >>> one = LegalPerson.model_validate(
    ...     {"id": "a", "libelle": "A", "nature": "autre", "lots": {"T3": {"PLUS": 2}}})
    >>> lots_by_cell([one, one])
    {('T3', 'PLUS'): 4}
    """
    total: dict[Cell, int] = {}
    for person in persons:
        for cell, n in person.cells.items():
            total[cell] = total.get(cell, 0) + n
    return total


def legal_person_faults(
    persons: Sequence[LegalPerson], files: Files, programme: Programme
) -> Iterator[Fault]:
    """Find what contradicts itself between the legal persons, the files and the programme.

    Returns
    -------
    faults
        Place in the study, reason and remedy, in French.
    """
    for rank, person in enumerate(persons):
        yield from _unknown_lots(person, rank, programme)
        if not person.cells:
            yield (
                ("groupe", KEY, rank, "lots"),
                f"{quoted(person.label)} n'a aucun lot.",
                "Écrivez un nombre de lots, ou retirez cette personne morale.",
            )
        yield from _dwelling_faults(person, rank, files)
    yield from _shared_dwellings(persons)
    yield from _too_many_lots(persons, programme)
    yield from _decided_below(persons, programme)
    for key, name in SHARES.items():
        total = math.fsum(getattr(person, name) or 0.0 for person in persons)
        if total > WHOLE_SHARE:
            yield (
                ("groupe", KEY),
                f"les « {key} » font ensemble {percent(total)}.",
                "Corrigez-les : leur somme ne dépasse pas 1.",
            )


def _unknown_lots(person: LegalPerson, rank: int, programme: Programme) -> Iterator[Fault]:
    """Name the typologies and tenures that the programme does not know."""
    sizes = [str(size.id) for size in programme.typologies]
    codes = [str(code) for code in programme.tenures]
    for typology, row in person.lots.items():
        path: tuple[str | int, ...] = ("groupe", KEY, rank, "lots", typology)
        if typology not in sizes:
            yield (
                path,
                f"{quoted(typology)} n'est pas dans « programme.typologies ».",
                did_you_mean(typology, sizes) or f"Typologies de l'étude : {join_fr(sizes)}.",
            )
        for code in row:
            if code not in codes:
                yield (
                    (*path, code),
                    f"{quoted(code)} n'est pas dans « programme.statuts ».",
                    f"Ajoutez ce statut au programme, ou choisissez parmi {join_fr(codes)}.",
                )


def _dwelling_faults(person: LegalPerson, rank: int, files: Files) -> Iterator[Fault]:
    path: tuple[str | int, ...] = ("groupe", KEY, rank, "logements")
    named, lots = len(person.dwellings), sum(person.cells.values())
    if named and files.dwellings is None:
        yield (
            path,
            "des logements du plan sont nommés, aucun plan n'est donné.",
            "Ajoutez « fichiers.logements », ou retirez cette clé.",
        )
    own = sum(n for (_, code), n in person.cells.items() if tenures()[code].family != RENTAL)
    if files.dwellings is not None and named < own:
        yield (
            path if named else path[:-1],
            (
                f"{quoted(person.label)} garde {count(own, 'logement')} hors locatif, "
                f"{count(named, 'nommé', 'nommés')} dans le plan « {files.dwellings} »."
            ),
            "Nommez ces logements sous « logements », pour qu'aucun ménage ne les choisisse.",
        )
    if named > lots:
        named_words = count(named, "logement nommé", "logements nommés")
        yield (
            path,
            f"{named_words} pour {count(lots, 'lot')} de {quoted(person.label)}.",
            "Nommez au plus un logement par lot.",
        )


def _shared_dwellings(persons: Sequence[LegalPerson]) -> Iterator[Fault]:
    holder: dict[str, str] = {}
    for rank, person in enumerate(persons):
        for name in person.dwellings:
            if name in holder:
                yield (
                    ("groupe", KEY, rank, "logements"),
                    f"le logement {quoted(name)} est déjà celui de {quoted(holder[name])}.",
                    "Gardez-le à un seul.",
                )
            holder.setdefault(name, person.label)


def _too_many_lots(persons: Sequence[LegalPerson], programme: Programme) -> Iterator[Fault]:
    lots = sum(lots_by_cell(persons).values())
    if lots > programme.dwellings_max:
        yield (
            ("groupe", KEY),
            (
                f"{count(lots, 'lot')} au total, le programme compte au plus "
                f"{count(programme.dwellings_max, 'logement')}."
            ),
            "Réduisez les lots, ou relevez « programme.logements_max ».",
        )


def _decided_below(persons: Sequence[LegalPerson], programme: Programme) -> Iterator[Fault]:
    """Name the numbers decided that leave less than the lots asked."""
    asked, fixed = lots_by_cell(persons), programme.fixed
    by_tenure: dict[str, int] = {}
    for (_, code), n in asked.items():
        by_tenure[code] = by_tenure.get(code, 0) + n
    decided: dict[str, tuple[int, int]] = {
        f"{typology} {code}": (n, asked.get((typology, code), 0))
        for typology, row in fixed.units.items()
        for code, n in row.items()
    } | {str(code): (n, by_tenure.get(code, 0)) for code, n in fixed.tenures.items()}
    for what, (n, lots) in decided.items():
        if n < lots:
            yield (
                ("groupe", KEY),
                (
                    f"{count(lots, 'lot demandé', 'lots demandés')} en {what}, « programme.fixe » "
                    f"en décide {number(n)}."
                ),
                "Accordez les deux nombres.",
            )
