"""The allocation that the group made itself: pairs to judge, and pairs fixed before solving."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habitat_analysis.allocation.coded_cells import Line, lines_said, read_cells, refuse
from habitat_analysis.allocation.plan import DWELLING, PlannedDwelling
from habitat_analysis.allocation.wish_lines import Offer, check_offered, offer_of
from habitat_analysis.columns import plain_key
from habitat_analysis.errors import Faults
from habitat_analysis.formats import quoted

REQUIRED: Final = ("pseudonyme", "logement")
OPTIONAL: Final = ("fixe",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAllocation:
    """Pairs typed by the group, dwelling by household, in the order of the pseudonyms."""

    pairs: Mapping[str, str]
    fixed: Mapping[str, str]  # those agreed before solving, among `pairs`
    notes: tuple[str, ...]
    file: str

    @property
    def to_judge(self) -> Mapping[str, str] | None:
        """The group's own allocation, None when it only fixed pairs."""
        return self.pairs if len(self.pairs) > len(self.fixed) else None


def read_own_allocation(
    path: Path | str,
    *,
    dwellings: Sequence[PlannedDwelling] | None = None,
    households: Collection[str] | None = None,
) -> OwnAllocation:
    """Read the file of pairs (household, dwelling) typed by the group.

    Parameters
    ----------
    path
        CSV with the columns ``pseudonyme;logement;fixe``; ``fixe`` empty means non.
    dwellings, households
        The plan, and the pseudonyms of the files of households; not checked when None.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_WISHES``).
    """
    cells = read_cells(path, REQUIRED, OPTIONAL)
    faults = Faults(cells.file)
    offer = offer_of(dwellings) if dwellings is not None else None
    pairs: list[tuple[int, str, str, bool]] = []
    for number, row in cells.rows():
        line = Line(number=number, faults=faults).pseudonym(row["pseudonyme"])
        line.member_of(households)
        dwelling = _dwelling(row["logement"], line, offer)
        fixed = line.yes_or_no(row["fixe"], "fixe") or False
        pairs.append((number, line.household, dwelling, fixed))
    _refuse_twice({n: household for n, household, _, _ in pairs}, "ménage", faults)
    _refuse_twice({n: dwelling for n, _, dwelling, _ in pairs}, "logement", faults)
    refuse(faults, "E_WISHES")
    pairs.sort(key=lambda pair: pair[1])
    return OwnAllocation(
        pairs={household: dwelling for _, household, dwelling, _ in pairs},
        fixed={household: dwelling for _, household, dwelling, fixed in pairs if fixed},
        notes=cells.notes,
        file=cells.file,
    )


def _dwelling(text: str, line: Line, offer: Offer | None) -> str:
    """Read the name of a dwelling, "" with a fault."""
    if not DWELLING.fullmatch(text):
        why = "nom de logement non conforme." if text else "« logement » est vide."
        line.fault(why, "Reprenez le repère d'un logement de logements.csv, ou retirez la ligne.")
        return ""
    return text if offer is None else check_offered(text, offer, line)


def _refuse_twice(names: Mapping[int, str], noun: str, faults: Faults) -> None:
    """Note the households and the dwellings that come on several lines."""
    lines: dict[str, list[tuple[int, str]]] = {}
    for line, name in names.items():
        if name:
            key = plain_key(name) if noun == "logement" else name
            lines.setdefault(key, []).append((line, name))
    for same in lines.values():
        if len(same) > 1:
            shown = quoted(same[0][1]) if noun == "logement" else same[0][1]
            why = f"le {noun} {shown} figure {len(same)} fois."
            faults.add(lines_said(line for line, _ in same), why, "Gardez une seule ligne.")
