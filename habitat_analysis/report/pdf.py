"""The report as a PDF, made by typst: A4, tagged (PDF/UA-1), the same bytes from the same report.

Texts travel as JSON and enter the page as strings, which typst never reads as markup.
"""

from __future__ import annotations

import json
import math
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typst

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.blocks import Block, Document, Heading, Paragraph, Picture, Points
from habitat_analysis.report.document import TEMPLATES
from habitat_analysis.report.outline import outline
from habitat_analysis.report.plain_text import without_controls
from habitat_analysis.report.sheets import Sheet

TEMPLATE: Final = "rapport.typ"
STANDARD: Final = "ua-1"
WIDE: Final = 6  # columns from which a table is set smaller
SHORT: Final = 14  # an IDU has 14: characters up to which a column is as wide as its words
NARROW: Final = 70  # characters up to which a whole table is as wide as its words


def write_pdf(feasibility: Feasibility, path: Path, *, document: Document | None = None) -> Path:
    """Write the report of one site as a PDF.

    Parameters
    ----------
    feasibility
        The site.
    path
        File to write; the folder exists.
    document
        The outline when it was gathered already: its figures are drawn once.

    Returns
    -------
    path
        As given. The same feasibility gives the same bytes.
    """
    path.write_bytes(pdf_bytes(document or outline(feasibility)))
    return path


def pdf_bytes(document: Document) -> bytes:
    """Set a document with the fonts that typst carries, dated by its edition."""
    with tempfile.TemporaryDirectory(prefix="habitat-pdf-") as name:
        folder = Path(name)
        content = _content(document, folder)
        (folder / "contenu.json").write_text(json.dumps(content), encoding="utf-8")
        source = TEMPLATES.joinpath(TEMPLATE).read_text(encoding="utf-8")
        (folder / TEMPLATE).write_text(source, encoding="utf-8")
        pdf: bytes = typst.compile(
            str(folder / TEMPLATE),
            root=str(folder),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=STANDARD,
            timestamp=datetime.fromtimestamp(document.stamp, tz=UTC),
        )
    return pdf


def _content(document: Document, folder: Path) -> dict[str, Any]:
    """Turn a document into plain values, its pictures into files of the folder."""
    return {
        "title": _text(document.title),
        "subtitle": _text(document.subtitle),
        "notice": _text(document.notice),
        "edited_on": document.edited_on,
        "sections": [
            {
                "number": section.number,
                "title": _text(section.title),
                "blocks": [
                    plain
                    for rank, block in enumerate(section.blocks)
                    if (plain := _plain(block, folder / f"figure-{section.number}-{rank}.png"))
                ],
            }
            for section in document.sections
        ],
    }


def _plain(block: Block, picture: Path) -> dict[str, Any] | None:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": _text(block.text)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": _text(block.text), "tone": block.tone}
    if isinstance(block, Points):
        items = [_text(item) for item in block.items]
        return {"kind": "points", "items": items, "checklist": block.checklist}
    if isinstance(block, Picture):
        picture.write_bytes(block.png)
        return {
            "kind": "picture",
            "file": picture.name,
            "alt": _text(block.alt),
            "caption": _text(block.caption),
        }
    return _table(block) if isinstance(block, Sheet) else None  # links mean nothing on paper


def _table(sheet: Sheet) -> dict[str, Any]:
    table = sheet.table()
    return {
        "kind": "table",
        "caption": _text(table.caption),
        "headers": [_text(header) for header in table.headers],
        "rows": [[_text(cell) for cell in row] for row in table.rows],
        "numeric": list(table.numeric),
        "total": table.total,
        "notes": [_text(note) for note in table.notes],
        "widths": _widths(table.numeric, table.rows, table.headers),
        "small": len(table.headers) >= WIDE,
    }


def _widths(
    numeric: tuple[bool, ...], rows: tuple[tuple[str, ...], ...], headers: tuple[str, ...]
) -> list[float]:
    """Share the width of the page: 0 for a column as wide as its figures, else a part."""
    longest = [max(map(len, column), default=0) for column in zip(*(headers, *rows), strict=True)]
    if sum(longest) <= NARROW:
        return [0.0] * len(headers)
    cells = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    return [
        0.0 if num or size <= SHORT else math.sqrt(size)
        for num, size in zip(numeric, cells or longest, strict=True)
    ]


def _text(text: str) -> str:
    return without_controls(text)
