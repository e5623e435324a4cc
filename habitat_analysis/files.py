"""Files at the door: local, bounded, in the format they claim, under names that stay in place.

Refuses, in French, what cannot be the planner's file: missing, empty, too big, a folder, another
format, not UTF-8, JSON with traps, archives that explode. Writing is in `atomic`, offered here too.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from habitat_analysis.atomic import atomic_folder, atomic_write, clean_temporaries
from habitat_analysis.errors import DataError
from habitat_analysis.formats import number, quoted

__all__ = [
    "DATA_DIR",
    "PROJECT_ROOT",
    "atomic_folder",
    "atomic_write",
    "check_file",
    "clean_temporaries",
    "content_hash",
    "decode_text",
    "describe_content",
    "extract_zip",
    "inside",
    "parse_json",
    "printable",
    "read_bytes",
    "read_json",
    "read_text",
    "read_unpacked",
    "safe_name",
]

PROJECT_ROOT: Final = Path(__file__).resolve().parents[1]
DATA_DIR: Final = PROJECT_ROOT / "data"

MAX_BYTES: Final = 400_000_000  # a department of parcels; nothing a study needs is larger
MAX_UNPACKED_BYTES: Final = 200_000_000
MAX_RATIO: Final = 100
MAX_MEMBERS: Final = 1_000
MAX_JSON_DEPTH: Final = 64
_RATIO_FLOOR: Final = 1_000_000  # under 1 MB unpacked, a high ratio harms nobody
_CHUNK: Final = 1 << 20

_SIGNATURES: Final = (
    (b"PK\x03\x04", "une archive ZIP ou un classeur (XLSX, ODS)"),
    (b"%PDF", "un PDF"),
    (b"\x1f\x8b", "un fichier compressé (gzip)"),
    (b"SQLite format 3\x00", "une base SQLite (GeoPackage)"),
    (b"\xd0\xcf\x11\xe0", "un ancien classeur Excel (XLS)"),
    (b"PAR1", "un fichier Parquet"),
    (b"\x89PNG", "une image PNG"),
    (b"\x00\x00\x27\x0a", "un shapefile"),
)


# ---------------------------------------------------------------------------- names and hashes


def content_hash(source: Path | bytes) -> str:
    """Return the SHA-256 of a file or of bytes, in hexadecimal.

    Examples
    --------
    >>> content_hash(b"")[:12]
    'e3b0c44298fc'
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with Path(source).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def safe_name(text: str, *, pattern: str) -> str:
    """Return a name typed by the planner, once it can safely become a part of a path.

    Parameters
    ----------
    pattern
        Regular expression that the whole name must match.

    Raises
    ------
    DataError
        If it does not match, or is a path in disguise (``E_NAME``).

    Examples
    --------
    >>> safe_name("les-tilleuls", pattern="[a-z0-9-]{1,40}")
    'les-tilleuls'
    """
    if not re.fullmatch(pattern, text) or text in {".", ".."} or re.search(r"[/\\\0:]", text):
        msg = (
            f"Le nom {quoted(printable(text))} ne peut pas nommer un dossier ou un fichier. "
            f"Employez seulement ce que permet le modèle {pattern}."
        )
        raise DataError(msg, code="E_NAME")
    return text


def inside(root: Path, path: Path | str) -> Path:
    """Return the resolved path, once it is known to stay under `root`.

    Raises
    ------
    DataError
        If it leads elsewhere (``..``, absolute path, symbolic link; ``E_PATH``).
    """
    base = Path(root).resolve()
    full = (base / path).resolve()
    if not full.is_relative_to(base):
        msg = (
            f"Le chemin {quoted(printable(str(path)))} sort du dossier prévu. "
            "Indiquez un chemin à l'intérieur de ce dossier, sans « .. »."
        )
        raise DataError(msg, code="E_PATH")
    return full


# ---------------------------------------------------------------------------- reading


def check_file(path: Path | str, *, max_bytes: int = MAX_BYTES) -> Path:
    """Return the path of a local file that exists, is not empty and is not too big.

    Raises
    ------
    DataError
        In French (``E_FILE``).
    """
    if fault := _file_fault(path, max_bytes):
        shown = str(path) if "introuvable" in fault else Path(str(path)).name
        msg = f"{printable(shown)} : {fault}"
        raise DataError(msg, code="E_FILE")
    return Path(path)


