"""Numbers and rooms decided by people, against what the study offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from habitat_analysis.errors import Faults
from habitat_analysis.study.programme import Programme

Place = Callable[[tuple[str | int, ...]], str]
Line = Callable[[tuple[str | int, ...]], int | None]


def refuse_decisions(programme: Programme, faults: Faults, *, place: Place, line: Line) -> None:
    """Note what was decided and is not offered, a mandatory room put aside, an empty programme.

    Parameters
    ----------
    programme
        What the study offers, and what people decided.
    faults
        Where each fault is added, in French.
    place, line
        Name a place of the study file, and find its line.
    """
    for keys, name in _not_offered(programme):
        faults.add(
            place(("programme", *keys)),
            f"« {name} » est décidé mais l'étude ne l'offre pas.",
            "Ajoutez-le à « typologies », « statuts » ou « espaces_partages », ou retirez-le.",
        )
    imposed = programme.imposed
    if imposed and not any(n for by_tenure in imposed.units.values() for n in by_tenure.values()):
        faults.add(
            place(("programme", "programme_impose", "logements")),
            "ce programme ne compte aucun logement.",
            "Donnez ses logements, ou retirez « programme_impose ».",
        )
    for rank, room in enumerate(programme.spaces):
        if room.mandatory and programme.fixed.spaces.get(room.id) is False:
            known = line(("programme", "espaces_partages", rank))
            where = "" if known is None else f" (ligne {known})"
            faults.add(
                place(("programme", "fixe", "espaces", room.id)),
                f"ce local est écarté, alors qu'il est obligatoire{where}.",
                "Écrivez « obligatoire: non », ou retirez cette décision.",
            )


def _not_offered(programme: Programme) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """List each decided name that the study does not offer, with its place."""
    sizes = {size.id for size in programme.typologies}
    rooms = {room.id for room in programme.spaces}
    imposed, fixed = programme.imposed, programme.fixed
    for key, units in (("programme_impose", imposed.units if imposed else {}),
                       ("fixe", fixed.units)):  # fmt: skip
        for size, by_tenure in units.items():
            if size not in sizes:
                yield (key, "logements", size), size
            yield from (
                ((key, "logements", size, code), code)
                for code in by_tenure
                if code not in programme.tenures
            )
    yield from (
        (("fixe", "statuts", code), code) for code in fixed.tenures if code not in programme.tenures
    )
    yield from ((("fixe", "espaces", room), room) for room in fixed.spaces if room not in rooms)
    yield from (
        (("programme_impose", "espaces", rank), room)
        for rank, room in enumerate(imposed.spaces if imposed else ())
        if room not in rooms
    )
