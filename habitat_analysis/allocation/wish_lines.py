"""Wishes as a household writes them: a dwelling by its name, or criteria, one line a rank.

Several dwellings that one line describes are liked as much; `rankings` draws between them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habitat_analysis.allocation.coded_cells import (
    Line,
    Words,
    lines_said,
    read_cells,
    refuse,
    whole_number,
    words_of,
)
from habitat_analysis.allocation.plan import (
    DWELLING,
    ORIENTATION_WORDS,
    TENURE_WORDS,
    TYPOLOGY_WORDS,
    PlannedDwelling,
    dwelling_shown,
    is_rental,
    read_buildings,
    read_level,
)
from habitat_analysis.errors import Faults
from habitat_analysis.formats import join_fr, quoted

REQUIRED: Final = ("pseudonyme", "rang")
CRITERIA: Final = (
    "statut",
    "typologie",
    "batiment",
    "niveau_min",
    "niveau_max",
    "orientation",
    "accessible",
    "pres_espace",
)
OPTIONAL: Final = ("logement", *CRITERIA)
MOST_RANKS: Final = 9_999
CAL: Final = "attribué par la commission (CAL) et non par le groupe"
CAL_REMEDY: Final = "Retirez-le ; les candidats à proposer à la commission sont dressés à part."


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a household accepts without naming a dwelling; what is empty or None is indifferent."""

    tenures: tuple[str, ...] = ()
    typologies: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    level_min: int | None = None
    level_max: int | None = None
    orientations: tuple[str, ...] = ()  # one of them is enough
    accessible: bool | None = None
    near_shared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WishLine:
    """One line: a rank, then the name of a dwelling or criteria."""

    household: str
    rank: int
    line: int
    dwelling: str = ""  # empty: `criteria` say it
    criteria: Criteria | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WishLines:
    """The lines of a file of wishes, and what was said about it."""

    lines: tuple[WishLine, ...]
    notes: tuple[str, ...]
    file: str


def read_wish_lines(
    path: Path | str,
    *,
    dwellings: Sequence[PlannedDwelling] | None = None,
    households: Collection[str] | None = None,
    buildings: Sequence[str] | None = None,
) -> WishLines:
    """Read the file of wishes.

    Parameters
    ----------
    path
        CSV, one line a rank of a household, columns `REQUIRED` and `OPTIONAL`: either
        ``logement`` or criteria. Lists are written ``T3|T4``; an empty criterion is indifferent.
    dwellings
        The plan, to check the names of dwellings; `rankings` checks them in any case.
    households
        Pseudonyms of the files of households, to refuse any other.
    buildings
        Buildings that the study describes, if any.

    Returns
    -------
    lines
        In the order of the file. Same rank on several lines: liked as much.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_WISHES``).
    """
    cells = read_cells(path, REQUIRED, OPTIONAL)
    faults = Faults(cells.file)
    known = words_of(buildings) if buildings else None
    lines = []
    for number, row in cells.rows():
        line = Line(number=number, faults=faults).pseudonym(row["pseudonyme"])
        line.member_of(households)
        lines.append(_wish(row, line, known))
    check_dwellings(lines, dwellings, faults)
    refuse(faults, "E_WISHES")
    return WishLines(lines=tuple(lines), notes=cells.notes, file=cells.file)


