"""Write and execute the notebooks from their readable sources: the same bytes each time.

``python -m tools.build_notebooks [NAME…]`` reads ``tools/notebooks/NAME.md`` and writes
``notebooks/NAME.ipynb``, executed top to bottom on the demonstration. In a source, text between
code blocks is one text cell, and the words after ```` ```python ```` are the tags of the cell.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from habitat_analysis.formats import typeset

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "notebooks"
NOTEBOOKS = ROOT / "notebooks"
CELL_TIMEOUT_S = 600
BLOCK = re.compile(r"^```python(?P<tags>[^\n]*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

Cell = dict[str, Any]


def main(names: list[str]) -> int:
    """Build the notebooks named, all by default; 1 if one of them fails."""
    wanted = names or [path.stem for path in sorted(SOURCES.glob("*.md"))]
    failed = [name for name in wanted if not build(name)]
    if failed:
        print(f"En échec, laissés tels quels : {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def build(name: str) -> bool:
    """Execute one notebook and write it in place; on a failure, say why and change nothing."""
    from nbclient.exceptions import CellExecutionError

    cells = read_source((SOURCES / f"{name}.md").read_text(encoding="utf-8"))
    try:
        content = executed(cells, folder=NOTEBOOKS)
    except CellExecutionError as error:
        print(f"{name} : {error}", file=sys.stderr)
        return False
    text = notebook_text(content)
    (NOTEBOOKS / f"{name}.ipynb").write_text(text, encoding="utf-8")
    print(f"{name} : {len(text) // 1000} ko")
    return True


def read_source(text: str) -> list[Cell]:
    """Cut a source into cells, with stable ids."""
    cells: list[Cell] = []
    end = 0
    for block in BLOCK.finditer(text):
        _add_text(cells, text[end : block.start()])
        cells.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {"tags": tags} if (tags := block["tags"].split()) else {},
                "outputs": [],
                "source": block["code"].rstrip("\n"),
            }
        )
        end = block.end()
    _add_text(cells, text[end:])
    return [{**cell, "id": f"cellule-{rank:02d}"} for rank, cell in enumerate(cells)]


def executed(cells: list[Cell], *, folder: Path) -> Cell:
    """Run cells in a fresh kernel in `folder`; return the settled notebook."""
    import nbformat
    from nbclient import NotebookClient

    raw = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    notebook = nbformat.from_dict(raw)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        extra_arguments=["--log-level=ERROR"],
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return settled(notebook)


def settled(notebook: Any) -> Cell:
    """Keep what a reader needs: no widget state, no kernel version, no time."""
    content: Cell = json.loads(json.dumps(notebook))
    content["metadata"] = METADATA
    for cell in content["cells"]:
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return content


def notebook_text(content: Cell) -> str:
    """Write a notebook as JSON, keys sorted, one line a source line."""
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        for output in cell.get("outputs", ()):
            _split_lines(output)
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _split_lines(output: Cell) -> None:
    """Write texts as lists of lines, so that a change shows as a change of one line."""
    data = output.get("data", {})
    for kind in data:
        if kind.startswith("text/") and isinstance(data[kind], str):
            data[kind] = data[kind].splitlines(keepends=True)
    if isinstance(output.get("text"), str):
        output["text"] = output["text"].splitlines(keepends=True)


def _add_text(cells: list[Cell], text: str) -> None:
    if text.strip():
        cells.append({"cell_type": "markdown", "metadata": {}, "source": typeset(text.strip())})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
