"""From a figure of sections 7 and 8 to its hypothesis row, its source and its date."""

from __future__ import annotations

import re

import pytest

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.report.outline import outline
from habitat_analysis.report.sections_hypotheses import hypotheses, hypothesis_rows
from habitat_analysis.report.sections_sources import fact_numbers, facts_used
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.report.trace import ARGUED, TRACES, hypothesis_ranks, trace_of
from tests.argument_samples import with_land
from tests.montage_samples import full_site
from tests.report_samples import argued, argued_section

REFERENCE = re.compile(r"\b([HB])(\d+)(?: à [HB](\d+))?")


@pytest.fixture(scope="module")
def site() -> Feasibility:
    return with_land(full_site())


def sheets(site: Feasibility, numbers: tuple[int, ...] = (7, 8)) -> list[Sheet]:
    return [
        block
        for section in outline(site).sections
        if section.number in numbers
        for block in section.blocks
        if isinstance(block, Sheet)
    ]


def test_every_table_of_sections_7_and_8_says_what_it_rests_on(site: Feasibility) -> None:
    found = sheets(site)
    assert len(found) > 25
    silent = [s.name for s in found if not any(n.startswith("Repose sur") for n in s.notes)]
    assert silent == []


def argued_sheets() -> list[Sheet]:
    return [block for block in argued_section().blocks if isinstance(block, Sheet)]


def test_every_table_that_argues_says_what_it_rests_on() -> None:
    ranks = len(list(hypothesis_rows(argued())))
    found = argued_sheets()
    assert len(found) == 6
    for table in found:
        assert trace_of(table.name) is ARGUED
        assert table.notes[-1].startswith("Repose sur"), table.name
        numbers = [int(n) for letter, *pair in REFERENCE.findall(table.notes[-1])
                   for n in pair if n and letter == "H"]  # fmt: skip
        assert 1 <= min(numbers) < max(numbers) <= ranks


def test_every_number_leads_to_a_row_with_a_source_and_a_date(site: Feasibility) -> None:
    rows = hypotheses(site).frame.set_index("number")
    values = facts_used(site).frame.set_index("number")
    silent = {"Scénario", "Montage", "Sécurisation", "Sûretés", "Durées"}
    for table in sheets(site, (7, 8, 9, 10)):
        if table.name in silent:
            continue
        note = table.notes[-1]
        references = REFERENCE.findall(note)
        assert references, table.name
        for letter, first, last in references:
            for rank in range(int(first), int(last or first) + 1):
                if letter == "H":
                    assert rows.loc[f"H{rank}", "source"]
                    assert rows.loc[f"H{rank}", "date"]
                else:
                    assert values.loc[f"B{rank}", "text"]


def test_no_trace_names_a_table_that_does_not_exist(site: Feasibility) -> None:
    names = {table.name for table in sheets(site, (7, 8, 9, 10))}
    names |= {table.name for table in argued_sheets()}
    optional = {"Financement", "Bâtiments", "Phases", "Vote", "Vote, par ménage", "Vote, effet"}
    assert set(TRACES) - names <= optional
    assert trace_of("inconnu") is None


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ("Gestion d'un logement", "Résultats locatifs"),
        ("PLUS : prêt Action Logement, taux", "Prêts"),
        ("PSLA : part acquisitive", "PSLA phases"),
        ("BRS : redevance", "OFS"),
        ("Maîtrise d'œuvre", "Postes"),
        ("Crédit d'un ménage, taux", "Coût mensuel"),
        ("Niveau de qualité, énergie", "Coût mensuel"),
        ("Indexation des loyers", "Résultats locatifs"),
    ],
)
def test_a_figure_leads_to_its_own_row(site: Feasibility, start: str, name: str) -> None:
    trace = trace_of(name)
    assert trace is not None
    ranks = hypothesis_ranks(site, trace.hypotheses)
    words = [what for what, *_ in hypothesis_rows(site)]
    assert any(words[rank - 1].startswith(start) for rank in ranks)


def test_a_value_leads_to_its_line_of_the_tables(site: Feasibility) -> None:
    (number,) = fact_numbers(site, "prets", item="index")
    row = facts_used(site).frame.set_index("number").loc[number]
    assert "livret A" in row["what"]
    assert row["since"].isoformat() == "2026-08-01"