def check_dwellings(
    lines: Iterable[WishLine], dwellings: Sequence[PlannedDwelling] | None, faults: Faults
) -> None:
    """Note the lines that repeat another, or name a dwelling that is not offered to the group.

    Parameters
    ----------
    dwellings
        The plan; without it, only repetitions are looked for.
    """
    offer = offer_of(dwellings) if dwellings is not None else None
    same: dict[tuple[object, ...], list[WishLine]] = {}
    for wish in lines:
        line = Line(number=wish.line, faults=faults, household=wish.household)
        name = wish.dwelling
        if wish.dwelling and offer is not None:
            name = check_offered(wish.dwelling, offer, line) or wish.dwelling
        said = (name,) if name else (wish.rank, wish.criteria)
        if wish.household and (name or wish.criteria is not None):
            same.setdefault((wish.household, *said), []).append(wish)
    for repeated in same.values():
        _refuse_repeated(repeated, faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The dwellings of a plan by name, and the words by which they are found."""

    by_name: Mapping[str, PlannedDwelling]
    words: Words


def offer_of(dwellings: Sequence[PlannedDwelling]) -> Offer:
    """Gather a plan so that names are found at once."""
    by_name = {dwelling.id: dwelling for dwelling in dwellings}
    return Offer(by_name=by_name, words=words_of(by_name))


def check_offered(text: str, offer: Offer, line: Line) -> str:
    """Return the name of a dwelling offered to the group, "" with a fault.

    Unknown names are refused, and rental dwellings: the commission (CAL) allocates them.
    """
    name = offer.words.get(text)
    if name is None:
        near = line.meant(text, offer.by_name)
        remedy = near or "Reprenez un logement de logements.csv, ou donnez des critères."
        line.fault(f"logement inconnu {dwelling_shown(text)}.", remedy)
        return ""
    dwelling = offer.by_name[name]
    if dwelling.is_rental:
        why = f"logement {quoted(name)} en locatif ({dwelling.tenure}), {CAL}."
        line.fault(why, CAL_REMEDY)
        return ""
    return name


def _wish(row: Mapping[str, str], line: Line, known: Words | None) -> WishLine:
    named = row["logement"]
    typed = [column for column in CRITERIA if row[column]]
    criteria = _criteria(row, line, known) if typed else None
    if named and typed:
        why = f"un logement et des critères ({join_fr(typed)}) sur la même ligne."
        line.fault(why, "Gardez l'un ou les autres.")
    elif not named and not typed:
        remedy = "Nommez un logement, donnez un critère au moins, ou retirez la ligne."
        line.fault("ni logement ni critère : le classement est vide.", remedy)
    elif named and not DWELLING.fullmatch(named):
        remedy = "Reprenez le repère d'un logement de logements.csv, par exemple A12."
        line.fault("nom de logement non conforme.", remedy)
        named = ""
    rank = _rank(row["rang"], line)
    one = line.household
    return WishLine(household=one, rank=rank, line=line.number, dwelling=named, criteria=criteria)


def _rank(text: str, line: Line) -> int:
    """Read a rank, 0 with a fault; what stands there instead may be anything, so is hidden."""
    rank = whole_number(text)
    if rank is None or rank > MOST_RANKS:
        why = "« rang » n'est pas un nombre entier à partir de 1." if text else "« rang » est vide."
        line.fault(why, "Écrivez 1 pour le logement le plus souhaité, puis 2, 3…")
        return 0
    return rank


def _criteria(row: Mapping[str, str], line: Line, known: Words | None) -> Criteria:
    low = read_level(row["niveau_min"], "niveau_min", line)
    high = read_level(row["niveau_max"], "niveau_max", line)
    if low is not None and high is not None and low > high:
        line.fault(
            "« niveau_min » dépasse « niveau_max ».", "Échangez-les, ou videz l'un des deux."
        )
    tenures = line.words(row["statut"], "statut", TENURE_WORDS, "statut inconnu")
    rental = [tenure for tenure in tenures if is_rental(tenure)]
    if rental:
        why = f"« statut » demande du locatif ({join_fr(rental)}), {CAL}."
        line.fault(why, CAL_REMEDY)
    return Criteria(
        tenures=tenures,
        typologies=line.words(row["typologie"], "typologie", TYPOLOGY_WORDS, "typologie inconnue"),
        buildings=read_buildings(row["batiment"], line, known),
        level_min=low,
        level_max=high,
        orientations=line.words(
            row["orientation"], "orientation", ORIENTATION_WORDS, "orientation inconnue"
        ),
        accessible=line.yes_or_no(row["accessible"], "accessible"),
        near_shared=line.yes_or_no(row["pres_espace"], "pres_espace"),
    )


def _refuse_repeated(wishes: Sequence[WishLine], faults: Faults) -> None:
    """Note the lines of a household that say the same."""
    if len(wishes) == 1:
        return
    first = wishes[0]
    where = f"{lines_said(wish.line for wish in wishes)}, ménage {first.household}"
    if first.dwelling and len({wish.rank for wish in wishes}) > 1:
        why = f"logement {dwelling_shown(first.dwelling)} classé à plusieurs rangs."
        faults.add(where, why, "Gardez un seul rang.")
    else:
        faults.add(where, "la même ligne est écrite plusieurs fois.", "Gardez-en une seule.")
