"""The report as one page: no script, no outside address, readable on screen and on paper."""

from __future__ import annotations

import struct
from base64 import b64encode
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.blocks import Document
from habitat_analysis.report.outline import outline
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.report.tables import STYLE

TEMPLATES = files("habitat_analysis.report").joinpath("templates")


def write_html(feasibility: Feasibility, path: Path, *, document: Document | None = None) -> Path:
    """Write the report of one site as a page that stands alone.

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
    return write_page(document or outline(feasibility), path)


def write_page(document: Document, path: Path) -> Path:
    """Write any document as a page that stands alone."""
    path.write_bytes(render("rapport.html.j2", document=document).encode())
    return path


def render(template: str, **values: Any) -> str:
    """Fill a template of this package; every value is escaped."""
    return _environment().get_template(template).render(style=_style(), **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_Templates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(data_uri=_data_uri, size=_size, table=_table, inert=Markup)
    return environment


class _Templates(BaseLoader):
    """Read the templates that came with the package."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        del environment
        source = TEMPLATES.joinpath(template)
        if not source.is_file():
            raise TemplateNotFound(template)
        return source.read_text(encoding="utf-8"), None, None


@cache
def _style() -> Markup:
    """Return the style of every page: ours, and that of the tables."""
    return Markup(TEMPLATES.joinpath("page.css").read_text(encoding="utf-8") + STYLE)  # noqa: S704


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _size(png: bytes) -> Markup:
    """Give the width and height written in a PNG, so that a page does not jump."""
    width, height = struct.unpack(">II", png[16:24])
    return Markup(' width="{}" height="{}"').format(width, height)


def _table(sheet: Sheet) -> Markup:
    return Markup(sheet.table().to_html())  # noqa: S704 - every cell is escaped there
