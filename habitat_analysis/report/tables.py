"""Tables in French, for pages and notebooks: accessible, escaped, the same at each run."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from habitat_analysis import formats
from habitat_analysis.errors import UsageError
from habitat_analysis.report.escape import html_text

Writer = Callable[[Any], str]

LONGEST_FIGURE: Final = 22  # characters: beyond, a cell of figures is a sentence
_BLANK: Final = object()  # a cell left empty on purpose, unlike a missing value


@dataclass(frozen=True, slots=True, kw_only=True)
class FrenchTable:
    """A table already written: a notebook shows the HTML and compares the plain text."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    total: bool  # whether the last row is a total
    row_header: int  # the column that names each row
    notes: tuple[str, ...] = ()

    def to_html(self) -> str:
        """Write the table as HTML: caption, header cells with their scope, escaped text."""
        head = "".join(
            f'<th scope="col"{_css(num)}>{html_text(text)}</th>'
            for text, num in zip(self.headers, self.numeric, strict=True)
        )
        body = [self._html_row(row) for row in self.rows]
        foot = f"<tfoot>{body.pop()}</tfoot>" if self.total else ""
        notes = "".join(f'<p class="note">{html_text(note)}</p>' for note in self.notes)
        return (
            f'<table class="tableau"><caption>{html_text(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>{foot}</table>{notes}"
        )

    def to_text(self) -> str:
        """Write the table as aligned text: figures to the right, a rule above the total."""
        lines = (self.headers, *self.rows)
        widths = [max(_width(line[k]) for line in lines) for k in range(len(self.headers))]
        drawn = [self._text_line(line, widths) for line in lines]
        rule = "  ".join("─" * width for width in widths)
        drawn.insert(1, rule)
        if self.total:
            drawn.insert(-1, rule)
        return "\n".join((self.caption, *drawn, *self.notes))

    def __repr__(self) -> str:
        """Return the plain text: stable, fit for a strict comparison."""
        return self.to_text()

    def _repr_html_(self) -> str:
        return f"<style>{STYLE}</style>{self.to_html()}"

    def _html_row(self, cells: tuple[str, ...]) -> str:
        drawn = "".join(
            f'<th scope="row"{_css(num)}>{html_text(text)}</th>'
            if rank == self.row_header
            else f"<td{_css(num, text)}>{html_text(text)}</td>"
            for rank, (text, num) in enumerate(zip(cells, self.numeric, strict=True))
        )
        return f"<tr>{drawn}</tr>"

    def _text_line(self, cells: tuple[str, ...], widths: list[int]) -> str:
        padded = (
            " " * (width - _width(text)) + text if num else text + " " * (width - _width(text))
            for text, width, num in zip(cells, widths, self.numeric, strict=True)
        )
        return "  ".join(padded).rstrip()


STYLE = (
    "table.tableau{border-collapse:collapse;margin:.8em 0;font-size:.95em;color:#1A1A1A;"
    "background:#FFF}"
    "table.tableau caption{caption-side:top;text-align:left;font-weight:bold;padding:.3em 0}"
    "table.tableau th,table.tableau td{border-bottom:1px solid #C9C9C4;padding:.25em .7em;"
    "text-align:left!important;vertical-align:top}"  # stronger than the notebook's own style
    "table.tableau thead th{border-bottom:2px solid #343434;vertical-align:bottom}"
    "table.tableau tbody th{font-weight:normal}"
    "table.tableau .nombre{text-align:right!important;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    "table.tableau thead .nombre,table.tableau .phrase{white-space:normal}"
    "table.tableau tfoot th,table.tableau tfoot td{font-weight:bold;border-top:2px solid #343434}"
    "p.note{font-size:.85em;color:#555;margin:.2em 0}"
)
"""The style of `FrenchTable.to_html`, for a page that holds several."""


