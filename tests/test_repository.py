"""What is committed holds no secret, no address of a package server, no path of a machine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

# Written in pieces, so that this file does not contain what it looks for.
PATTERNS = {
    "an address of a package server": "|".join(
        [
            "pypi" + r"\.org/simple",
            "files" + r"\.pythonhosted",
            "conda" + r"\.anaconda\.org",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian\.org",
            r"--(?:extra-)?index-" + "url[= ]",
        ]
    ),
    "a path of a machine": "|".join(
        [
            r"(?<![\w.])/work/" + r"(?:main|shared|tmp|venv|\.)",
            r"(?<![\w.])/root/" + r"\w",
            r"(?<![\w.])/home/" + r"\w+/",
            r"(?<![\w.])/Users/" + r"\w+/",
            r"[A-Z]:\\Users" + r"\\",
            r"/ipykernel_" + r"\d",
        ]
    ),
    "a secret": "|".join(
        [
            "-----BEGIN " + r"[A-Z ]*PRIVATE KEY",
            r"\bAKIA" + r"[0-9A-Z]{16}\b",
            r"\bgh[pousr]_" + r"\w{36}",
            r"\bglpat-" + r"[\w-]{20}",
            r"\bxox[abps]-" + r"\w{10}",
            r"://[^/\s:@\"'{}<>]+:" + r"[^/\s@\"'{}<>]+@",
        ]
    ),
}


def found_in(text: str) -> list[str]:
    """Name what a text should not hold, with the words that say so."""
    hits = ((label, re.search(pattern, text)) for label, pattern in PATTERNS.items())
    return [f"{label}: {hit[0]}" for label, hit in hits if hit]


@pytest.fixture(scope="module")
def committed(project: Path) -> list[str]:
    if shutil.which("git") is None or not (project / ".git").exists():
        pytest.skip("dépôt git absent")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=project, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (project / name).is_file()]


def test_committed_text_is_clean(project: Path, committed: list[str]) -> None:
    faults = []
    for name in committed:
        content = (project / name).read_bytes()
        if b"\0" not in content[:8000]:
            faults += [f"{name}: {fault}" for fault in found_in(content.decode("utf-8", "replace"))]
    assert faults == []


def test_no_lock_with_addresses_nor_run_output_is_committed(committed: list[str]) -> None:
    unwanted = ("uv.lock", "pylock.toml", ".coverage", ".pyc", ".ipynb_checkpoints")
    assert [name for name in committed if any(part in name for part in unwanted)] == []
    assert [name for name in committed if name.startswith("reports/")] == ["reports/README.md"]
    assert [n for n in committed if n.startswith("data/communes/")] == ["data/communes/README.md"]


def test_committed_files_stay_small(project: Path, committed: list[str]) -> None:
    sizes = {name: (project / name).stat().st_size for name in committed}
    assert {name: size for name, size in sizes.items() if size > 3_000_000} == {}


@pytest.mark.parametrize(
    "text",
    [
        "find it at https://pypi" + ".org/simple/",
        "pip install --index-" + "url=x",
        "open('/work/" + "main/data')",
        "C:" + "\\Users\\" + "anne",
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "https://anne:" + "motdepasse@serveur/",
    ],
)
def test_what_should_not_be_committed_would_be_seen(text: str) -> None:
    assert len(found_in(text)) == 1


def test_ordinary_text_passes() -> None:
    assert found_in("see https://cadastre.data.gouv.fr/ and network/main, /work is done") == []
