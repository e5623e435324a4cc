"""What a document is made of, whoever writes it: titles, sentences, lists, tables, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sheets import Sheet

Tone = Literal["plain", "verdict", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Title of a part of a section."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A few sentences; a warning or a verdict is framed."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A list; a checklist has boxes to tick on paper."""

    items: tuple[str, ...]
    checklist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure drawn, with its alternative."""

    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A relative address, left out on paper."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A list of relative addresses, each with what is said of it; left out on paper."""

    items: tuple[tuple[Link, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A map to explore inside a page, its own text already inert; left out on paper."""

    html: str


Block = Heading | Paragraph | Points | Picture | Link | Links | Embedded | Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A numbered section."""

    number: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report, before it is a page or a PDF."""

    title: str
    subtitle: str
    notice: str
    edited_on: str  # 22/11/2026
    stamp: int  # seconds since 1970 of the edition date: documents carry no clock
    sections: tuple[Section, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every table, in the order of reading."""
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Sheet))


Item = Block | Chart | str | None | tuple[str, ...]


def section(number: int, title: str, *items: Item) -> Section:
    """Make a section: a text is a paragraph, texts are a list, a chart is drawn.

    What is empty is left out. A heading without anything after it is left out too.
    """
    return Section(number=number, title=title, blocks=tuple(_without_lone(map(_block, items))))


def _block(item: Item) -> Block | None:
    if item is None or item in ("", ()):
        return None
    if isinstance(item, str):
        return Paragraph(text=item)
    if isinstance(item, tuple):
        return Points(items=item)
    if isinstance(item, Chart):
        return Picture(png=item.png(), alt=item.alt, caption=item.caption)
    return item


def _without_lone(blocks: Iterable[Block | None]) -> list[Block]:
    kept: list[Block] = []
    for block in blocks:
        if block is None:
            continue
        if isinstance(block, Heading) and kept and isinstance(kept[-1], Heading):
            kept.pop()
        kept.append(block)
    if kept and isinstance(kept[-1], Heading):
        kept.pop()
    return kept
