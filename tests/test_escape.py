"""What the escaping helpers let through, and what not."""

from __future__ import annotations

import html
import json
import re

import jinja2
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.report.escape import html_text, map_json, map_text


@settings(derandomize=True, max_examples=100)
@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_texts_read_back_unchanged(text: str) -> None:
    assert html.unescape(html_text(text)) == text
    assert html.unescape(map_text(text)) == text


@settings(derandomize=True, max_examples=100)
@given(st.text(alphabet="<>\"'&`$\\{}abc;#/"))
def test_nothing_dangerous_is_left(text: str) -> None:
    assert not set("<>\"'") & set(html_text(text))
    assert not set("<>\"'`$\\{}") & set(map_text(text))


def test_control_characters_vanish() -> None:
    assert map_text("a\x00b\x1fc\td") == "abc\td"
    assert html_text(12.5) == "12.5"


@settings(derandomize=True, max_examples=100)
@given(st.text(alphabet="{}%#<>&'\"\\ab"))
def test_json_reads_back_and_opens_no_template(text: str) -> None:
    written = map_json({"k": [text, {text: 1}]})
    assert json.loads(written) == {"k": [text, {text: 1}]}
    assert not re.search(r"\{[{%#]|[<>&']", written)
    assert jinja2.Template(written).render() == written