def _file_fault(path: Path | str, max_bytes: int) -> str:
    if "://" in str(path) or str(path).startswith("/vsi"):
        return "adresse réseau ou fichier virtuel. Téléchargez-le, puis indiquez votre copie."
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return "fichier introuvable. Vérifiez le chemin indiqué."
    if stat.S_ISDIR(found.st_mode):
        return "c'est un dossier, un fichier était attendu. Indiquez le fichier lui-même."
    if not stat.S_ISREG(found.st_mode):
        return "ce n'est pas un fichier ordinaire. Indiquez un fichier enregistré sur le disque."
    if not os.access(path, os.R_OK):
        return "lecture refusée par le système. Demandez les droits de lecture sur ce fichier."
    if found.st_size == 0:
        return "fichier vide. Téléchargez-le ou enregistrez-le de nouveau."
    if found.st_size > max_bytes:
        return (
            f"fichier de {number(found.st_size / 1e3)} ko, au-delà de la limite de "
            f"{number(max_bytes / 1e3)} ko. Réduisez-le au périmètre de l'étude."
        )
    return ""


def read_bytes(path: Path | str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a whole file of bounded size; see `check_file` for the refusals."""
    return check_file(path, max_bytes=max_bytes).read_bytes()


def read_text(path: Path | str, *, max_bytes: int = MAX_BYTES) -> str:
    """Read a UTF-8 text, its byte order mark removed, its ends of line untouched.

    A ``.gz`` is unpacked within the limits of this module.

    Raises
    ------
    DataError
        If the file is missing, empty, too big, of another format or not UTF-8 (``E_FILE``).
    """
    return decode_text(read_unpacked(path, max_bytes=max_bytes), Path(path).name)


def decode_text(content: bytes, name: str) -> str:
    """Decode UTF-8 strictly; the refusal names the line and the byte.

    Raises
    ------
    DataError
        If it is not UTF-8 text, or empty (``E_FILE``).
    """
    if described := describe_content(content):
        msg = f"{name} : le contenu est {described}, un texte était attendu. {_SAVE_AS_UTF8}"
        raise DataError(msg, code="E_FILE")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = (
            f"{name}, ligne {line} : texte illisible en UTF-8 (octet "
            f"{number(error.start)}, valeur 0x{content[error.start]:02X}). {_SAVE_AS_UTF8}"
        )
        raise DataError(msg, code="E_FILE") from None
    if "\0" in text or not text.strip():
        why = "caractère nul, ce n'est pas un texte" if "\0" in text else "fichier vide"
        msg = f"{name} : {why}. {_SAVE_AS_UTF8}"
        raise DataError(msg, code="E_FILE")
    return text


_SAVE_AS_UTF8: Final = (
    "Enregistrez-le de nouveau en UTF-8 (tableur : Enregistrer sous, « CSV UTF-8 »)."
)


def describe_content(content: bytes) -> str:
    """Say in French what known binary format the first bytes announce, or ``""``.

    Examples
    --------
    >>> describe_content(b"%PDF-1.7"), describe_content(b"id;nom")
    ('un PDF', '')
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "un texte en UTF-16"
    return next((label for start, label in _SIGNATURES if content.startswith(start)), "")


def read_json(path: Path | str, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read a JSON file (or ``.json.gz``) strictly.

    Raises
    ------
    DataError
        If the JSON is malformed, truncated, nested beyond `MAX_JSON_DEPTH`, or holds NaN,
        Infinity or a key twice (``E_JSON``); see also `read_text`.
    """
    return parse_json(read_text(path, max_bytes=max_bytes), Path(path).name)


def parse_json(text: str, name: str) -> Any:
    """Parse JSON as `read_json` does; `name` is the file's, for the messages."""
    try:
        value = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        too_deep = _depth_exceeds(value, MAX_JSON_DEPTH)
    except RecursionError:
        too_deep = True
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        why = "fichier tronqué" if cut else "JSON mal formé"
        msg = (
            f"{name}, ligne {error.lineno}, colonne {error.colno} : {why}. "
            "Téléchargez-le ou exportez-le de nouveau."
        )
        raise DataError(msg, code="E_JSON") from None
    except _JsonTrapError as fault:
        msg = f"{name} : {fault}"
        raise DataError(msg, code="E_JSON") from None
    if too_deep:
        msg = (
            f"{name} : JSON imbriqué sur plus de {MAX_JSON_DEPTH} niveaux, ce n'est pas un "
            "fichier de données. Vérifiez son origine."
        )
        raise DataError(msg, code="E_JSON")
    return value


class _JsonTrapError(Exception):
    """A value that JSON readers accept and that this package refuses."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        shown = quoted(printable(twice))
        msg = f"la clé {shown} figure deux fois dans le même objet. Gardez-en une seule."
        raise _JsonTrapError(msg)
    return result


def _no_constant(name: str) -> float:
    msg = f"la valeur {name} n'est pas un nombre. Remplacez-la par null ou par un nombre."
    raise _JsonTrapError(msg)


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        children = (p.values() if isinstance(p, dict) else p for p in level)
        level = [c for group in children for c in group if isinstance(c, dict | list)]
    return bool(level)


# ---------------------------------------------------------------------------- archives


def read_unpacked(path: Path | str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file; a gzip is unpacked within `MAX_UNPACKED_BYTES` and `MAX_RATIO`.

    Raises
    ------
    DataError
        If the archive is truncated, corrupted or expands too much (``E_ARCHIVE``), or if the
        suffix says gzip and the content does not, or the reverse.
    """
    path = check_file(path, max_bytes=max_bytes)
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    if packed != (path.suffix.lower() == ".gz"):
        why = "compressé (gzip) sans le suffixe « .gz »" if packed else "nommé « .gz » sans l'être"
        msg = f"{path.name} : fichier {why}. Renommez-le selon son contenu."
        raise DataError(msg, code="E_FILE")
    if not packed:
        return path.read_bytes()
    try:
        with gzip.open(path) as stream:
            return _read_bounded(stream, path.stat().st_size, path.name)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        msg = f"{path.name} : archive gzip tronquée ou abîmée. Téléchargez-la de nouveau."
        raise DataError(msg, code="E_ARCHIVE") from None


def extract_zip(path: Path | str, into: Path, *, suffixes: Sequence[str]) -> list[Path]:
    """Extract the members of a ZIP that have one of the suffixes, flat, into a folder.

    Parameters
    ----------
    into
        Existing folder; only the last part of the members' names is kept.
    suffixes
        Lower-case suffixes wanted, ``".shp"``.

    Raises
    ------
    DataError
        If the archive is corrupted, encrypted, expands too much, holds too many members, a name
        that climbs out of the folder or the same name twice (``E_ARCHIVE``).
    """
    path = check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, path)
            wanted = [m for m in members if PurePosixPath(m.filename).suffix.lower() in suffixes]
            contents = {_target(m, into): _member_bytes(archive, m, path) for m in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, DataError):
            raise
        msg = (
            f"{path.name} : archive ZIP tronquée, abîmée ou chiffrée. "
            "Téléchargez-la de nouveau ou décompressez-la vous-même."
        )
        raise DataError(msg, code="E_ARCHIVE") from None
    if len(contents) < len(wanted):
        msg = f"{path.name} : l'archive contient deux fois le même nom de fichier. Gardez-en un."
        raise DataError(msg, code="E_ARCHIVE")
    for target, content in contents.items():
        target.write_bytes(content)
    return list(contents)


def _target(member: zipfile.ZipInfo, into: Path) -> Path:
    return into / PurePosixPath(member.filename.replace("\\", "/")).name


def _member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    with archive.open(member) as stream:
        return _read_bounded(stream, member.compress_size, path.name)


def _check_members(members: list[zipfile.ZipInfo], path: Path) -> None:
    names = [PurePosixPath(m.filename.replace("\\", "/")) for m in members]
    if len(members) > MAX_MEMBERS:
        why = f"{number(len(members))} fichiers dans l'archive (limite : {number(MAX_MEMBERS)})"
    elif any(".." in name.parts or name.is_absolute() or ":" in str(name) for name in names):
        why = "un nom de fichier de l'archive sort de son dossier"
    elif sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        why = _too_much()
    else:
        return
    msg = f"{path.name} : archive refusée, {why}. Vérifiez son origine."
    raise DataError(msg, code="E_ARCHIVE")


def _read_bounded(stream: IO[bytes] | gzip.GzipFile, packed_size: int, name: str) -> bytes:
    limit = min(MAX_UNPACKED_BYTES, max(_RATIO_FLOOR, MAX_RATIO * packed_size))
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            msg = f"{name} : archive refusée, {_too_much()}. Vérifiez son origine."
            raise DataError(msg, code="E_ARCHIVE")
        chunks.append(chunk)
    return b"".join(chunks)


def _too_much() -> str:
    return (
        f"contenu démesuré (plus de {number(MAX_UNPACKED_BYTES / 1e6)} Mo, ou plus de "
        f"{MAX_RATIO} fois l'archive)"
    )


def printable(text: str) -> str:
    """Show a text of doubtful origin: printable characters only, and not too many."""
    clean = "".join(c if c.isprintable() else "�" for c in text)
    return clean if len(clean) <= 80 else clean[:79] + "…"
