"""What every committed notebook must be: executed, light, plain to read, compared."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000
MOST_CELL_LINES = 11
MOST_CODE_LINES = 120
LEAST_COMPARED = 0.30
IGNORED = "nbval-ignore-output"
TAGS = {"parameters", IGNORED}
HEADINGS = ("**Entrées**", "**Sorties**", "**Durée**")
FORBIDDEN = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While),
    *(ast.If, ast.Try, ast.With, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp),
)
PLACES = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|usr|var)/|[A-Z]:\\\\|file://")
NETWORK = re.compile(r"https?://|ftp://")
SHOWN_ALONE = ("say(", "inputs.status(", "written = ")  # sentences need no sentence before

Cell = dict[str, Any]


def read(path: Path) -> Cell:
    content: Cell = json.loads(path.read_text(encoding="utf-8"))
    return content


def source_of(cell: Cell) -> str:
    return "".join(cell["source"])


def tags_of(cell: Cell) -> list[str]:
    tags: list[str] = cell["metadata"].get("tags", [])
    return tags


def code_cells(notebook: Cell) -> list[Cell]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def compared_cells(notebook: Cell) -> list[Cell]:
    """Code cells whose output nbval compares."""
    return [c for c in code_cells(notebook) if c["outputs"] and IGNORED not in tags_of(c)]


def texts_of(cell: Cell) -> Iterator[str]:
    """Plain texts of the outputs of a cell."""
    for output in cell["outputs"]:
        yield "".join(output.get("text", []))
        yield "".join(output.get("data", {}).get("text/plain", []))


def faults(path: Path) -> list[str]:
    """List all that is wrong with a notebook."""
    notebook = read(path)
    found = [
        *_execution(notebook),
        *_opening(notebook),
        *_parameters(notebook),
        *_code(notebook),
        *_places(notebook),
    ]
    if path.stat().st_size > MOST_BYTES:
        found.append(f"size: {path.stat().st_size} bytes")
    cells = code_cells(notebook)
    if len(compared_cells(notebook)) < LEAST_COMPARED * len(cells):
        found.append("compared: too few cells")
    return found


def _execution(notebook: Cell) -> Iterator[str]:
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution: counts are {counts}"
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"error: {output['ename']}"
            if output["output_type"] == "stream":
                yield f"stream: {''.join(output['text'])[:60]!r}"
    if set(notebook["metadata"]) != {"kernelspec", "language_info"}:
        yield f"metadata: {sorted(notebook['metadata'])}"


def _opening(notebook: Cell) -> Iterator[str]:
    first = notebook["cells"][0]
    text = source_of(first)
    if first["cell_type"] != "markdown" or not text.startswith("# "):
        yield "title: the first cell opens on a title"
    titles = [
        line
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
        for line in source_of(cell).splitlines()
        if line.startswith("# ")
    ]
    if len(titles) != 1:
        yield f"title: {titles}"
    if missing := [heading for heading in HEADINGS if heading not in text]:
        yield f"opening: lacks {missing}"


def _parameters(notebook: Cell) -> Iterator[str]:
    cells = code_cells(notebook)
    tagged = [cell for cell in cells if "parameters" in tags_of(cell)]
    if tagged != cells[:1]:
        yield "parameters: one cell, the first"
        return
    for line in source_of(cells[0]).splitlines():
        if not re.fullmatch(r"\w+: (str|int|float|bool) = \S.*  # \w.{7,}", line):
            yield f"parameters: {line!r} lacks a type or a comment"
    if "check_notebook_parameters(" not in source_of(cells[1]):
        yield "parameters: the second cell checks them"


def _code(notebook: Cell) -> Iterator[str]:
    lines = [line for c in code_cells(notebook) for line in source_of(c).splitlines() if line]
    if len(lines) > MOST_CODE_LINES:
        yield f"length: {len(lines)} lines of code"
    before: Cell | None = None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield from _cell(cell, before)
        before = cell


def _cell(cell: Cell, before: Cell | None) -> Iterator[str]:
    source = source_of(cell)
    if unknown := set(tags_of(cell)) - TAGS:
        yield f"tags: {unknown}"
    if len([line for line in source.splitlines() if line]) > MOST_CELL_LINES:
        yield f"length: cell of {len(source.splitlines())} lines"
    if re.search(r"^\s*[%!]", source, re.MULTILINE):
        yield f"magic: {source[:40]!r}"
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FORBIDDEN):
            yield f"computing: {type(node).__name__} in {source[:40]!r}"
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("habitat_a")
        ):
            yield f"import: {ast.unparse(node)}"
    alone = source.startswith(SHOWN_ALONE)
    if cell["outputs"] and not alone and (before is None or before["cell_type"] != "markdown"):
        yield f"sentence: none before {source[:40]!r}"
    kinds = {kind for output in cell["outputs"] for kind in output.get("data", {})}
    if "image/png" in kinds and IGNORED not in tags_of(cell):
        yield f"tags: a picture compared in {source[:40]!r}"


def _places(notebook: Cell) -> Iterator[str]:
    for cell in notebook["cells"]:
        texts = [source_of(cell), *(texts_of(cell) if cell["cell_type"] == "code" else ())]
        for text in texts:
            for pattern in (PLACES, NETWORK):
                if found := pattern.search(text):
                    yield f"place: {found[0]!r} in {source_of(cell)[:40]!r}"
