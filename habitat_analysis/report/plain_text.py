"""Text for formats that refuse some characters: PDF, workbooks, CSV."""

from __future__ import annotations

import re
from typing import Final

_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORMULA: Final = ("=", "+", "-", "@")


def without_controls(text: object) -> str:
    r"""Remove the characters that XML and fonts have no place for.

    Examples
    --------
    >>> without_controls("a\x00b\x1bc\ud800")
    'abc'
    """
    return _REFUSED.sub("", str(text))


def inert_cell(text: object) -> str:
    """Write a text that no spreadsheet takes for a formula when it opens a CSV file.

    Examples
    --------
    >>> inert_cell("=1+1"), inert_cell("PLUS")
    ("'=1+1", 'PLUS')
    """
    plain = without_controls(text)
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA) else plain
