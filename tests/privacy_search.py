"""Read whatever a run leaves, whatever its kind, and look for what must not be there.

`texts_of` opens a file as deep as its kind goes: cells and properties of workbooks, columns of
GeoPackages and Parquet files with their metadata, text of PDF pages, chunks of PNG, pictures held
in pages and notebooks. A kind that nobody reads is refused: nothing passes unread.

`Needle` is one private value and the form in which it is looked for.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
from pypdf import PdfReader

Texts = Iterator[tuple[str, str]]
Form = Literal["word", "phrase", "money", "ages"]
NBSP = "\u00a0"
SPACES = {
    **dict.fromkeys(map(ord, "\u202f\u2009\u2007\u2002\u2003"), NBSP),  # inside a number
    **dict.fromkeys(map(ord, "\t\r\n"), " "),  # between two things
}
DATA_URI = re.compile(r"data:[a-z/+.-]+;base64,([A-Za-z0-9+/=\s]{40,})")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")  # in the scripts of a page
SHAPES = frozenset({"geom", "geometry"})
PNG_MARK = b"\x89PNG\r\n\x1a\n"

ENDS = r"(?![\w]|[.,]\d)"
GOES_ON = rf"(?!{NBSP}\d\d\d(?!\d))"  # 20 500\u202f951 is a count of 20, then another sum
WORD = re.compile(r"\w+")
WHOLE = re.compile(rf"(?<![\w.,{NBSP}])(\d{{1,3}})[ {NBSP}.,']?(\d{{3}})(?:[.,]0+)?{ENDS}{GOES_ON}")
KILO = re.compile(rf"(?<![\w.,])(\d{{1,3}}(?:[.,]\d{{1,3}})?)[ {NBSP}]?k(?:[ {NBSP}]?€|EUR)?(?!\w)")
POWER = re.compile(rf"(?<![\w.])\d(?:\.\d+)?[eE]\+?0?[3-5]{ENDS}")
LIST = re.compile(r"(?<![\w.,|-])\d{1,2}(?:(?:\||, |; | ; )\d{1,2})+(?![\w|]|[.,]\d)")


@dataclass(frozen=True)
class Needle:
    """A private value, and the form under which it is looked for.

    A ``word`` (pseudonym) is whole, never inside a longer word. A ``phrase`` (free text) is looked
    for as it is. ``money`` is 13600, « 13 600 » with any space, 13,600, 13600.0, 13,6 k€ or
    1.36e4, never inside a longer number. ``ages`` is a whole list, as the file writes it
    (``36|38``) or as data write lists (``36, 38``).
    """

    kind: str
    value: str
    form: Form


@dataclass(frozen=True)
class Leak:
    """A needle found: in which file, where inside it, and around what."""

    file: str
    where: str
    needle: Needle
    around: str

    def __str__(self) -> str:
        return f"{self.file} [{self.where}] {self.needle.kind} {self.needle.value}: …{self.around}…"


class Haystack:
    """Needles sorted by form, so that each text is read once whatever their number."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        sought = list(needles)
        self.words = {n.value: n for n in sought if n.form == "word"}
        self.phrases = {plain(n.value).replace(NBSP, " "): n for n in sought if n.form == "phrase"}
        self.money = {int(n.value): n for n in sought if n.form == "money"}
        self.ages = {tuple(n.value.split("|")): n for n in sought if n.form == "ages"}

    def found(self, text: str) -> Iterator[tuple[Needle, int]]:
        """Give the needles found in a text made plain, with their place."""
        if self.words:
            yield from _looked_up(WORD, text, self.words, lambda m: m[0])
        if self.money:
            yield from _looked_up(WHOLE, text, self.money, lambda m: int(m[1] + m[2]))
            yield from _looked_up(KILO, text, self.money, _thousands)
            yield from _looked_up(POWER, text, self.money, lambda m: round(float(m[0])))
        if self.ages:
            yield from _looked_up(LIST, text, self.ages, lambda m: tuple(re.findall(r"\d+", m[0])))
        if self.phrases:
            spaced = text.replace(NBSP, " ")
            for phrase, needle in self.phrases.items():
                if (place := spaced.find(phrase)) >= 0:
                    yield needle, place


def _looked_up(
    pattern: re.Pattern[str],
    text: str,
    known: Mapping[Any, Needle],
    key: Callable[[re.Match[str]], Any],
) -> Iterator[tuple[Needle, int]]:
    for match in pattern.finditer(text):
        if (needle := known.get(key(match))) is not None:
            yield needle, match.start()


def _thousands(match: re.Match[str]) -> int:
    return round(float(match[1].replace(",", ".")) * 1000)


def plain(text: str) -> str:
    """Make a text comparable: entities and escapes read, two kinds of space, one apostrophe."""
    read = ESCAPE.sub(lambda match: chr(int(match[1], 16)), html.unescape(text))
    return unicodedata.normalize("NFC", read).translate(SPACES).replace("’", "'")


# Files


def texts_of(path: Path) -> Texts:
    """Give the texts that a file holds, each with its place.

    Raises
    ------
    ValueError
        For a kind of file that nobody reads.
    """
    yield "nom", path.name
    yield from READERS[_kind(path.name)](path.read_bytes())


def search(
    paths: Iterable[Path], needles: Iterable[Needle], *, root: Path, said: Iterable[str] = ()
) -> list[Leak]:
    """Look for needles in files, and in texts that are no file (what a command said)."""
    haystack = Haystack(needles)
    found = []
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        for where, text in texts_of(path):
            found += _leaks(name, where, text, haystack)
    for rank, text in enumerate(said, start=1):
        found += _leaks(f"message {rank}", "texte", text, haystack)
    return found


