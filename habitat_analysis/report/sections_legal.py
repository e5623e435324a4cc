"""The legal persons of the group in a report: who they are, their lots, the limits of the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.legal_form import KINDS, LegalStanding
from habitat_analysis.formats import join_fr, quoted, typeset
from habitat_analysis.programme.lots import own_lots
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet

HEADING: Final = "Personnes morales et forme juridique"
NOT_STATED: Final = "à préciser"
NOTHING_STATED: Final = "L'étude ne précise ni forme juridique du groupe, ni personne morale."
LOTS_NOTE: Final = (
    "Un lot locatif est loué par la commission (CAL) et reste ouvert aux ménages ; aucun ménage "
    "n'est placé dans les autres lots. Tous sont financés au programme comme les logements de leur "
    "statut."
)
PROPORTION_NOTE: Final = (
    "Logements en proportion du capital : respecté à moins d'un logement près, notre lecture du "
    "texte."
)


def lots_sentence(feasibility: Feasibility) -> str:
    """Say in the programme which lots legal persons hold; "" without any."""
    legal = feasibility.legal
    if legal is None or not legal.persons:
        return ""
    held = [f"{_lots(one.cells)} pour {quoted(one.label)}" for one in legal.persons]
    own = sum(own_lots(feasibility.file.case).values())
    closed = {0: "", 1: " Le lot hors locatif n'est ouvert à aucun ménage."}.get(
        own, f" Les {own} lots hors locatif ne sont ouverts à aucun ménage."
    )
    return typeset(
        f"Lots de personnes morales, compris dans le programme : {join_fr(held)}.{closed}"
    )


def form_sentence(feasibility: Feasibility) -> str:
    """Name the legal form of the group and its text."""
    legal = feasibility.legal
    if legal is None:
        return NOTHING_STATED
    reference = f" ({legal.form_reference})" if legal.form_reference else ""
    alone = "" if legal.persons else " Aucune personne morale n'y tient de lot."
    return typeset(f"Forme juridique du groupe : {legal.form_label}{reference}.{alone}")


def persons_table(feasibility: Feasibility) -> Sheet | None:
    """List the legal persons with their lots and shares; None without any."""
    legal = feasibility.legal
    if legal is None or not legal.persons:
        return None
    rows = [
        {
            "who": one.label,
            "kind": KINDS[one.kind],
            "lots": _lots(one.cells),
            "capital": one.capital_share,
            "votes": one.votes_share,
        }
        for one in legal.persons
    ]
    columns = [
        Column(name="who", header="Personne morale"),
        Column(name="kind", header="Nature"),
        Column(name="lots", header="Lots"),
        *(_share_columns() if _shares_matter(legal) else ()),
    ]
    caption = "Les personnes morales et leurs lots"
    return sheet("Personnes morales", caption, rows, columns, notes=[LOTS_NOTE])


def checks_table(feasibility: Feasibility) -> Sheet | None:
    """Try each limit of the legal form; None without any legal person."""
    legal = feasibility.legal
    if legal is None or not legal.checks:
        return None
    rows = [
        {
            "subject": check.subject,
            "state": check.state,
            "said": f"{check.said[0].upper()}{check.said[1:]}",
        }
        for check in legal.checks
    ]
    columns = [
        Column(name="subject", header="Limite"),
        Column(name="state", header="Constat"),
        Column(name="said", header="Chiffres et texte"),
    ]
    proportional = any(check.gap_dwellings is not None for check in legal.checks)
    notes = [PROPORTION_NOTE] if proportional else []
    return sheet("Limites", "Limites de la forme juridique", rows, columns, notes=notes)


def legal_hypotheses(feasibility: Feasibility) -> Iterator[tuple[str, Quantity]]:
    """State the lots and shares typed in the study."""
    for person in feasibility.ground.study.residents.legal_persons:
        n = sum(person.cells.values())
        lots = Quantity(value=n, unit="lot" if n == 1 else "lots")
        yield f"Personne morale « {person.label} », lots", lots
        for what, share in (("capital", person.capital_share), ("voix", person.votes_share)):
            if share is not None:
                part = Quantity(value=share, unit="%", decimals=1)
                yield f"Personne morale « {person.label} », part ({what})", part


def _share_columns() -> tuple[Column, ...]:
    return (
        Column(name="capital", header="Part du capital", kind="share", absent=NOT_STATED),
        Column(name="votes", header="Part des voix", kind="share", absent=NOT_STATED),
    )


def _shares_matter(legal: LegalStanding) -> bool:
    """Whether the form limits the shares, or the study states one."""
    stated = [share for one in legal.persons for share in (one.capital_share, one.votes_share)]
    limited = any(check.limit is not None for check in legal.checks)
    return limited or any(share is not None for share in stated)


def _lots(cells: Mapping[tuple[str, str], int]) -> str:
    return join_fr([f"{n} {typology} {code}" for (typology, code), n in sorted(cells.items())])
