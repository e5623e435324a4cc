import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitat_analysis import files
from habitat_analysis.errors import DataError
from habitat_analysis.files import (
    check_file,
    content_hash,
    describe_content,
    extract_zip,
    inside,
    parse_json,
    printable,
    read_bytes,
    read_json,
    read_text,
    safe_name,
)


def refusal(path: Path, content: bytes | None = None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_text(path)
    return str(caught.value)


def test_text_loses_its_byte_order_mark_and_keeps_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffid;nom\r\né;ç\r\n".encode())
    assert read_text(path) == "id;nom\r\né;ç\r\n"


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("é".encode()))
    assert read_text(path) == "é"


def test_not_utf_8_names_line_and_byte(tmp_path: Path) -> None:
    message = refusal(tmp_path / "a.csv", "id\nBègles\n".encode("latin-1"))
    assert message.startswith("a.csv, ligne 2 : texte illisible en UTF-8 (octet 4, valeur 0xE8).")
    assert "CSV UTF-8" in message


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "fichier vide"),
        (b"  \n", "fichier vide"),
        (b"\xff\xfei\x00d\x00", "UTF-16"),
        (b"PK\x03\x04....", "classeur"),
        (b"%PDF-1.7", "un PDF"),
        (b"id\x00;a", "caractère nul"),
        (b"\x1f\x8b....", "sans le suffixe"),
    ],
)
def test_other_contents_are_named(tmp_path: Path, content: bytes, word: str) -> None:
    assert word in refusal(tmp_path / "a.csv", content)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    assert "introuvable" in refusal(tmp_path / "absent.csv")
    assert "dossier" in refusal(tmp_path)
    for path in ("https://example.org/a.csv", "/vsicurl/https://example.org/a.csv"):
        with pytest.raises(DataError, match="adresse réseau ou fichier virtuel"):
            check_file(path)
    for path in ("a\0b", "x" * 5000):
        with pytest.raises(DataError, match="introuvable"):
            check_file(path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(DataError, match="fichier ordinaire"):
        check_file(tmp_path / "a.csv")


def test_size_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 100)
    assert read_bytes(path) == b"x" * 100
    with pytest.raises(DataError, match="au-delà de la limite"):
        read_bytes(path, max_bytes=99)


@pytest.mark.parametrize("name", ["les-tilleuls", "a1"])
def test_safe_names_pass(name: str) -> None:
    assert safe_name(name, pattern="[a-z0-9-]{1,40}") == name


@pytest.mark.parametrize("name", ["../evil", "A", "", "a" * 41, "a\n", "a/b", ".."])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(DataError) as caught:
        safe_name(name, pattern="[a-z0-9-]{1,40}")
    assert caught.value.code == "E_NAME"


def test_no_pattern_lets_a_path_through() -> None:
    for name in ("../evil", "a/b", "..", "a\\b"):
        with pytest.raises(DataError):
            safe_name(name, pattern=".*")


@given(st.text(max_size=30))
def test_what_is_inside_stays_inside(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.getbasetemp()
    try:
        path = inside(root, text.replace("\0", ""))
    except (DataError, OSError):
        return
    assert path.is_relative_to(root.resolve())


def test_paths_that_climb_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    assert inside(tmp_path, "a/../b") == tmp_path.resolve() / "b"
    for path in ("../a", "/etc/passwd", "link/etc"):
        with pytest.raises(DataError, match="sort du dossier"):
            inside(tmp_path, path)


def test_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert content_hash(tmp_path / "a") == content_hash(b"abc")
    assert content_hash(b"abc").startswith("ba7816bf")


def test_hostile_text_is_shown_short_and_printable() -> None:
    assert printable("a\x1b[31m\n") == "a�[31m�"
    assert len(printable("x" * 500)) == 80


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_json_written_is_json_read(value: object) -> None:
    assert parse_json(json.dumps(value), "a.json") == value


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "-Infinity"),
        ('{"a": 1, "a": 2}', "deux fois"),
        ("[" * 100_000 + "]" * 100_000, "niveaux"),
        ("[" * 65 + "]" * 65, "niveaux"),
        ('{"a": [1, 2', "tronqué"),
        ('{"a": 1,}', "mal formé"),
        ("1 2", "mal formé"),
    ],
)
def test_json_traps_are_refused(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DataError, match=word) as caught:
        read_json(path)
    assert caught.value.code == "E_JSON"


def test_sixty_four_levels_pass() -> None:
    assert parse_json("[" * 64 + "]" * 64, "a")


def test_truncated_and_exploding_gzip_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(os.urandom(3000))
    assert "tronquée" in refusal(tmp_path / "cut.csv.gz", packed[:-100])
    assert "tronquée" in refusal(tmp_path / "bad.csv.gz", packed[:50] + b"??" + packed[52:])
    assert "sans l'être" in refusal(tmp_path / "no.csv.gz", b"id;a")
    bomb = gzip.compress(b"\0" * 30_000_000)
    assert "démesuré" in refusal(tmp_path / "bomb.csv.gz", bomb)
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 2000)
    assert "démesuré" in refusal(tmp_path / "big.csv.gz", packed)


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_zip_members_come_out_flat(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("sub/a.shp", b"1"), ("b.txt", b"2"), ("C.DBF", b"3"))
    into = tmp_path / "into"
    into.mkdir()
    found = extract_zip(path, into, suffixes=(".shp", ".dbf"))
    assert [p.name for p in found] == ["a.shp", "C.DBF"]
    assert sorted(p.name for p in into.iterdir()) == ["C.DBF", "a.shp"]


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ([("../a.shp", b"1")], "sort de son dossier"),
        ([("/etc/a.shp", b"1")], "sort de son dossier"),
        ([("..\\a.shp", b"1")], "sort de son dossier"),
        ([("a.shp", b"\0" * 20_000_000)], "démesuré"),
        ([("x/a.shp", b"1"), ("y/a.shp", b"2")], "deux fois"),
        ([(f"{rank}.shp", b"") for rank in range(1001)], "fichiers dans l'archive"),
    ],
)
def test_hostile_zips_are_refused(
    tmp_path: Path, members: list[tuple[str, bytes]], word: str
) -> None:
    path = zipped(tmp_path / "a.zip", *members)
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(DataError, match=word) as caught:
        extract_zip(path, into, suffixes=(".shp",))
    assert caught.value.code == "E_ARCHIVE"
    assert not (tmp_path / "a.shp").exists()


def test_lying_and_damaged_zips_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO(zipped(tmp_path / "a.zip", ("a.shp", os.urandom(5000))).read_bytes())
    (tmp_path / "cut.zip").write_bytes(buffer.getvalue()[:-30])
    with pytest.raises(DataError, match="tronquée"):
        extract_zip(tmp_path / "cut.zip", tmp_path, suffixes=(".shp",))
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 4000)
    with pytest.raises(DataError, match="démesuré"):
        extract_zip(tmp_path / "a.zip", tmp_path, suffixes=(".shp",))


def test_known_contents_are_described() -> None:
    assert describe_content(b"SQLite format 3\x00") == "une base SQLite (GeoPackage)"
    assert describe_content(b"abc") == ""
