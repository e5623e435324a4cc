"""Text from data is hostile: the only ways it enters a page or a map."""

from __future__ import annotations

import html
import json
import re
from typing import Any, Final

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


def map_json(value: Any) -> str:
    r"""Write data as JSON inert in a script of folium.

    Folium renders its own output a second time as a Jinja template: ``{{...}}`` in a text, even
    one that is never displayed, would run in Python. No structure of JSON has such an opening, so
    only texts are changed, and they read back the same.

    Examples
    --------
    >>> print(map_json({"a": "{{7*7}} </script>"}))
    {"a":"\u007b{7*7}} \u003c/script\u003e"}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return re.sub(r"[<>&']|\{(?=[{%#])", lambda match: f"\\u{ord(match[0]):04x}", text)
