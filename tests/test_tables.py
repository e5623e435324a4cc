"""Tables in French: accessible, escaped, stable."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from habitat_analysis import formats
from habitat_analysis.errors import UsageError
from habitat_analysis.report.tables import html_table, show

COSTS = pd.DataFrame(
    {
        "line": ["Foncier", "Travaux", "Honoraires"],
        "cost_ht_eur": [420_000.0, 1_850_000.0, np.nan],
        "share": [0.185, 0.815, np.nan],
        "checked": [True, False, True],
    }
)
HEADERS = {"line": "Poste", "cost_ht_eur": "Coût HT (€)", "share": "Part (%)", "checked": "Vérifié"}


def parse(page: str) -> ET.Element:
    return ET.fromstring(page)  # noqa: S314 (our own output)


def table(**changes: object) -> str:
    options: dict[str, object] = {
        "caption": "Coûts HT, euros de 2026",
        "headers": HEADERS,
        "formats": {"share": formats.percent},
    }
    return html_table(COSTS, **(options | changes))


def test_structure_can_be_read_by_a_screen_reader() -> None:
    root = parse(table())
    assert root.findtext("caption") == "Coûts HT, euros de 2026"
    assert [th.text for th in root.findall("thead/tr/th")] == list(HEADERS.values())
    assert {th.get("scope") for th in root.findall("thead/tr/th")} == {"col"}
    rows = root.findall("tbody/tr")
    assert [row.find("th").text for row in rows] == ["Foncier", "Travaux", "Honoraires"]
    assert {row.find("th").get("scope") for row in rows} == {"row"}
    assert [td.get("class") for td in rows[0].findall("td")] == ["nombre", "nombre", None]


def test_cells() -> None:
    rows = parse(table()).findall("tbody/tr")
    cells = [[cell.text for cell in row] for row in rows]
    assert cells[1] == ["Travaux", "1\u202f850\u202f000", "81,5\u00a0%", "non"]
    assert cells[2] == ["Honoraires", "n. d.", "n. d.", "oui"]


def test_a_total_with_a_missing_term_is_missing() -> None:
    foot = parse(table(total="Total", summed=["cost_ht_eur"])).find("tfoot/tr")
    assert [cell.text for cell in foot] == ["Total", "n. d.", None, None]


def test_total_sums_only_what_is_asked() -> None:
    known = COSTS.head(2)
    shown = show(known, caption="c", total="Ensemble", summed=["cost_ht_eur"])
    assert shown.rows[-1] == ("Ensemble", "2\u202f270\u202f000", "", "")
    assert len(known) == 2  # the table given is left as it was


def test_last_row_as_total() -> None:
    root = parse(table(total=True))
    assert len(root.findall("tbody/tr")) == 2
    assert root.find("tfoot/tr/th").text == "Honoraires"


def test_another_column_may_name_the_rows() -> None:
    frame = pd.DataFrame({"rank": [1], "idu": ["99012000AB0012"]})
    root = parse(html_table(frame, caption="c", row_header="idu"))
    assert [cell.tag for cell in root.find("tbody/tr")] == ["td", "th"]


def test_hostile_text_is_written_not_run() -> None:
    evil = "<script>alert(1)</script>\"'&"
    frame = pd.DataFrame({evil: [evil], "n": [1]})
    page = html_table(frame, caption=evil, headers={"n": evil}, notes=[evil])
    root = parse(f"<div>{page}</div>")
    assert page.count("alert(1)") == 5
    assert not root.findall(".//script")
    assert root.find(".//caption").text == evil


def test_plain_text_is_aligned() -> None:
    frame = pd.DataFrame({"tenure": ["PLUS", "BRS"], "price_ttc_eur": [1_234.0, 98.0]})
    shown = show(
        frame,
        caption="Prix",
        headers={"tenure": "Statut", "price_ttc_eur": "Prix TTC (€)"},
        total="Total",
        notes=["Euros de 2026."],
    )
    assert repr(shown).split("\n") == [
        "Prix",
        "Statut  Prix TTC (€)",
        "──────  ────────────",
        "PLUS           1\u202f234",
        "BRS               98",
        "──────  ────────────",
        "Total          1\u202f332",
        "Euros de 2026.",
    ]
    assert shown._repr_html_().startswith("<style>")


def test_mixed_and_empty_tables() -> None:
    mixed = show(pd.DataFrame({"v": [1.5, "deux", None]}), caption="c")
    assert mixed.rows == (("1,5",), ("deux",), ("n. d.",))
    assert mixed.numeric == (False,)
    empty = show(pd.DataFrame({"a": pd.Series(dtype=float)}), caption="Rien", total=True)
    assert empty.rows == ()
    assert not empty.total
    assert "<tbody></tbody>" in empty.to_html()
    assert repr(empty).startswith("Rien\na")


def test_strings_written_by_a_format_stay_left() -> None:
    frame = pd.DataFrame({"on": ["2026-11-22"]})
    shown = show(frame, caption="c", formats={"on": formats.date_short})
    assert (shown.rows, shown.numeric) == ((("22/11/2026",),), (False,))


@pytest.mark.parametrize(
    "wrong", [{"headers": {"x": "X"}}, {"formats": {"x": str}}, {"row_header": "x"}]
)
def test_unknown_columns_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=re.escape("['x']")):
        show(COSTS, caption="c", **wrong)


def test_a_total_needs_a_name() -> None:
    with pytest.raises(UsageError, match="column of text"):
        show(pd.DataFrame({"n": [1]}), caption="c", total="Total")
