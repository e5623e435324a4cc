"""Privacy is a promise: what the three circles of a real run hold, and must never hold."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
import typst

from habitat_analysis.feasibility import read_ground
from habitat_analysis.report.annex_confidential import CONFIDENTIAL_ANNEX
from habitat_analysis.report.annex_group import GROUP_ANNEX
from habitat_analysis.runs.batch import plan_jobs, run_job
from habitat_analysis.runs.study_run import outcome_rows
from habitat_analysis.study import Study, load_study
from tests.privacy_needles import (
    household_needles,
    household_rows,
    objection_needles,
    proven_public,
    results_of_run,
    trait_needles,
)
from tests.privacy_search import PNG_MARK, Haystack, Leak, Needle, plain, search
from tests.small_study import idu, write_small_study
from tests.story_samples import GROUP

SITE = "99012000AB0012"
ANNEXES = {GROUP_ANNEX, CONFIDENTIAL_ANNEX}
INCOME = Needle("rfr_n2", "13600", "money")
WHO = Needle("pseudonyme", "M006", "word")


@dataclass(frozen=True)
class Run:
    """The demonstration run with both annexes, in a home of its own."""

    home: Path  # everything that the run wrote, caches included
    out: Path
    said: tuple[str, ...]
    study: Study

    @property
    def files(self) -> list[Path]:
        return [path for path in self.home.rglob("*") if path.is_file()]

    @property
    def public(self) -> list[Path]:
        return [path for path in self.files if path.name not in ANNEXES]

    def annex(self, name: str) -> Path:
        (path,) = self.out.rglob(name)
        return path

    def money_aside(self) -> set[int]:
        return proven_public(self.study, results_of_run(self.out))


@pytest.fixture(scope="module")
def demo(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("maison")
    folders = {name: home / name for name in ("cache", "temporaire", "travail")}
    for folder in folders.values():
        folder.mkdir()
    source = project / "data" / "demo"
    before = _stamps(source)
    done = subprocess.run(
        [sys.executable, "-m", "habitat_analysis.cli", "run", str(source / "etude.yaml"),
         "--sites", SITE, "--out", str(home / "sortie"),
         "--annexe", "groupe", "--annexe", "cooperative"],
        cwd=folders["travail"], capture_output=True, text=True, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(project), "HOME": str(home),
             "XDG_CACHE_HOME": str(folders["cache"]), "TMPDIR": str(folders["temporaire"]),
             "IPYTHONDIR": str(folders["cache"] / "ipython"), "PYTHONDONTWRITEBYTECODE": "1",
             "MPLCONFIGDIR": mpl.get_configdir()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert _stamps(source) == before  # nothing is written beside the private files
    return Run(
        home=home,
        out=home / "sortie",
        said=(done.stdout, done.stderr),
        study=load_study(source / "etude.yaml"),
    )


def _stamps(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*") if "__pycache__" not in p.parts}


def told(leaks: list[Leak]) -> str:
    return "\n".join(map(str, leaks))


# The circles


@pytest.mark.slow
def test_nothing_private_leaves_the_circle_of_the_cooperative(demo: Run, project: Path) -> None:
    """Report, maps, tables, shapes, results, journal, notebooks, pages, caches, what was said."""
    kinds = {path.suffix for path in demo.public}
    assert kinds >= {".html", ".pdf", ".ipynb", ".png", ".xlsx", ".gpkg", ".json", ".txt"}
    needles = [*household_needles(demo.study), *objection_needles(demo.study)]
    aside = demo.money_aside()
    sought = [n for n in needles if n.form != "money" or int(n.value) not in aside]
    assert len(needles) - len(sought) <= len(needles) // 20
    assert not (found := search(demo.public, sought, root=demo.home, said=demo.said)), told(found)
    committed = (project / "notebooks").glob("*.ipynb")
    assert not (found := search(committed, sought, root=project)), told(found)


@pytest.mark.slow
def test_the_annex_of_the_group_knows_numbers_only(demo: Run) -> None:
    needles = [
        *household_needles(demo.study), *objection_needles(demo.study), *trait_needles(demo.study),
    ]  # fmt: skip
    found = search([demo.annex(GROUP_ANNEX)], needles, root=demo.home)
    assert not found, told(found)
    page = plain(demo.annex(GROUP_ANNEX).read_text(encoding="utf-8"))
    for word in ("revenu fiscal", "épargne", "quartile", " €/an", "pseudonyme", "€ par an"):
        assert word not in page


@pytest.mark.slow
def test_the_annex_of_the_cooperative_shows_that_the_search_finds(demo: Run) -> None:
    """The same needles in the only file that may hold them: nearly all are found."""
    needles = [*household_needles(demo.study), *objection_needles(demo.study)]
    found = search([demo.annex(CONFIDENTIAL_ANNEX)], needles, root=demo.home)
    forms = {form: {n.value for n in needles if n.form == form} for form in ("word", "phrase")}
    seen = {leak.needle.value for leak in found}
    assert forms["word"] <= seen
    assert forms["phrase"] <= seen
    incomes = {n.value for n in needles if n.kind == "rfr_n2"}
    assert len(incomes & seen) >= 0.9 * len(incomes)


@pytest.mark.slow
def test_the_annexes_are_named_nowhere_else(demo: Run) -> None:
    """Nothing of the public circle tells that an annex was asked for."""
    names = [Needle("annexe", name, "phrase") for name in ANNEXES]
    inside = [path for path in demo.public if "sortie" in path.parts]
    assert not (found := search(inside, names, root=demo.home)), told(found)


def test_each_household_is_covered_by_needles_that_prove(project: Path) -> None:
    study = load_study(project / "data" / "demo" / "etude.yaml")
    needles = household_needles(study)
    sums = {n.value for n in needles if n.form == "money"}
    rows = household_rows(study)
    bare = [
        row["pseudonyme"]
        for row in rows
        if not {row[name] for name in ("rfr_n2", "rfr_n1", "epargne")} & sums
        if "|" not in row["ages_adultes"] + row["ages_enfants"]
    ]
    assert len(bare) <= len(rows) // 20  # very small incomes: their pseudonym alone
    assert len(needles) > 250


@pytest.mark.slow
def test_a_failed_site_leaves_no_pseudonym_among_the_reports(tmp_path: Path) -> None:
    """A wish that names no dwelling: the screen says whose, the files of the reports do not."""
    files = {"voeux": "voeux.csv", "logements": "logements.csv"}
    group = {"budget": GROUP["budget"], "attribution": {"site": idu(5), "departage": "points"}}
    study = write_small_study(tmp_path / "etude", changes={"fichiers": files, "groupe": group})
    homes = "logement;statut;typologie\nL1;BRS;T3\nL2;BRS;T3\n"
    (study.parent / "logements.csv").write_text(homes, encoding="utf-8")
    wishes = "pseudonyme;rang;logement\nM03;1;L9\n"
    (study.parent / "voeux.csv").write_text(wishes, encoding="utf-8")
    ground = read_ground(load_study(study))
    (job,) = plan_jobs(
        ground, study, [(idu(5),)], scenario="base", out=tmp_path / "sortie", annexes=["groupe"]
    )
    outcome = run_job(job)
    assert "M03" in outcome.reason
    written = [path for path in (tmp_path / "sortie").rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["ECHEC-base.txt"]
    pages = json.dumps(outcome_rows([outcome]))
    needle = Needle("pseudonyme", "M03", "word")
    assert not search(written, [needle], root=tmp_path, said=[pages])
    assert "L9" in pages


# How a value may be written


@pytest.mark.parametrize(
    "text",
    ["13600", "13 600 €", "13\u202f600\u00a0€", "13&#8239;600", r'"13\u202f600"', "13,600",
     "13.600", "13600.0", "13 600,00 €", "13,6 k€", "13.6k", "13,60 k€", "1.36e4", ">13600<",
     "-13600", "RFR=13600;", "['13600']"],
)  # fmt: skip
def test_a_sum_is_found_however_it_is_written(text: str) -> None:
    assert [n for n, _ in Haystack([INCOME]).found(plain(text))] == [INCOME]


@pytest.mark.parametrize(
    "text",
    ["113600", "13\u202f600\u202f000", "2\u202f13\u202f600", "13 600\u202f951", "13600.25",
     "2.13600", "e13600", "#13600a", "1136 00", "13 60", "13,61 k€"],
)  # fmt: skip
def test_a_longer_number_or_word_is_not_the_sum(text: str) -> None:
    assert not list(Haystack([INCOME]).found(plain(text)))


def test_pseudonyms_ages_and_objections_are_found_whole() -> None:
    words = Needle("objection", "Les machines s'entendraient de ma chambre.", "phrase")
    years = Needle("ages_adultes", "36|38", "ages")
    hay = Haystack([WHO, words, years])

    def seen(text: str) -> list[Needle]:
        return [needle for needle, _ in hay.found(plain(text))]

    assert seen("ménage « M006 » :") == seen('{"id":"M006"}') == [WHO]
    assert seen("M0061 XM006 m006") == []
    assert seen("36|38") == seen("[36, 38]") == [years]
    assert seen("36,38 3|36|38 136|38 36|38.5") == []
    assert seen("Les machines s’entendraient de&nbsp;ma chambre.") == [words]


# A planted leak turns the search red, in each kind of file


def _png(chunk: bytes, body: bytes) -> bytes:
    def part(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = part(b"IDAT", zlib.compress(b"\0\0"))
    return PNG_MARK + head + part(chunk, body) + pixels + part(b"IEND", b"")


TEXT_PNG = _png(b"tEXt", b"Comment\0menage M006, 13600")


def _in_page(path: Path, _: Run) -> None:
    path.write_text(path.read_text("utf-8").replace("</main>", "<p>13&#8239;600 M006</p></main>"))


def _in_page_picture(path: Path, _: Run) -> None:
    picture = base64.b64encode(TEXT_PNG).decode()
    path.write_text(path.read_text("utf-8") + f'<img src="data:image/png;base64,{picture}">')


def _in_json(path: Path, _: Run) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["programme"]["detail"] = {"M006": [{"revenu": 13600.0}]}
    path.write_text(json.dumps(content))


def _in_log(path: Path, _: Run) -> None:
    path.write_text(path.read_text("utf-8") + "Ménage M006 : 13 600 € par an.\n")


def _in_output(path: Path, _: Run) -> None:
    content = json.loads(path.read_text("utf-8"))
    lines = ["    household_id  income\n", "5   M006          13600"]
    cell = next(c for c in content["cells"] if c["cell_type"] == "code")
    cell["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": lines}, "metadata": {}}
    ]
    path.write_text(json.dumps(content))


def _in_metadata(path: Path, _: Run) -> None:
    content = json.loads(path.read_text("utf-8"))
    content["metadata"]["parametres"]["menage"] = "M006 ; 13,6 k€"
    path.write_text(json.dumps(content))


def _in_output_picture(path: Path, _: Run) -> None:
    content = json.loads(path.read_text("utf-8"))
    cell = next(c for c in content["cells"] if c["cell_type"] == "code")
    data = {"image/png": base64.b64encode(TEXT_PNG).decode()}
    cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    path.write_text(json.dumps(content))


def _archive(path: Path, name: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts[name] = change(parts[name].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def _in_cell(path: Path, _: Run) -> None:
    row = '<row r="999"><c r="A999" t="inlineStr"><is><t>M006</t></is></c><c r="B999"><v>13600</v>'
    name = "xl/worksheets/sheet12.xml"
    _archive(path, name, lambda t: t.replace("</sheetData>", f"{row}</c></row></sheetData>"))


def _in_properties(path: Path, _: Run) -> None:
    name = "docProps/core.xml"
    said = "<dc:subject>M006 13600</dc:subject></cp:coreProperties>"
    _archive(path, name, lambda t: t.replace("</cp:coreProperties>", said))


def _in_shapes(path: Path, _: Run) -> None:
    with sqlite3.connect(path) as base:
        base.execute("create table menages (pseudonyme text, revenu integer)")
        base.execute("insert into menages values ('M006', 13600)")
    base.close()


def _in_picture(path: Path, _: Run) -> None:
    path.write_bytes(TEXT_PNG)


def _in_zipped_text(path: Path, _: Run) -> None:
    path.write_bytes(_png(b"zTXt", b"Comment\0\0" + zlib.compress(b"M006 13600")))


def _in_utf8_text(path: Path, _: Run) -> None:
    path.write_bytes(_png(b"iTXt", b"Comment\0\0\0fr\0\0M006 : 13\xe2\x80\xaf600"))


def _in_pdf(path: Path, _: Run) -> None:
    path.write_bytes(typst.compile(b"Le foyer M006 gagne 13 600 euros."))


def _in_pdf_properties(path: Path, _: Run) -> None:
    source = b'#set document(title: "M006", keywords: "13600")\nRien.'
    path.write_bytes(typst.compile(source))


def _in_columns(path: Path, _: Run) -> None:
    pd.DataFrame({"qui": ["M006"], "rfr": [13600.0]}).to_parquet(path)


def _in_parquet_metadata(path: Path, _: Run) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"source": "M006 13600"}
    frame.to_parquet(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "plant"),
    [
        ("rapport.html", _in_page), ("rapport.html", _in_page_picture),
        ("carte.html", _in_page_picture), ("resultats.json", _in_json),
        ("journal.txt", _in_log), ("rapport.ipynb", _in_output), ("rapport.ipynb", _in_metadata),
        ("rapport.ipynb", _in_output_picture), ("tableaux.xlsx", _in_cell),
        ("tableaux.xlsx", _in_properties), ("site.gpkg", _in_shapes), ("carte.png", _in_picture),
        ("carte.png", _in_zipped_text), ("carte.png", _in_utf8_text), ("rapport.pdf", _in_pdf),
        ("rapport.pdf", _in_pdf_properties), ("neuf.parquet", _in_columns),
        ("neuf.parquet", _in_parquet_metadata),
    ],
)  # fmt: skip
def test_a_planted_leak_is_found(
    demo: Run, tmp_path: Path, name: str, plant: Callable[[Path, Run], None]
) -> None:
    path = tmp_path / name
    if (whole := next(demo.out.rglob(name), None)) is not None:
        shutil.copy(whole, path)
        if whole.suffix != ".pdf":  # three seconds, and clean already
            assert not search([path], [WHO, INCOME], root=tmp_path)
    plant(path, demo)
    found = {leak.needle for leak in search([path], [WHO, INCOME], root=tmp_path)}
    assert found == {WHO, INCOME}


@pytest.mark.slow
def test_a_leak_in_the_annex_of_the_group_is_found(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / GROUP_ANNEX
    page = demo.annex(GROUP_ANNEX).read_text(encoding="utf-8")
    traits = trait_needles(demo.study)
    for said in ("Q2", "60 ans et plus", "famille monoparentale", "personne_seule"):
        path.write_text(page.replace("</main>", f"<p>{said}</p></main>"), encoding="utf-8")
        assert search([path], traits, root=tmp_path), said


def test_what_a_command_says_is_searched_too(tmp_path: Path) -> None:
    (leak,) = search([], [WHO, INCOME], root=tmp_path, said=["Lecture…", "ménage M006 refusé"])
    assert (leak.file, leak.needle) == ("message 2", WHO)


def test_a_kind_of_file_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "menages.pkl"
    path.write_bytes(b"M006")
    with pytest.raises(ValueError, match="nobody reads"):
        search([path], [WHO], root=tmp_path)
