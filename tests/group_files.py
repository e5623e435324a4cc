"""Files of a group written by tests, and what is hostile in a cell."""

import itertools
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from habitat_analysis.allocation.plan import PlannedDwelling
from habitat_analysis.errors import DataError

JARGON = re.compile(r"Error|Traceback|\b(None|nan|invalid|pandas|NoneType)\b")
OBJECTION = "le voisin Dupont boit trop"  # what nobody may read in a message
HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+33 6 12 34 56 78",
    "-1",
    "<script>alert(1)</script>",
    "${7*7}",
    "\u202eabc",
    "é" * 300,
    "1e309",
    "٣",  # a digit, elsewhere
    "M001",
    "Dupont",
    OBJECTION,
    "||",
    "a|b|",
    "\t",
    "0",
    "1",
    "oui",
)
PLAN = (
    PlannedDwelling(id="A1", tenure="BRS", typology="T2", building="A", level=0, accessible=True),
    PlannedDwelling(id="A2", tenure="BRS", typology="T3", building="A", level=1),
    PlannedDwelling(id="B1", tenure="PSLA", typology="T3", building="B", level=0),
    PlannedDwelling(id="B2", tenure="PSLA", typology="T4", building="B", level=2),
    PlannedDwelling(id="L1", tenure="PLUS", typology="T3", building="B", level=1),
)

hostile_cells = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))


def written(folder: Path, name: str, header: str, lines: Iterable[str]) -> Path:
    """Write a file of the group."""
    path = folder / name
    path.write_text("\n".join((header, *lines, "")), encoding="utf-8")
    return path


def quoted_line(cells: Iterable[str]) -> str:
    """Write cells as a CSV line, whatever they hold."""
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def refusal(read: Callable[..., Any], *arguments: Any, **options: Any) -> DataError:
    """Read what must be refused, and return the refusal."""
    with pytest.raises(DataError) as refused:
        read(*arguments, **options)
    assert not JARGON.search(str(refused.value))
    return refused.value


def survives(read: Callable[[Path], Any], header: str, rows: list[list[str]]) -> str:
    """Read hostile rows: they are accepted or refused in French; return what was said."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), "x.csv", header, map(quoted_line, rows))
        try:
            read(path)
        except DataError as error:
            faults = error.faults
        else:
            return ""
    said = "\n".join(faults)
    assert not JARGON.search(re.sub("«[^»]*»", "", said)), said
    assert all(fault.startswith("x.csv") for fault in faults)
    return said


def rows_of(width: int) -> st.SearchStrategy[list[list[str]]]:
    """Rows of hostile cells."""
    row = st.lists(hostile_cells, min_size=width, max_size=width)
    return st.lists(row, min_size=1, max_size=5)


def all_orders(lines: list[str]) -> list[list[str]]:
    """All the orders of a few lines."""
    return [list(order) for order in itertools.permutations(lines)]
