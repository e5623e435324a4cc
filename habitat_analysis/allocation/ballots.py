"""Ballots of the vote on shared rooms: a number, rooms approved, rooms objected to and why.

A ballot carries no pseudonym. The words of an objection are read for the confidential circle and
shown in no message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habitat_analysis.allocation.coded_cells import (
    Line,
    Words,
    items,
    lines_said,
    read_cells,
    refuse,
    shown,
    whole_number,
    words_of,
)
from habitat_analysis.allocation.vote import Ballot
from habitat_analysis.errors import Faults
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.study.programme import Programme

REQUIRED: Final = ("bulletin", "espaces")
OPTIONAL: Final = ("objections", "motif")


@dataclass(frozen=True, slots=True, kw_only=True)
class VotedRooms:
    """Rooms put to the vote, and those that people decided before it."""

    open: tuple[str, ...]
    decided: Mapping[str, str]  # room: how it was decided, in French


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotBox:
    """The ballots of a file in the order of their numbers; notes are countings only."""

    ballots: tuple[Ballot, ...]
    numbers: tuple[int, ...]
    notes: tuple[str, ...]
    file: str


def voted_rooms(programme: Programme) -> VotedRooms:
    """Tell the rooms of a study that its vote may decide from those already decided."""
    decided = {room.id: "obligatoire" for room in programme.spaces if room.mandatory}
    for name, kept in programme.fixed.spaces.items():
        decided[name] = "fixé par l'étude" if kept else "écarté par l'étude"
    return VotedRooms(
        open=tuple(room.id for room in programme.spaces if room.id not in decided),
        decided=decided,
    )


def read_ballots(path: Path | str, rooms: VotedRooms | None = None) -> tuple[Ballot, ...]:
    """Read the ballots of a file; see `read_ballot_box`."""
    return read_ballot_box(path, rooms).ballots


def read_ballot_box(path: Path | str, rooms: VotedRooms | None = None) -> BallotBox:
    """Read the file of ballots.

    Parameters
    ----------
    path
        CSV with the columns ``bulletin;espaces;objections;motif``, the last two optional. Lists
        of rooms are written ``buanderie|jardin``; a ballot that approves nothing is kept.
    rooms
        Rooms of the study (`voted_rooms`); without them names are not checked.

    Returns
    -------
    box
        Ballots in the order of their numbers: the order of the lines changes nothing.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_BALLOT``).
    """
    cells = read_cells(path, REQUIRED, OPTIONAL)
    faults = Faults(cells.file)
    known = words_of((*rooms.open, *rooms.decided)) if rooms else None
    read: list[tuple[int, int, Ballot]] = []
    for number, row in cells.rows():
        line = Line(number=number, faults=faults)
        ballot = _number(row["bulletin"], line)
        approved = _rooms(row["espaces"], "espaces", line, rooms, known)
        objected = _rooms(row["objections"], "objections", line, rooms, known)
        if row["motif"] and not items(row["objections"]):
            remedy = "Nommez l'espace visé dans « objections », ou videz « motif »."
            line.fault("un motif est donné sans objection.", remedy)
        said = Ballot(
            approved=frozenset(approved), objections=dict.fromkeys(objected, row["motif"])
        )
        read.append((ballot, number, said))
    _refuse_repeats([(ballot, number) for ballot, number, _ in read if ballot], faults)
    refuse(faults, "E_BALLOT")
    read.sort(key=lambda item: item[0])
    return BallotBox(
        ballots=tuple(said for *_, said in read),
        numbers=tuple(ballot for ballot, *_ in read),
        notes=(*cells.notes, *_blank(said for *_, said in read)),
        file=cells.file,
    )


def _number(text: str, line: Line) -> int:
    """Read the number of a ballot, 0 with a fault; what is not one may name somebody: hidden."""
    number = whole_number(text)
    if number is None:
        why = "« bulletin » n'est pas un numéro." if text else "« bulletin » est vide."
        remedy = "Écrivez un numéro d'ordre (1, 2, 3…), jamais un pseudonyme ni un nom."
        line.fault(why, remedy)
    return number or 0


def _rooms(
    text: str, column: str, line: Line, rooms: VotedRooms | None, known: Words | None
) -> list[str]:
    """Read a list of rooms; each unknown or already decided one is noted."""
    words = list(dict.fromkeys(items(text)))
    if rooms is None or known is None:
        return words
    found = []
    for word in words:
        name = known.get(word)
        if name is None:
            near = line.near(word, known.listed)
            masked = shown(word, known.listed, near=near, coded=column != "objections")
            why = f"{quoted(column)} nomme un espace inconnu, {masked}."
            line.fault(why, line.remedy(word, words_of(rooms.open)))
        elif name in rooms.decided:
            why = f"{quoted(column)} nomme {quoted(name)}, déjà {rooms.decided[name]}."
            remedy = "Il est déjà décidé et ne se vote pas : retirez-le du bulletin."
            line.fault(why, remedy)
        else:
            found.append(name)
    return list(dict.fromkeys(found))


def _refuse_repeats(numbers: Sequence[tuple[int, int]], faults: Faults) -> None:
    lines: dict[int, list[int]] = {}
    for number, line in numbers:
        lines.setdefault(number, []).append(line)
    for number, where in lines.items():
        if len(where) > 1:
            why = f"le bulletin {number} figure {len(where)} fois."
            faults.add(lines_said(where), why, "Gardez une seule ligne par bulletin.")


def _blank(ballots: Iterable[Ballot]) -> tuple[str, ...]:
    blank = sum(not ballot.approved for ballot in ballots)
    said = f"Bulletins n'approuvant aucun espace : {blank} (comptés dans le partage du budget)."
    return (typeset(said),) if blank else ()