def show(
    frame: pd.DataFrame,
    *,
    caption: str,
    formats: Mapping[str, Writer] | None = None,
    headers: Mapping[str, str] | None = None,
    total: bool | str = False,
    summed: Sequence[str] | None = None,
    notes: Sequence[str] | None = None,
    row_header: str | None = None,
) -> FrenchTable:
    """Write a table for a planner.

    Parameters
    ----------
    frame
        One row a line, columns in the order of reading; the index is not shown.
    caption
        What the table says, with euros HT or TTC and of which year when it matters.
    formats
        How to write a column (`formats.euros`...); other numbers are written whole if they are
        whole, else with one decimal, and other values as they are.
    headers
        Title of a column, with its unit: ``{"price_ttc_eur": "Prix TTC (€)"}``.
    total
        False; True when the last row of `frame` is a total; or a label: a row of that name is
        added, with sums. A sum with a missing term is missing.
    summed
        Columns to sum when `total` is a label; all numbers by default, which suits no share and
        no price per square metre.
    notes
        Sentences under the table.
    row_header
        Column that names the rows; the first by default.

    Raises
    ------
    UsageError
        If a column named in `formats`, `headers` or `row_header` does not exist.

    Examples
    --------
    >>> mix = pd.DataFrame({"tenure": ["PLUS", "BRS"], "n": [7, 5]})
    >>> show(mix, caption="Programme", headers={"tenure": "Statut", "n": "Lots"}, total="Total")
    Programme
    Statut  Lots
    ──────  ────
    PLUS       7
    BRS        5
    ──────  ────
    Total     12
    """
    writers, titles = dict(formats or {}), dict(headers or {})
    _check_columns(frame, {*writers, *titles, *((row_header,) if row_header else ())})
    names = [str(column) for column in frame.columns]
    numeric = tuple(_holds_numbers(frame[name]) for name in names)
    table = frame
    if isinstance(total, str):
        sums = [name for name, num in zip(names, numeric, strict=True) if num]
        table = _with_total(frame, total, sums if summed is None else list(summed))
    columns = [_written(table[name], writers.get(name)) for name in names]
    return FrenchTable(
        caption=caption,
        headers=tuple(titles.get(name, name) for name in names),
        rows=tuple(zip(*columns, strict=True)),
        numeric=numeric,
        total=bool(total) and len(table) > 0,
        row_header=names.index(row_header) if row_header else 0,
        notes=tuple(notes or ()),
    )


def html_table(
    frame: pd.DataFrame,
    *,
    caption: str,
    formats: Mapping[str, Writer] | None = None,
    headers: Mapping[str, str] | None = None,
    total: bool | str = False,
    summed: Sequence[str] | None = None,
    notes: Sequence[str] | None = None,
    row_header: str | None = None,
) -> str:
    """Write a table as HTML; see `show`."""
    return show(
        frame,
        caption=caption,
        formats=formats,
        headers=headers,
        total=total,
        summed=summed,
        notes=notes,
        row_header=row_header,
    ).to_html()


def text(value: Any) -> str:
    """Write a cell of text, its lack as any other lack; columns of text keep to the left."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return formats.MISSING if value is None or pd.isna(value) or value == "" else str(value)


def _check_columns(frame: pd.DataFrame, named: set[str]) -> None:
    unknown = sorted(named - {str(column) for column in frame.columns})
    if unknown:
        msg = f"Unknown columns {unknown}; the table has {list(frame.columns)}."
        raise UsageError(msg)


def _with_total(frame: pd.DataFrame, label: str, summed: Sequence[str]) -> pd.DataFrame:
    """Add the sums; the cells that cannot be summed stay empty."""
    names = [name for name in frame.columns if not _holds_numbers(frame[name])]
    if not names or frame.empty:
        msg = "A total needs at least one row and one column of text for its label."
        raise UsageError(msg)
    row = {name: frame[name].sum(skipna=False) if name in summed else _BLANK for name in frame}
    row[names[0]] = label
    return pd.concat([frame.astype(object), pd.DataFrame([row], dtype=object)], ignore_index=True)


def _holds_numbers(column: pd.Series[Any]) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    known = [value for value in column if value is not None and not pd.isna(value)]
    if not known:
        return bool(pd.api.types.is_numeric_dtype(column))
    return all(_is_number(value) for value in known)


def _written(column: pd.Series[Any], writer: Writer | None) -> list[str]:
    write = writer or _usual_writer([value for value in column if _is_number(value)])
    return ["" if value is _BLANK else write(value) for value in column]


def _usual_writer(numbers: list[Any]) -> Writer:
    """Write the numbers of a column alike: whole if all are, else with one decimal."""
    decimals = 0 if all(float(value).is_integer() for value in numbers) else 1

    def write(value: Any) -> str:
        return formats.number(value, decimals) if _is_number(value) else text(value)

    return write


def _is_number(value: Any) -> bool:
    missing = value is None or bool(pd.isna(value))
    return not missing and not isinstance(value, bool) and pd.api.types.is_number(value)


def _css(numeric: bool, text: str = "") -> str:
    """Align figures to the right; a sentence among them may break, for its row to fit a page."""
    if not numeric:
        return ""
    return ' class="nombre phrase"' if len(text) > LONGEST_FIGURE else ' class="nombre"'


def _width(cell: str) -> int:
    """Count the columns a text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in cell
    )
