"""Annexes asked with a run: the cooperative's workbook, the door, what is made again and when."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from habitat_analysis.cli import ANNEXES, status
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, read_ground, study_site, with_story
from habitat_analysis.report.annex_confidential import (
    CONFIDENTIAL_ANNEX,
    HEAD,
    Papers,
    write_confidential_annex,
)
from habitat_analysis.report.annex_group import GROUP_ANNEX
from habitat_analysis.report.sections_group_mix import LABELS
from habitat_analysis.runs.annexes import (
    ANNEX_FILES,
    check_annexes,
    gather_papers,
    standing_sentence,
    write_annexes,
)
from habitat_analysis.runs.batch import FILES, Job, is_unchanged, plan_jobs
from habitat_analysis.study import load_study
from tests.report_samples import HOSTILE
from tests.small_study import idu, write_small_study
from tests.story_samples import GROUP, TENANTS, WHY_REMOVED, story

SHEETS = [
    "À lire", "Droits", "Logements possibles", "Formation", "Vœux", "Proposition", "Envies",
    "Départs", "Candidats à la CAL", "Objections",
]  # fmt: skip
OBJECTIONS = [(3, "jardin", "=1+1 trop de bruit"), (5, "atelier", "")]


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("petite"), changes={"groupe": GROUP})


@pytest.fixture(scope="module")
def operation(study_file: Path) -> Feasibility:
    return study_site(read_ground(load_study(study_file)), (idu(5),))


@pytest.fixture(scope="module")
def papers(operation: Feasibility) -> Papers:
    return replace(gather_papers(operation), story=story(), objections=OBJECTIONS)


@pytest.fixture(scope="module")
def book(papers: Papers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_confidential_annex(papers, tmp_path_factory.mktemp("a") / CONFIDENTIAL_ANNEX)


def n_of(operation: Feasibility) -> int:
    assert operation.ground.needs is not None
    return operation.ground.needs.n_households


def rows_of(book: Path, name: str) -> list[dict[str, object]]:
    lines = list(openpyxl.load_workbook(book)[name].iter_rows(min_row=3, values_only=True))
    heads = [str(cell) for cell in lines[0] if cell]
    return [dict(zip(heads, line, strict=False)) for line in lines[1:] if line[1] is not None]


def test_every_sheet_is_headed_confidential_with_its_retention(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    assert [name for name in workbook.sheetnames if name in SHEETS] == SHEETS
    for page in workbook:
        head = str(page["A1"].value).replace("\u00a0", " ")
        assert head.startswith("CONFIDENTIEL — cercle de la coopérative")
        assert "jusqu'au 31 décembre 2028" in head
        assert "Source : menages.csv" in head
        assert HEAD in str(page.oddHeader.center.text)
    assert HEAD in str(workbook.properties.title)


def test_the_mix_of_those_retained_is_counted_beside_the_whole_group(
    operation: Feasibility, tmp_path: Path
) -> None:
    """Added up over each theme: the households retained, and those of the file."""
    told = with_story(operation)
    assert told.story is not None
    formed = told.story.formation.formed
    rows = rows_of(write_confidential_annex(gather_papers(told), tmp_path / "a.xlsx"), "Mixité")
    quarters = [row for row in rows if row["Thème"] == LABELS["quartile"]]
    assert [row["Catégorie"] for row in quarters] == ["Q1", "Q2", "Q3", "Q4"]
    for theme in {row["Thème"] for row in rows}:
        mine = [row for row in rows if row["Thème"] == theme]
        assert sum(int(str(row["Retenus et à proposer (ménages)"])) for row in mine) == formed.size
        assert sum(int(str(row["Groupe entier (ménages)"])) for row in mine) == n_of(operation)


def test_the_first_sheet_is_the_key_of_the_numbers(book: Path) -> None:
    lines = rows_of(book, "À lire")
    assert {str(r["Pseudonyme"]): r["Numéro"] for r in lines} == dict(story().numbers)
    states = {str(r["Pseudonyme"]): r["Situation"] for r in lines}
    assert states["M01"] == "retenu dans le groupe"
    assert states["M14"] == "aucun logement de l'étude possible"


def test_numbers_are_numbers_and_texts_stay_texts(book: Path) -> None:
    rights = rows_of(book, "Droits")
    assert {r["Statut"] for r in rights} >= {"PLAI", "BRS"}
    first = next(r for r in rights if r["Pseudonyme"] == "M01" and r["Statut"] == "PLAI")
    assert isinstance(first["Ressources (€/an)"], int | float)
    assert "marge" in str(first["Motif"])
    objections = rows_of(book, "Objections")
    assert objections[0]["Objection, mot pour mot"] == "=1+1 trop de bruit"
    cell = openpyxl.load_workbook(book)["Objections"]["C4"]
    assert cell.data_type == "s"


def test_wishes_taken_out_come_with_why_and_candidates_are_never_allocated(book: Path) -> None:
    out = next(r for r in rows_of(book, "Vœux") if r["Vœu gardé"] == "non")
    assert out["Pourquoi il est écarté"] == WHY_REMOVED
    proposed = rows_of(book, "Candidats à la CAL")
    assert {r["Pseudonyme"] for r in proposed if r["Numéro"]} == set(TENANTS)
    text = " ".join(
        str(cell)
        for row in openpyxl.load_workbook(book)["Candidats à la CAL"].values
        for cell in row
    )
    assert "Candidats à proposer, jamais une attribution" in text
    assert "logement locatif pour 3" in text.replace("\u00a0", " ")


def test_the_same_papers_give_the_same_bytes(papers: Papers, book: Path, tmp_path: Path) -> None:
    again = write_confidential_annex(papers, tmp_path / CONFIDENTIAL_ANNEX)
    assert again.read_bytes() == book.read_bytes()
    with zipfile.ZipFile(book) as archive:
        assert b"2026-11-22T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_hostile_reason_is_a_text(papers: Papers, tmp_path: Path) -> None:
    hostile = replace(papers, objections=[(1, HOSTILE, HOSTILE)])
    book = write_confidential_annex(hostile, tmp_path / CONFIDENTIAL_ANNEX)
    assert openpyxl.load_workbook(book)["Objections"]["C4"].value == HOSTILE


def test_without_a_programme_the_rights_remain(papers: Papers, tmp_path: Path) -> None:
    book = write_confidential_annex(replace(papers, story=None), tmp_path / CONFIDENTIAL_ANNEX)
    assert openpyxl.load_workbook(book).sheetnames[:2] == ["À lire", "Droits"]


# The door


def test_a_confidential_annex_without_a_date_is_refused_with_the_way_out(tmp_path: Path) -> None:
    undated = {"groupe": {**GROUP, "conserver_jusqu_au": None}}
    study = load_study(write_small_study(tmp_path, changes=undated))
    with pytest.raises(DataError, match="conserver_jusqu_au: 2028-12-31") as caught:
        check_annexes(study, ["cooperative"])
    assert caught.value.code == "E_RETENTION"
    (warning,) = check_annexes(study, ["groupe"])
    assert "Date de conservation à préciser" in warning.replace("\u00a0", " ")
    assert check_annexes(study, []) == ()


def test_an_annex_needs_households(tmp_path: Path) -> None:
    study = load_study(write_small_study(tmp_path, group=False))
    with pytest.raises(DataError, match="retirez --annexe") as caught:
        check_annexes(study, ["groupe"])
    assert caught.value.code == "E_GROUP"


def test_the_command_refuses_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    undated = {"groupe": {**GROUP, "conserver_jusqu_au": None}}
    study = write_small_study(tmp_path / "etude", changes=undated)
    out = str(tmp_path / "sortie")
    assert status(["run", str(study), "--out", out, "--annexe", "cooperative"]) == 2
    assert "conserver_jusqu_au" in capsys.readouterr().err
    assert status(["run", str(study), "--out", out, "--annexe", "publique"]) == 2
    assert "Valeurs acceptées : groupe, cooperative" in capsys.readouterr().err
    assert not (tmp_path / "sortie").exists()
    assert set(ANNEXES) == set(ANNEX_FILES)


# The folder


def test_an_annex_asked_and_absent_makes_the_folder_again(study_file: Path, tmp_path: Path) -> None:
    ground = read_ground(load_study(study_file))

    def planned(*annexes: str) -> Job:
        asked = [name for name in ANNEX_FILES if name in annexes]
        sites = [(idu(1),)]
        return plan_jobs(ground, study_file, sites, scenario="base", out=tmp_path, annexes=asked)[0]

    bare, both = planned(), planned("groupe", "cooperative")
    assert bare.fingerprint == both.fingerprint  # the other files are the same, byte for byte
    bare.folder.mkdir(parents=True)
    for name in FILES:
        (bare.folder / name).write_text("{}")
    (bare.folder / "resultats.json").write_text(f'{{"empreinte": "{bare.fingerprint}"}}')
    assert is_unchanged(bare)
    assert not is_unchanged(both)
    assert standing_sentence([bare.folder]) == ""
    (bare.folder / GROUP_ANNEX).touch()
    assert is_unchanged(planned("groupe"))
    assert not is_unchanged(both)
    assert GROUP_ANNEX in standing_sentence([bare.folder])


def test_only_the_annexes_asked_are_written(study_file: Path, tmp_path: Path) -> None:
    assert write_annexes(study_file, (idu(5),), tmp_path, scenario="base", annexes=()) == ()
    written = write_annexes(
        study_file, (idu(5),), tmp_path, scenario="base", annexes=["cooperative"]
    )
    assert [path.name for path in written] == [CONFIDENTIAL_ANNEX]
    assert [path.name for path in tmp_path.iterdir()] == [CONFIDENTIAL_ANNEX]
