"""The report as a PDF: tagged, complete, inert, the same bytes each time."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from habitat_analysis.report.pdf import pdf_bytes
from tests.report_samples import sample_document


def read(kind: str) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_bytes(sample_document(kind))))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(scope="module")
def report() -> PdfReader:
    return read("base")


def test_it_is_a_tagged_french_document(report: PdfReader) -> None:
    root: Any = report.trailer["/Root"]
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    assert report.metadata is not None
    assert report.metadata.title == sample_document().title


def test_pages_are_a4_and_numbered(report: PdfReader) -> None:
    assert all(
        (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        for page in report.pages
    )
    assert f"2 / {len(report.pages)}" in report.pages[1].extract_text()


def test_it_has_the_sections_and_figures_of_the_page(report: PdfReader) -> None:
    titles = [str(item.title) for item in report.outline[0:] if not isinstance(item, list)]
    below = [str(item.title) for part in report.outline if isinstance(part, list)
             for item in part if not isinstance(item, list)]  # fmt: skip
    numbered = [title for title in (*titles, *below) if title[0].isdigit()]
    assert numbered == [f"{s.number}. {s.title}" for s in sample_document().sections]
    text = words(report)
    for table in sample_document().sheets:
        assert table.caption.replace("\u00a0", " ").split(" (")[0] in text.replace("\u00a0", " ")
    assert "ne vaut ni certificat d'urbanisme" in text


def test_every_figure_has_its_alternative(report: PdfReader) -> None:
    found: list[str] = []

    def walk(node: Any) -> None:
        kept = node.get_object()
        if not hasattr(kept, "get"):
            return
        if "/Alt" in kept:
            found.append(str(kept["/Alt"]))
        below = kept.get("/K", [])
        for child in below if isinstance(below, list) else [below]:
            if hasattr(child, "get_object"):
                walk(child)

    walk(report.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]
    pictures = [b for s in sample_document().sections for b in s.blocks if hasattr(b, "png")]
    assert found == [picture.alt for picture in pictures]


def test_hostile_text_is_set_as_it_is_written() -> None:
    text = words(read("hostile")).replace("\u00a0", " ")
    assert "<script>alert(1)</script> ${alert(2)}" in text
    assert '#panic("x")' in text
    assert "{{7*7}}" in text


def test_an_impossible_site_has_its_report() -> None:
    text = words(read("impossible"))
    assert "infaisable" in text
    assert "Plan de financement" not in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf_bytes(sample_document()) == pdf_bytes(sample_document())
