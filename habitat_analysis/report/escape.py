"""Text from data is hostile: the only two ways it enters a page or a map."""

from __future__ import annotations

import html
from typing import Final

# Leaflet and folium paste texts into template literals, where `${...}` runs even once escaped.
_TEMPLATE_LITERALS: Final = str.maketrans(
    {char: f"&#{ord(char)};" for char in ("\\", "`", "$", "{", "}")}
)
_CONTROLS: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def html_text(value: object) -> str:
    """Write a value as inert HTML text, fit for an element or a quoted attribute.

    Examples
    --------
    >>> html_text("<b>l'été</b>")
    '&lt;b&gt;l&#x27;été&lt;/b&gt;'
    """
    return html.escape(str(value).translate(_CONTROLS), quote=True)


def map_text(value: object) -> str:
    r"""Write a value as inert text of a folium map (tooltip, popup, legend, layer name).

    HTML escaping alone lets ``${...}`` run in the template literals of folium.

    Examples
    --------
    >>> map_text("${alert(1)} `x` \\")
    '&#36;&#123;alert(1)&#125; &#96;x&#96; &#92;'
    """
    return html_text(value).translate(_TEMPLATE_LITERALS)
