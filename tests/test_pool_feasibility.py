"""The demonstration with an unknown group: programme and group from a pool, labelled everywhere."""

import json
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    covered_sentence,
    read_ground,
    results_of,
    study_site,
    summary_row,
    with_argument,
    with_story,
)
from habitat_analysis.feasibility.synthetic import draw_pool
from habitat_analysis.households.pool import PREFIX
from habitat_analysis.report.comparison import write_comparison
from habitat_analysis.report.sections_group_mix import group_mix_sentence, household_sizes_table
from habitat_analysis.report.sections_resident_hypotheses import resident_rows
from habitat_analysis.report.synthetic import pool_table
from habitat_analysis.runs.annexes import check_annexes, gather_papers
from habitat_analysis.runs.site_report import write_site_report
from habitat_analysis.study import load_study

SITE = ("99012000AB0012",)


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def ground(project: Path) -> Ground:
    return read_ground(load_study(project / "data" / "demo" / "etude-vivier.yaml"))


@pytest.fixture(scope="module")
def operation(ground: Ground) -> Feasibility:
    return with_story(with_argument(study_site(ground, SITE)))


@pytest.fixture(scope="module")
def folder(operation: Feasibility, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vivier")
    file = project / "data" / "demo" / "etude-vivier.yaml"
    write_site_report(operation, made, study_file=file, fingerprint="f")
    return made


def test_the_programme_and_its_group_are_chosen_in_the_pool(operation: Feasibility) -> None:
    evaluation, story = operation.optimum.evaluation, operation.story
    assert evaluation is not None
    assert story is not None
    assert evaluation.feasible
    assert operation.apart is None
    assert story.commission is None
    assert any("ils viendront du groupe réel" in plain(note) for note in story.notes)
    formed = story.formation.formed
    assert formed.size == evaluation.housed == evaluation.housed_members
    assert all(name.startswith(PREFIX) for name in (*formed.members, *formed.candidates))
    assert {c.rule for c in evaluation.certificate} >= {"quota:modestes:min", "quota:aines:max"}


def test_needs_are_never_said_of_the_group(operation: Feasibility) -> None:
    said = plain(covered_sentence(operation))
    assert "sur 60 synthétiques" in said
    assert "Vivier synthétique de 60 ménages (graine 20261122) : aucun de ces ménages" in said
    assert "du groupe" not in said
    assert operation.verdict.word == "faisable sous conditions"
    assert any(
        plain(one).startswith("Le groupe reste à constituer : vivier synthétique de 60 ménages")
        for one in operation.verdict.conditions
    )


def test_the_pool_adds_up(ground: Ground) -> None:
    table = pool_table(ground)
    assert table is not None
    assert table.frame["total"].tolist() == [22, 16, 15, 7, 60]
    assert plain(table.caption).startswith("Vivier : ménages synthétiques")


def test_every_file_says_that_the_households_are_synthetic(folder: Path) -> None:
    """Page, PDF, workbook, notebook apart: each kind opened, each carries the word."""
    assert "synthétique" in (folder / "rapport.html").read_text("utf-8")
    assert "synthétique" in (folder / "carte.html").read_text("utf-8")
    results = json.loads((folder / "resultats.json").read_text("utf-8"))
    assert results["vivier_synthetique"]["menages"] == 60
    assert results["vivier_synthetique"]["graine"] == 20261122
    assert "synthétique" in results["besoins"]
    book = openpyxl.load_workbook(folder / "tableaux.xlsx")
    cells = [
        str(cell.value)
        for page in book
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert any("synthétique" in text for text in cells)
    for name in ("Groupe", "Groupe formé", "Mixité du groupe"):
        assert "synthétiques" in plain(book[name]["A1"].value), name
    words = subprocess.run(
        ["pdftotext", str(folder / "rapport.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert words.count("synthétique") >= 5


def test_the_pages_of_the_study_say_it_too(
    ground: Ground, operation: Feasibility, tmp_path: Path
) -> None:
    """Section 6, hypotheses, index and comparison: what each says of households is of a pool."""
    mixed = plain(group_mix_sentence(ground))
    assert mixed.startswith("Mixité du vivier (ménages synthétiques) : ")
    assert "le groupe" not in mixed
    sizes = household_sizes_table(ground)
    assert sizes is not None
    assert "Part du groupe" not in [column.header for column in sizes.columns]
    stated = [row[0] for row in resident_rows(ground.study.residents)]
    assert "Vivier synthétique, RFR sur revenu" in stated
    results = results_of(operation, fingerprint="f", inputs={}, parameters={})
    sites = pd.DataFrame([summary_row(results) | {"dossier": "site/base"}])
    write_comparison(sites, ground, tmp_path)
    for name in ("index.html", "comparaison.html"):
        assert "synthétique" in (tmp_path / name).read_text("utf-8"), name


def test_the_draw_hangs_on_labels_not_on_the_order_of_the_lines(ground: Ground) -> None:
    """Types and bands written the other way round: the same households, the same names."""
    stated = ground.study.residents.pool
    assert stated is not None
    turned = stated.model_copy(
        update={
            "types": stated.types[::-1],
            "incomes": stated.incomes[::-1],
            "table": tuple(row[::-1] for row in stated.table[::-1]),
        }
    )
    residents = ground.study.residents.model_copy(update={"pool": turned})
    one, other = (
        draw_pool(ground.study),
        draw_pool(ground.study.model_copy(update={"residents": residents})),
    )
    assert one is not None
    assert other is not None
    assert one.group.table.equals(other.group.table)
    assert one.counts.equals(other.counts.loc[one.counts.index, one.counts.columns])


def test_no_file_names_a_household_of_the_pool(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                held = b"".join(parts.read(name) for name in parts.namelist())
        elif path.is_file():
            held = path.read_bytes()
        else:
            continue
        assert f"{PREFIX}00".encode() not in held, path.name


def test_the_annex_of_the_group_has_no_reader(ground: Ground, operation: Feasibility) -> None:
    with pytest.raises(DataError) as caught:
        check_annexes(ground.study, ["groupe"])
    assert "ceux d'un vivier synthétique n'existent pas" in plain(caught.value)
    assert check_annexes(ground.study, ["cooperative"]) == ()
    assert set(gather_papers(operation).rights) == {"vivier synthétique"}