def _leaks(file: str, where: str, text: str, haystack: Haystack) -> Iterator[Leak]:
    made = plain(text)
    for needle, place in haystack.found(made):
        yield Leak(file, where, needle, made[max(0, place - 60) : place + 40])


def _kind(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        msg = f"{name}: nobody reads files of this kind, teach privacy_search how."
        raise ValueError(msg)
    return suffix


def _text(content: bytes) -> Texts:
    """A page or a text; the pictures it holds are opened, and their code left out."""
    text = content.decode("utf-8", "replace")
    for rank, match in enumerate(DATA_URI.finditer(text)):
        for where, said in _picture(base64.b64decode(match[1])):
            yield f"image {rank}, {where}", said
    yield "texte", DATA_URI.sub("data:", text)


def _json(content: bytes) -> Texts:
    """Every key and value, escapes read; also the file as it is, for its numbers."""
    yield from _values(json.loads(content), "")


def _values(value: Any, where: str) -> Texts:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{where}/(clé)", str(key)
            yield from _values(inner, f"{where}/{key}")
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield where, "".join(value)  # lines of a cell
        if value and all(isinstance(item, int | float) for item in value):
            yield where, ", ".join(map(str, value))
        for rank, inner in enumerate(value):
            yield from _values(inner, f"{where}/{rank}")
    else:
        yield where, str(value)


def _notebook(content: bytes) -> Texts:
    """Cells, outputs and metadata; pictures of the outputs are opened."""
    for where, text in _values(json.loads(content), ""):
        if where.endswith("image/png"):
            for inner, said in _picture(base64.b64decode(text)):
                yield f"{where}, {inner}", said
        else:
            for inner, said in _text(text.encode()):
                yield f"{where}, {inner}", said


def _workbook(content: bytes) -> Texts:
    """Every part of the archive: cells, shared texts, properties, comments, pictures."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield "commentaire", archive.comment.decode("latin-1")
        for name in archive.namelist():
            inside = archive.read(name)
            if name.endswith((".xml", ".rels", ".vml")):
                for text in re.split(r"<[^>]*>", inside.decode("utf-8")):
                    if text.strip():
                        yield name, text
                for attribute in re.findall(r'="([^"]*)"', inside.decode("utf-8")):
                    if not attribute.isdigit() or name.startswith("docProps"):
                        yield f"{name} (attribut)", attribute
            else:
                yield from READERS[_kind(name)](inside)


def _picture(content: bytes) -> Texts:
    """Texts of a PNG: its chunks tEXt, zTXt, iTXt, and anything else that is no pixel."""
    if not content.startswith(PNG_MARK):
        yield "image", content.decode("latin-1")
        return
    place = len(PNG_MARK)
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8].decode("latin-1")
        body = content[place + 8 : place + 8 + size]
        if kind == "zTXt":
            name, _, packed = body.partition(b"\0")
            yield kind, f"{name.decode('latin-1')} {zlib.decompress(packed[1:]).decode('latin-1')}"
        elif kind == "iTXt":
            name, _, rest = body.partition(b"\0")
            text = rest[2:].split(b"\0", 2)[-1]
            yield kind, f"{name!r} {(zlib.decompress(text) if rest[0] else text).decode()}"
        elif kind not in {"IHDR", "IDAT", "PLTE", "IEND"}:
            yield kind, body.decode("latin-1").replace("\0", " ")
        place += 12 + size
    yield "fin", content[place:].decode("latin-1")


def _pdf(content: bytes) -> Texts:
    """Pages, properties, XMP, outline and attached files."""
    reader = PdfReader(io.BytesIO(content))
    yield "propriétés", " ".join(f"{k} {v}" for k, v in (reader.metadata or {}).items())
    xmp = reader.trailer["/Root"].get("/Metadata")
    if xmp is not None:
        yield "XMP", xmp.get_object().get_data().decode("utf-8", "replace")
    for name, parts in reader.attachments.items():
        yield "pièce jointe", name
        yield from ((name, part.decode("utf-8", "replace")) for part in parts)
    for rank, page in enumerate(reader.pages, start=1):
        yield f"page {rank}", page.extract_text()


def _geopackage(content: bytes) -> Texts:
    """Every column of every table, shapes apart: they are points of the ground."""
    base = sqlite3.connect(":memory:")
    base.deserialize(content)
    tables = base.execute("select name, sql from sqlite_master where type = 'table'").fetchall()
    for table, sql in tables:
        yield f"table {table}", str(sql)
        cursor = base.execute(f'select * from "{table}"')  # noqa: S608 - names from the file itself
        names = [column[0] for column in cursor.description]
        for row in cursor:
            for name, value in zip(names, row, strict=True):
                if isinstance(value, bytes) and name in SHAPES:
                    continue
                said = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                yield f"{table}.{name}", said
    base.close()


def _parquet(content: bytes) -> Texts:
    """Columns and metadata, shapes apart."""
    table = pq.read_table(io.BytesIO(content))
    for key, value in (table.schema.metadata or {}).items():
        yield f"métadonnée {key.decode()}", value.decode("utf-8", "replace")
    for name in table.column_names:
        for value in table.column(name).to_pylist():
            if not (isinstance(value, bytes) and name in SHAPES):
                yield from _values(value, name)


READERS: dict[str, Callable[[bytes], Texts]] = {
    "": _text,  # the README of a cache
    ".html": _text,
    ".txt": _text,
    ".log": _text,
    ".csv": _text,
    ".yaml": _text,
    ".md": _text,
    ".json": _json,
    ".ipynb": _notebook,
    ".xlsx": _workbook,
    ".png": _picture,
    ".jpg": _picture,
    ".pdf": _pdf,
    ".gpkg": _geopackage,
    ".sqlite": _geopackage,
    ".parquet": _parquet,
}
