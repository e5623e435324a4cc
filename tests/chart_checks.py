"""What every chart must be: wide enough, the same twice, sourced, titled, described."""

import struct
from collections.abc import Callable

from matplotlib.text import Text

from habitat_analysis.report.figures import Chart

WIDTH_PX = 1600


def words(chart: Chart) -> list[str]:
    """Return the texts drawn on a chart."""
    seen = {id(text): text.get_text() for text in chart.figure.findobj(Text)}
    return [text for text in seen.values() if text]


def assert_readable(draw: Callable[[], Chart], *, sources: str) -> None:
    """Draw a chart twice and check what a reader, printer or screen reader needs of it."""
    chart = draw()
    picture = chart.png()
    assert struct.unpack(">I", picture[16:20])[0] == WIDTH_PX
    assert picture == draw().png()
    assert sources in words(chart)
    assert chart.caption in words(chart)
    assert chart.alt.endswith(".")
    assert not chart.alt.endswith("..")
